import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import type { Agent } from '../../../api/schema';
import { TicketActions } from '../../../services/tickets/ticket-actions';
import { TicketConflictComponent } from '../ticket-conflict/ticket-conflict';
import { TicketDecisionComponent } from '../ticket-decision/ticket-decision';

/** The dialogs of the actions on tickets that the page provides, loaded when one opens. */
@Component({
  selector: 'app-ticket-dialogs',
  imports: [AsyncPipe, TicketConflictComponent, TicketDecisionComponent],
  template: `
    @if (actions.decision$ | async; as decision) {
      @defer {
        <app-ticket-decision
          [kind]="decision.kind"
          [ticketId]="decision.ticket.ticketId"
          [agents]="agents()"
          [draft]="decision.draft"
          [busy]="decision.busy"
          [error]="decision.error"
          (draftChange)="actions.keepDraft(decision, $event)"
          (decided)="actions.decide(decision, $event)"
          (dismissed)="actions.closeDecision()"
        />
      }
    }
    @if (actions.conflict$ | async; as conflict) {
      @defer {
        <app-ticket-conflict
          [seen]="conflict.seen"
          [current]="conflict.current"
          [changedBy]="conflict.changedBy"
          (keepTheirs)="actions.keepTheirs(conflict)"
          (applyMine)="actions.applyMine(conflict)"
          (dismissed)="actions.dismiss(conflict)"
        />
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketDialogsComponent {
  readonly agents = input.required<readonly Agent[]>();

  protected readonly actions = inject(TicketActions);
}
