import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { ActivatedRoute, type ParamMap, type Params, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideInbox, lucidePlus, lucideSearchX } from '@ng-icons/lucide';
import { combineLatest, distinctUntilChanged, map, switchMap, tap } from 'rxjs';

import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import {
  type TicketFilters,
  TicketFiltersComponent,
} from '../../components/tickets/ticket-filters/ticket-filters';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { AgentService } from '../../services/agent';
import { AuthService } from '../../services/auth';
import type { ListQuery } from '../../services/query';
import { TicketService } from '../../services/ticket';
import { ACTIVE } from '../../services/ticket-rules';

/** Tabs by status; the first is where a day begins. `all` lifts the filter. */
const TABS = [
  { key: 'active', status: ACTIVE.join(',') },
  { key: 'new', status: 'new' },
  { key: 'working', status: 'open,in_progress,reopened' },
  { key: 'waiting', status: 'pending_customer,waiting_internal' },
  { key: 'resolved', status: 'resolved' },
  { key: 'closed', status: 'closed' },
  { key: 'all', status: 'all' },
] as const;

/** What of the address is handed to the API as it is. */
const PASSED = [
  'search',
  'priority',
  'assignedTo',
  'category',
  'escalated',
  'sla',
  'tag',
  'customerId',
  'sort',
] as const;

@Component({
  selector: 'app-ticket-list-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    NgIcon,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    SkeletonComponent,
    TicketFiltersComponent,
    TicketListComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-list.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketListPage {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly auth = inject(AuthService);
  private readonly service = inject(TicketService);

  protected readonly tabs = TABS;
  protected readonly plus = lucidePlus;
  protected readonly inbox = lucideInbox;
  protected readonly nothing = lucideSearchX;
  protected readonly status$ = this.route.queryParamMap.pipe(
    map((params) => params.get('status') ?? TABS[0].status),
  );
  protected readonly filters$ = this.route.queryParamMap.pipe(map(filtersOf));
  protected readonly filtered$ = this.route.queryParamMap.pipe(
    map((params) => PASSED.some((name) => name !== 'sort' && params.has(name))),
  );
  protected readonly page$ = this.route.queryParamMap.pipe(
    map(queryOf),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    switchMap((query) => this.service.list$(query)),
    tap(({ data }) => data && this.service.goThrough(data)),
  );
  /** An agent sees no colleague's tickets, so there is nothing to filter by. */
  protected readonly agents$ = combineLatest([inject(AgentService).agents$, this.auth.agent$]).pipe(
    map(([agents, me]) => (me?.role === 'agent' ? [] : agents)),
  );

  protected filter(filters: TicketFilters): void {
    this.show({
      search: filters.search || null,
      priority: filters.priority || null,
      assignedTo: filters.assignedTo || null,
      page: null,
    });
  }

  protected turnTo(page: number): void {
    this.show({ page: page > 1 ? page : null });
    document.getElementById('main')?.scrollTo({ top: 0 });
  }

  protected clear(): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { status: this.route.snapshot.queryParamMap.get('status') },
    });
  }

  protected retry(): void {
    this.service.reload();
  }

  private show(queryParams: Params): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }
}

function filtersOf(params: ParamMap): TicketFilters {
  return {
    search: params.get('search') ?? '',
    priority: params.get('priority') ?? '',
    assignedTo: params.get('assignedTo') ?? '',
  };
}

function queryOf(params: ParamMap): ListQuery {
  const status = params.get('status') ?? TABS[0].status;
  return {
    ...Object.fromEntries(PASSED.map((name) => [name, params.get(name) ?? undefined])),
    status: status === 'all' ? undefined : status,
    page: Math.max(1, Number(params.get('page')) || 1),
  };
}
