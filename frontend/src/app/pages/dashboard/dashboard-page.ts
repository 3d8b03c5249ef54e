import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideInbox } from '@ng-icons/lucide';
import { map, tap } from 'rxjs';

import { slaStateValues, type Statistics, ticketRowStatusValues } from '../../api/schema';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import {
  BreakdownComponent,
  type Share,
} from '../../components/tickets/ticket-statistics/breakdown';
import { DayChartComponent } from '../../components/tickets/ticket-statistics/day-chart';
import { LoadedComponent } from '../../components/ui/loaded';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { PanelComponent } from '../../components/ui/panel';
import { LocalNumberPipe } from '../../components/ui/local';
import { AuthService } from '../../services/auth';
import { LanguageService } from '../../services/core/language';
import { StatisticsService } from '../../services/statistics';
import { TicketService } from '../../services/ticket';
import { ACTIVE, PRIORITIES } from '../../services/tickets/ticket-rules';

/** The counts at the top. Each links to the list of what it counts. */
const FIGURES = [
  { key: 'mine', query: { assignedTo: 'me' }, of: (all: Statistics) => all.mine },
  {
    key: 'unassigned',
    query: { assignedTo: 'unassigned' },
    of: (all: Statistics) => all.unassigned,
  },
  { key: 'new', query: { status: 'new' }, of: (all: Statistics) => all.byStatus['new'] },
  { key: 'at_risk', query: { sla: 'at_risk' }, of: (all: Statistics) => all.bySla['at_risk'] },
  { key: 'breached', query: { sla: 'breached' }, of: (all: Statistics) => all.bySla['breached'] },
  { key: 'escalated', query: { escalated: true }, of: (all: Statistics) => all.escalated },
] as const;

const WORK = { mine: { assignedTo: 'me' }, desk: {} } as const;

@Component({
  selector: 'app-dashboard-page',
  imports: [
    LocalNumberPipe,
    LoadedComponent,
    AsyncPipe,
    BreakdownComponent,
    DayChartComponent,
    EmptyStateComponent,
    PageHeaderComponent,
    PanelComponent,
    RouterLink,
    TicketListComponent,
    TranslocoPipe,
  ],
  templateUrl: './dashboard-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DashboardPage {
  protected readonly tickets = inject(TicketService);
  protected readonly statistics = inject(StatisticsService);
  protected readonly inbox = lucideInbox;
  protected readonly figures = FIGURES;
  protected readonly language$ = inject(LanguageService).language$;
  protected readonly name$ = inject(AuthService).agent$.pipe(
    map((agent) => agent?.name.split(' ')[0]),
  );
  protected readonly statistics$ = this.statistics.statistics$;
  protected readonly breakdowns$ = this.statistics$.pipe(
    map(({ data }) => data && breakdownsOf(data)),
  );
  /** Which work is shown: agents see their own, supervisors that of the whole desk. */
  protected readonly whose = inject(AuthService).agent?.role === 'agent' ? 'mine' : 'desk';
  protected readonly work = { ...WORK[this.whose], sort: 'resolutionDueAt' };
  /** The tickets that are due first. */
  protected readonly next$ = this.tickets
    .list$({ ...this.work, status: ACTIVE.join(','), limit: 8 })
    .pipe(tap(({ data }) => data && this.tickets.rememberList(data)));
}

function breakdownsOf(all: Statistics): readonly { key: string; shares: readonly Share[] }[] {
  return [
    {
      key: 'status',
      shares: ticketRowStatusValues.map((status) => ({
        label: `status.${status}`,
        count: all.byStatus[status] ?? 0,
        query: { status },
      })),
    },
    {
      key: 'priority',
      shares: PRIORITIES.map((priority) => ({
        label: `priority.${priority}`,
        count: all.openByPriority[priority] ?? 0,
        query: { priority },
      })),
    },
    {
      key: 'sla',
      shares: slaStateValues.map((sla) => ({
        label: `sla.${sla}`,
        count: all.bySla[sla] ?? 0,
        // These two states belong to finished tickets.
        query: sla === 'met' || sla === 'missed' ? { sla, status: 'all' } : { sla },
      })),
    },
  ];
}
