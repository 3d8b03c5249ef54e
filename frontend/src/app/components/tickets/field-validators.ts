import { type AbstractControl, type ValidatorFn, Validators } from '@angular/forms';

import { type FormTicketField, isRequired } from '../../services/tickets/ticket-fields';

/** Returns the validators of a field, for the ticket form or a single control. */
export function fieldValidators(field: FormTicketField): ValidatorFn[] {
  const required = (control: AbstractControl<string>): { required: true } | null =>
    !control.value.trim() && isRequired(field, control.parent?.value ?? {})
      ? { required: true }
      : null;
  const check = ({ value }: AbstractControl<string>): { check: string } | null => {
    const problem = field.check?.(value);
    return problem ? { check: problem } : null;
  };
  return [required, check, ...(field.limit ? [Validators.maxLength(field.limit)] : [])];
}
