import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';

import type { Agent, AgentRef, Ticket } from '../../../api/schema';
import type { Priority } from '../../../api/types';
import { PRIORITIES } from '../../../services/ticket-rules';
import { BadgeComponent } from '../../ui/badge';
import { TimeComponent } from '../../ui/time';
import { AssigneeMenuComponent } from '../assignee-menu/assignee-menu';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';

/** Everything about a ticket that is one short value. */
@Component({
  selector: 'app-ticket-properties',
  imports: [
    AssigneeMenuComponent,
    BadgeComponent,
    CdkMenu,
    CdkMenuItem,
    CdkMenuTrigger,
    NgIcon,
    RouterLink,
    TicketPriorityComponent,
    TicketSlaComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-properties.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketPropertiesComponent {
  readonly ticket = input.required<Ticket>();
  readonly agents = input.required<readonly Agent[]>();
  readonly me = input.required<Agent>();
  readonly assign = output<AgentRef | null>();
  readonly priorityChange = output<Priority>();

  protected readonly priorities = PRIORITIES;
  protected readonly chevron = lucideChevronDown;
}
