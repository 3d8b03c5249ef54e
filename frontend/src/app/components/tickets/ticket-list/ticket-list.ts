import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideFlag } from '@ng-icons/lucide';

import type { TicketRow } from '../../../api/schema';
import { MediaService } from '../../../services/media';
import { AvatarComponent } from '../../ui/avatar';
import { TimeComponent } from '../../ui/time';
import { TicketCardComponent } from '../ticket-card/ticket-card';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

/** Tickets as a table where there is room, as cards where there is not. */
@Component({
  selector: 'app-ticket-list',
  imports: [
    AsyncPipe,
    AvatarComponent,
    NgIcon,
    RouterLink,
    TicketCardComponent,
    TicketPriorityComponent,
    TicketSlaComponent,
    TicketStatusBadgeComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-list.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketListComponent {
  readonly tickets = input.required<readonly TicketRow[]>();

  protected readonly wide$ = inject(MediaService).wide$;
  protected readonly flag = lucideFlag;
}
