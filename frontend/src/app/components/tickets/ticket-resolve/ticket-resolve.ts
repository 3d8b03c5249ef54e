import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import { LIMITS } from '../../../services/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { ModalComponent } from '../../ui/modal';

/** Asks how the ticket was resolved. */
@Component({
  selector: 'app-ticket-resolve',
  imports: [ButtonComponent, FieldComponent, ModalComponent, ReactiveFormsModule, TranslocoPipe],
  template: `
    <app-modal
      [heading]="'resolve.heading' | transloco: { ticketId: ticketId() }"
      (dismissed)="dismissed.emit()"
    >
      <form [formGroup]="form" (ngSubmit)="submit()" class="space-y-4">
        <app-field
          for="resolve-summary"
          [label]="'resolve.summary' | transloco"
          [hint]="'resolve.hint' | transloco"
        >
          <textarea
            id="resolve-summary"
            class="control"
            rows="4"
            formControlName="summary"
            [attr.maxlength]="limit"
            (keydown.control.enter)="submit()"
            (keydown.meta.enter)="submit()"
          ></textarea>
        </app-field>
        <div class="flex justify-end gap-2">
          <button appButton="quiet" type="button" (click)="dismissed.emit()">
            {{ 'action.cancel' | transloco }}
          </button>
          <button appButton="primary" type="submit" [disabled]="form.invalid">
            {{ 'action.resolve' | transloco }}
          </button>
        </div>
      </form>
    </app-modal>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketResolveComponent {
  readonly ticketId = input.required<string>();
  readonly resolve = output<string>();
  readonly dismissed = output();

  protected readonly limit = LIMITS.description;
  protected readonly form = inject(NonNullableFormBuilder).group({
    summary: ['', [Validators.required, Validators.pattern(/\S/)]],
  });

  protected submit(): void {
    if (this.form.valid) this.resolve.emit(this.form.getRawValue().summary.trim());
  }
}
