import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Agent } from '../../../api/schema';
import type { Category, Priority } from '../../../api/types';
import type { ApiError } from '../../../services/core/api-error';
import {
  CATEGORIES,
  LIMITS,
  PRIORITIES,
  SUBCATEGORY_REQUIRED,
} from '../../../services/tickets/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { RoomLeftComponent } from '../../ui/room-left';
import { withinTagLimits } from '../tags';

export interface TicketFormValue {
  subject: string;
  description: string;
  category: Category;
  subcategory: string;
  priority: Priority;
  /** Separated by commas. */
  tags: string;
  address: string;
  /** Empty for nobody. */
  assignedTo: string;
}

export const EMPTY_FORM: Readonly<TicketFormValue> = {
  subject: '',
  description: '',
  category: 'general_inquiry',
  subcategory: '',
  priority: 'medium',
  tags: '',
  address: '',
  assignedTo: '',
};

const NOT_BLANK = [Validators.required, Validators.pattern(/\S/)];

/** What an agent fills in to open a ticket. The customer is chosen outside and projected in. */
@Component({
  selector: 'app-ticket-form',
  imports: [ButtonComponent, FieldComponent, ReactiveFormsModule, RoomLeftComponent, TranslocoPipe],
  templateUrl: './ticket-form.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFormComponent {
  /** What is known beforehand, from a conversation for example. */
  readonly prefill = input<Partial<TicketFormValue>>({});
  readonly agents = input<readonly Agent[]>([]);
  readonly busy = input(false);
  readonly error = input<ApiError | null>(null);
  /** What the agent typed; a prefill by itself is nobody's words. */
  readonly valueChange = output<TicketFormValue>();
  readonly submitted = output<TicketFormValue>();
  /** The button was pressed, whether or not the form is complete. */
  readonly attempted = output();
  readonly cancelled = output();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly categories = CATEGORIES;
  protected readonly priorities = PRIORITIES;
  protected readonly limits = LIMITS;
  protected readonly form = inject(NonNullableFormBuilder).group({
    subject: [EMPTY_FORM.subject, [...NOT_BLANK, Validators.maxLength(LIMITS.subject)]],
    description: [EMPTY_FORM.description, [...NOT_BLANK, Validators.maxLength(LIMITS.description)]],
    category: [EMPTY_FORM.category, Validators.required],
    subcategory: [EMPTY_FORM.subcategory, Validators.maxLength(LIMITS.subcategory)],
    priority: [EMPTY_FORM.priority, Validators.required],
    tags: [EMPTY_FORM.tags, withinTagLimits],
    address: [EMPTY_FORM.address, Validators.maxLength(LIMITS.address)],
    assignedTo: EMPTY_FORM.assignedTo,
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
      .subscribe((prefill) => this.form.patchValue(prefill));
    this.form.valueChanges.pipe(takeUntilDestroyed()).subscribe(() => {
      if (this.form.dirty) this.valueChange.emit(this.form.getRawValue());
    });
  }

  protected subcategoryRequired(): boolean {
    return SUBCATEGORY_REQUIRED.includes(this.form.controls.category.value);
  }

  /** Key of the message for a field: the browser's own check first, then what the API said. */
  protected problem(field: keyof TicketFormValue): string | null {
    const control = this.form.controls[field];
    if (control.hasError('maxlength')) return 'form.too_long';
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
    const value = this.form.getRawValue();
    this.submitted.emit({
      ...value,
      subject: value.subject.trim(),
      description: value.description.trim(),
      subcategory: value.subcategory.trim(),
      address: value.address.trim(),
    });
  }
}
