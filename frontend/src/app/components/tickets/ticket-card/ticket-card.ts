import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideFlag } from '@ng-icons/lucide';

import type { TicketRow } from '../../../api/schema';
import { TimeComponent } from '../../ui/time';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

/** A ticket as a card, for narrow screens. */
@Component({
  selector: 'app-ticket-card',
  imports: [
    NgIcon,
    RouterLink,
    TicketPriorityComponent,
    TicketSlaComponent,
    TicketStatusBadgeComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-card.html',
  host: {
    class: 'relative block px-4 py-2.5 transition-colors hover:bg-hover',
    '[class.bg-accent/8]': 'selected()',
    '[attr.data-ticket]': 'ticket().ticketId',
    '[attr.data-gone]': 'gone() || null',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketCardComponent {
  readonly ticket = input.required<TicketRow>();
  readonly selectable = input(false);
  readonly selected = input(false);
  /** Whether it no longer matches the list. */
  readonly gone = input(false);
  /** Whether others have created or changed it since the agent last viewed it. */
  readonly unseen = input(false);
  readonly toggled = output<MouseEvent>();

  protected readonly flag = lucideFlag;
}
