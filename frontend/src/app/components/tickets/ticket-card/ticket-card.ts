import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideFlag } from '@ng-icons/lucide';

import type { TicketRow } from '../../../api/schema';
import { TimeComponent } from '../../ui/time';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

/** One ticket where there is no room for a row of columns. */
@Component({
  selector: 'app-ticket-card',
  imports: [
    NgIcon,
    RouterLink,
    TicketPriorityComponent,
    TicketStatusBadgeComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  template: `
    <a
      [routerLink]="['/tickets', ticket().ticketId]"
      class="block px-4 py-2.5 transition-colors hover:bg-hover focus-visible:-outline-offset-2"
      [attr.data-ticket]="ticket().ticketId"
    >
      <span class="flex items-center justify-between gap-2 text-xs text-ink-faint">
        <span class="flex items-center gap-1.5 figures">
          <app-ticket-priority [priority]="ticket().priority" iconOnly />
          {{ ticket().ticketId }}
          @if (ticket().escalated) {
            <ng-icon [svg]="flag" size="12" class="text-red" />
            <span class="sr-only">{{ 'ticket.escalated' | transloco }}</span>
          }
        </span>
        <app-time [value]="ticket().updatedAt" />
      </span>
      <span class="line-clamp-2 py-0.5 font-medium break-words">{{ ticket().subject }}</span>
      <span class="flex items-center justify-between gap-2 pt-1 text-xs text-ink-soft">
        <span class="truncate">{{ ticket().customer.name || ticket().customer.phone }}</span>
        <app-ticket-status-badge [status]="ticket().status" />
      </span>
    </a>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketCardComponent {
  readonly ticket = input.required<TicketRow>();

  protected readonly flag = lucideFlag;
}
