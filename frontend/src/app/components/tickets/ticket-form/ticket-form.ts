import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import {
  type AbstractControl,
  NonNullableFormBuilder,
  ReactiveFormsModule,
  type ValidationErrors,
  Validators,
} from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Category, Priority } from '../../../api/types';
import type { ApiError } from '../../../services/api-error';
import {
  CATEGORIES,
  LIMITS,
  PRIORITIES,
  SUBCATEGORY_REQUIRED,
} from '../../../services/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';

export interface TicketFormValue {
  subject: string;
  description: string;
  category: Category;
  subcategory: string;
  priority: Priority;
  tags: string[];
}

function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter(Boolean);
}

function withinTagLimits({ value }: AbstractControl<string>): ValidationErrors | null {
  const tags = tagsIn(value);
  const within = tags.length <= LIMITS.tags && tags.every((tag) => tag.length <= LIMITS.tag);
  return within ? null : { tags: true };
}

const NOT_BLANK = [Validators.required, Validators.pattern(/\S/)];

/** What an agent fills in to open a ticket. The customer is chosen outside and projected in. */
@Component({
  selector: 'app-ticket-form',
  imports: [ButtonComponent, FieldComponent, ReactiveFormsModule, TranslocoPipe],
  templateUrl: './ticket-form.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFormComponent {
  /** What is known beforehand, from a conversation for example. */
  readonly prefill = input<Partial<TicketFormValue>>({});
  readonly busy = input(false);
  readonly error = input<ApiError | null>(null);
  readonly submitted = output<TicketFormValue>();
  /** The button was pressed, whether or not the form is complete. */
  readonly attempted = output();
  readonly cancelled = output();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly categories = CATEGORIES;
  protected readonly priorities = PRIORITIES;
  protected readonly limits = LIMITS;
  protected readonly form = inject(NonNullableFormBuilder).group({
    subject: ['', [...NOT_BLANK, Validators.maxLength(LIMITS.subject)]],
    description: ['', [...NOT_BLANK, Validators.maxLength(LIMITS.description)]],
    category: ['general_inquiry' as Category, Validators.required],
    subcategory: ['', Validators.maxLength(LIMITS.subcategory)],
    priority: ['medium' as Priority, Validators.required],
    tags: ['', withinTagLimits],
  });

  constructor() {
    const { category, subcategory } = this.form.controls;
    category.valueChanges.pipe(takeUntilDestroyed()).subscribe(() => {
      subcategory.setValidators([
        Validators.maxLength(LIMITS.subcategory),
        ...(this.subcategoryRequired() ? NOT_BLANK : []),
      ]);
      subcategory.updateValueAndValidity();
    });
    toObservable(this.prefill)
      .pipe(takeUntilDestroyed())
      .subscribe(({ tags, ...value }) =>
        this.form.patchValue(tags ? { ...value, tags: tags.join(', ') } : value),
      );
  }

  protected subcategoryRequired(): boolean {
    return SUBCATEGORY_REQUIRED.includes(this.form.controls.category.value);
  }

  /** Key of the message for a field: the browser's own check first, then what the API said. */
  protected problem(field: keyof TicketFormValue): string | null {
    const control = this.form.controls[field];
    if (control.touched && control.hasError('maxlength')) return 'form.too_long';
    if (control.touched && control.hasError('tags')) return 'form.tags_limit';
    if (control.touched && control.invalid) return 'form.required';
    return this.error()?.errors[field]?.[0] ?? null;
  }

  protected submit(): void {
    this.attempted.emit();
    this.form.markAllAsTouched();
    if (this.form.invalid || this.busy()) {
      this.element.querySelector<HTMLElement>('.control.ng-invalid')?.focus();
      return;
    }
    const { tags, ...value } = this.form.getRawValue();
    this.submitted.emit({
      ...value,
      subject: value.subject.trim(),
      description: value.description.trim(),
      subcategory: value.subcategory.trim(),
      tags: tagsIn(tags),
    });
  }
}
