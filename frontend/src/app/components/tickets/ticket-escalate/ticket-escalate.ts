import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Agent } from '../../../api/schema';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { ModalComponent } from '../../ui/modal';

export interface EscalationRequest {
  reason: string;
  toAgentId: string | null;
}

/** Asks why the ticket is escalated, and whether to hand it over. */
@Component({
  selector: 'app-ticket-escalate',
  imports: [ButtonComponent, FieldComponent, ModalComponent, ReactiveFormsModule, TranslocoPipe],
  template: `
    <app-modal
      [heading]="'escalate.heading' | transloco: { ticketId: ticketId() }"
      (dismissed)="dismissed.emit()"
    >
      <form [formGroup]="form" (ngSubmit)="submit()" class="space-y-4">
        <app-field for="escalate-reason" [label]="'escalate.reason' | transloco">
          <textarea
            id="escalate-reason"
            class="control"
            rows="3"
            maxlength="2000"
            formControlName="reason"
          ></textarea>
        </app-field>
        <app-field for="escalate-agent" [label]="'escalate.to' | transloco" optional>
          <select id="escalate-agent" class="control" formControlName="toAgentId">
            <option value="">{{ 'escalate.keep' | transloco }}</option>
            @for (agent of agents(); track agent.agentId) {
              <option [value]="agent.agentId">
                {{ agent.name }} · {{ 'role.' + agent.role | transloco }}
              </option>
            }
          </select>
        </app-field>
        <div class="flex justify-end gap-2">
          <button appButton="quiet" type="button" (click)="dismissed.emit()">
            {{ 'action.cancel' | transloco }}
          </button>
          <button appButton="primary" type="submit" [disabled]="form.invalid">
            {{ 'action.escalate' | transloco }}
          </button>
        </div>
      </form>
    </app-modal>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketEscalateComponent {
  readonly ticketId = input.required<string>();
  readonly agents = input.required<readonly Agent[]>();
  readonly escalate = output<EscalationRequest>();
  readonly dismissed = output();

  protected readonly form = inject(NonNullableFormBuilder).group({
    reason: ['', [Validators.required, Validators.pattern(/\S/)]],
    toAgentId: '',
  });

  protected submit(): void {
    if (this.form.invalid) return;
    const { reason, toAgentId } = this.form.getRawValue();
    this.escalate.emit({ reason: reason.trim(), toAgentId: toAgentId || null });
  }
}
