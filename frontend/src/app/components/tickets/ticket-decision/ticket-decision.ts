import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Agent } from '../../../api/schema';
import type { ApiError } from '../../../services/core/api-error';
import { ErrorTextService } from '../../../services/core/error-text';
import {
  type DecisionKind,
  type DecisionText,
  EMPTY_DECISION,
} from '../../../services/tickets/ticket-actions';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { DialogComponent } from '../../ui/dialog';
import { RoomLeftComponent } from '../../ui/room-left';

/** Maximum number of characters. */
const LIMIT: Readonly<Record<DecisionKind, number>> = { resolve: 10_000, escalate: 2_000 };

/** Asks how a ticket was resolved or why it is escalated. Stays open until that is stored. */
@Component({
  selector: 'app-ticket-decision',
  imports: [
    ButtonComponent,
    FieldComponent,
    DialogComponent,
    ReactiveFormsModule,
    RoomLeftComponent,
    TranslocoPipe,
  ],
  template: `
    <app-dialog
      [heading]="kind() + '.heading' | transloco: { ticketId: ticketId() }"
      (dismissed)="dismissed.emit()"
    >
      <form [formGroup]="form" (ngSubmit)="submit()" class="space-y-4">
        <app-field
          for="decision-text"
          [label]="kind() + '.text' | transloco"
          [hint]="kind() + '.hint' | transloco"
          [error]="problem()"
        >
          <app-room-left fieldAside [used]="form.controls.text.value.length" [limit]="limit()" />
          <textarea
            id="decision-text"
            class="control"
            rows="4"
            formControlName="text"
            [attr.aria-describedby]="problem() ? 'decision-text-error' : null"
            (keydown.control.enter)="submit()"
            (keydown.meta.enter)="submit()"
          ></textarea>
        </app-field>
        @if (kind() === 'escalate') {
          <app-field for="decision-agent" [label]="'escalate.to' | transloco" optional>
            <select id="decision-agent" class="control" formControlName="toAgentId">
              <option value="">{{ 'escalate.keep_assignee' | transloco }}</option>
              @for (agent of agents(); track agent.agentId) {
                <option [value]="agent.agentId">
                  {{ agent.name }} · {{ 'role.' + agent.role | transloco }}
                </option>
              }
            </select>
          </app-field>
        }
        <div class="flex justify-end gap-2">
          <button appButton="quiet" type="button" (click)="dismissed.emit()">
            {{ 'action.cancel' | transloco }}
          </button>
          <button appButton="primary" type="submit" [busy]="busy()" [disabled]="!isComplete()">
            {{ 'action.' + kind() | transloco }}
          </button>
        </div>
      </form>
    </app-dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketDecisionComponent {
  readonly kind = input.required<DecisionKind>();
  readonly ticketId = input.required<string>();
  readonly agents = input.required<readonly Agent[]>();
  /** Text from an earlier attempt. */
  readonly draft = input(EMPTY_DECISION);
  readonly busy = input(false);
  readonly error = input<ApiError | null>(null);
  readonly draftChange = output<DecisionText>();
  readonly decided = output<DecisionText>();
  readonly dismissed = output();

  private readonly errorText = inject(ErrorTextService);
  protected readonly limit = computed(() => LIMIT[this.kind()]);
  protected readonly problem = computed(() => {
    const error = this.error();
    return error && this.errorText.of(error);
  });
  protected readonly form = inject(NonNullableFormBuilder).group({
    text: ['', [Validators.required, Validators.pattern(/\S/)]],
    toAgentId: '',
  });

  constructor() {
    toObservable(this.draft)
      .pipe(takeUntilDestroyed())
      .subscribe((draft) => this.form.setValue(draft, { emitEvent: false }));
    this.form.valueChanges
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.draftChange.emit(this.form.getRawValue()));
  }

  protected isComplete(): boolean {
    return this.form.valid && this.form.controls.text.value.length <= this.limit();
  }

  protected submit(): void {
    if (!this.isComplete() || this.busy()) return;
    const { text, toAgentId } = this.form.getRawValue();
    this.decided.emit({ text: text.trim(), toAgentId });
  }
}
