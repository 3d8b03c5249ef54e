import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Agent } from '../../../api/schema';
import type { ApiError } from '../../../services/core/api-error';
import {
  EMPTY_VALUES,
  type FieldValues,
  FORM_FIELDS,
  type FormField,
  type FormTicketField,
  isRequired,
} from '../../../services/tickets/ticket-fields';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { RoomLeftComponent } from '../../ui/room-left';
import { fieldValidators } from '../field-validators';

/** The form for a new ticket. The field for the customer is projected. */
@Component({
  selector: 'app-ticket-form',
  imports: [ButtonComponent, FieldComponent, ReactiveFormsModule, RoomLeftComponent, TranslocoPipe],
  templateUrl: './ticket-form.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFormComponent {
  /** Initial values, for example from a conversation. */
  readonly prefill = input<Partial<FieldValues>>({});
  readonly agents = input<readonly Agent[]>([]);
  readonly busy = input(false);
  readonly error = input<ApiError | null>(null);
  /** Emits after the agent has typed; a prefill alone does not count. */
  readonly valueChange = output<FieldValues>();
  readonly submitted = output<FieldValues>();
  /** The button was pressed, whether or not the form is valid. */
  readonly attempted = output();
  readonly cancelled = output();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly fields = FORM_FIELDS;
  protected readonly form = inject(NonNullableFormBuilder).record(
    Object.fromEntries(
      FORM_FIELDS.map((field) => [field.name, [EMPTY_VALUES[field.name], fieldValidators(field)]]),
    ),
  );

  constructor() {
    toObservable(this.prefill)
      .pipe(takeUntilDestroyed())
      .subscribe((prefill) => this.form.patchValue(prefill));
    this.form.valueChanges.pipe(takeUntilDestroyed()).subscribe(() => {
      // Some fields are required only with certain values of others.
      for (const { name } of FORM_FIELDS) {
        this.form.controls[name]?.updateValueAndValidity({ emitEvent: false });
      }
      if (this.form.dirty) this.valueChange.emit(this.values);
    });
  }

  private get values(): FieldValues {
    return this.form.getRawValue() as FieldValues;
  }

  protected isRequired(field: FormTicketField): boolean {
    return isRequired(field, this.values);
  }

  protected length(field: FormField): number {
    return this.values[field].length;
  }

  /**
   * Returns the translation key of a field's problem: the form's own checks first, then the API's
   * message.
   */
  protected problemOf(field: FormField): string | null {
    const control = this.form.controls[field];
    if (control?.hasError('maxlength')) return 'form.too_long';
    if (control?.touched && control.hasError('check')) return control.getError('check') as string;
    if (control?.touched && control.invalid) return 'form.required';
    return this.error()?.errors[field]?.[0] ?? null;
  }

  protected submit(): void {
    this.attempted.emit();
    this.form.markAllAsTouched();
    if (this.form.invalid || this.busy()) {
      this.element.querySelector<HTMLElement>('.control.ng-invalid')?.focus();
      return;
    }
    this.submitted.emit(this.values);
  }
}
