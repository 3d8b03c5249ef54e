import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideInbox } from '@ng-icons/lucide';
import { map } from 'rxjs';

import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { PanelComponent } from '../../components/ui/panel';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { AuthService } from '../../services/auth';
import { TicketService } from '../../services/ticket';
import { ACTIVE } from '../../services/ticket-rules';

const OPEN = ACTIVE.join(',');

/** Each figure is a filter of the list, which it opens. */
const FIGURES = [
  { key: 'mine', query: { assignedTo: 'me', status: OPEN } },
  { key: 'unassigned', query: { assignedTo: 'unassigned', status: OPEN } },
  { key: 'urgent', query: { priority: 'urgent', status: OPEN } },
  { key: 'breached', query: { sla: 'breached', status: OPEN } },
  { key: 'escalated', query: { escalated: true, status: OPEN } },
  { key: 'new', query: { status: 'new' } },
] as const;

@Component({
  selector: 'app-dashboard-page',
  imports: [
    AsyncPipe,
    EmptyStateComponent,
    ErrorStateComponent,
    PageHeaderComponent,
    PanelComponent,
    RouterLink,
    SkeletonComponent,
    TicketListComponent,
    TranslocoPipe,
  ],
  templateUrl: './dashboard.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DashboardPage {
  protected readonly service = inject(TicketService);
  protected readonly inbox = lucideInbox;
  protected readonly name$ = inject(AuthService).agent$.pipe(
    map((agent) => agent?.name.split(' ')[0]),
  );
  protected readonly figures = FIGURES.map((figure) => ({
    ...figure,
    total$: this.service.total$(figure.query),
  }));
  /** What is due soonest of the agent's own work. */
  protected readonly next$ = this.service.list$({
    assignedTo: 'me',
    status: OPEN,
    sort: 'resolutionDueAt',
    limit: 8,
  });
}
