import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideFlag } from '@ng-icons/lucide';

import type { TicketRow } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { TimeComponent } from '../../ui/time';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

/** A ticket as a table row. */
@Component({
  // eslint-disable-next-line @angular-eslint/component-selector -- a table takes rows alone
  selector: 'tr[appTicketRow]',
  imports: [
    AvatarComponent,
    NgIcon,
    RouterLink,
    TicketPriorityComponent,
    TicketSlaComponent,
    TicketStatusBadgeComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-row.html',
  host: {
    class: 'relative h-10 border-b border-line transition-colors last:border-0',
    '[class.hover:bg-hover]': '!selected()',
    '[class.bg-accent/8]': 'selected()',
    '[attr.data-ticket]': 'ticket().ticketId',
    '[attr.data-gone]': 'gone() || null',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketRowComponent {
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
