import { AsyncPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  inject,
  Injector,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ActivatedRoute, type Params, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideInbox, lucidePlus, lucideRefreshCw, lucideSearchX } from '@ng-icons/lucide';
import {
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  filter,
  map,
  type Observable,
  shareReplay,
  Subject,
  switchMap,
  tap,
} from 'rxjs';

import type { Pagination, TicketRow } from '../../api/schema';
import type { Status } from '../../api/types';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import {
  type BulkOutcome,
  BulkOutcomeComponent,
} from '../../components/tickets/bulk-outcome/bulk-outcome';
import {
  type TicketAction,
  TicketActionsComponent,
} from '../../components/tickets/ticket-actions/ticket-actions';
import {
  type EscalationRequest,
  TicketEscalateComponent,
} from '../../components/tickets/ticket-escalate/ticket-escalate';
import { FilterChipsComponent } from '../../components/tickets/ticket-filters/filter-chips';
import { TicketFiltersComponent } from '../../components/tickets/ticket-filters/ticket-filters';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import { TicketResolveComponent } from '../../components/tickets/ticket-resolve/ticket-resolve';
import { TicketViewsComponent } from '../../components/tickets/ticket-views/ticket-views';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { PaginationComponent } from '../../components/ui/pagination';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { AgentService } from '../../services/agent';
import { ApiError } from '../../services/api-error';
import { AuthService } from '../../services/auth';
import { ErrorTextService } from '../../services/error-text';
import { SavedViewService } from '../../services/saved-views';
import { SeenService } from '../../services/seen';
import { ShortcutService } from '../../services/shortcuts';
import { StatisticsService } from '../../services/statistics';
import { type ManyChange, TicketService } from '../../services/ticket';
import {
  FILTERS,
  filtersOf,
  listQuery,
  pageOf,
  statusOf,
  TABS,
  viewOf,
} from '../../services/ticket-query';
import { ToastService } from '../../services/toast';

interface Dialog {
  readonly kind: 'resolve' | 'escalate';
  readonly ticket: TicketRow;
}

const NONE: ReadonlySet<string> = new Set();

@Component({
  selector: 'app-ticket-list-page',
  imports: [
    AsyncPipe,
    BulkOutcomeComponent,
    ButtonComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    FilterChipsComponent,
    NgIcon,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    SkeletonComponent,
    TicketActionsComponent,
    TicketEscalateComponent,
    TicketFiltersComponent,
    TicketListComponent,
    TicketResolveComponent,
    TicketViewsComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-list.html',
  host: { class: 'flex min-h-full flex-col' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketListPage {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly injector = inject(Injector);
  private readonly service = inject(TicketService);
  private readonly seen = inject(SeenService);
  private readonly toasts = inject(ToastService);
  private readonly errorText = inject(ErrorTextService);
  protected readonly views = inject(SavedViewService);

  private readonly list = viewChild(TicketListComponent);
  private readonly actions = viewChild(TicketActionsComponent);
  private readonly renewSubject = new Subject<void>();
  /** Where each page begins that has been turned to. */
  private readonly cursors = new Map<number, string | null>();
  protected hovered = false;

  protected readonly tabs = TABS;
  protected readonly none = NONE;
  protected readonly noNames: ReadonlyMap<string, string> = new Map();
  protected readonly icons = {
    plus: lucidePlus,
    inbox: lucideInbox,
    nothing: lucideSearchX,
    renew: lucideRefreshCw,
  };
  private readonly params$ = this.route.queryParamMap;
  protected readonly status$ = this.params$.pipe(map(statusOf));
  protected readonly filters$ = this.params$.pipe(map(filtersOf));
  protected readonly view$ = this.params$.pipe(map(viewOf));
  protected readonly number$ = this.params$.pipe(map(pageOf));
  protected readonly sort$ = this.params$.pipe(map((params) => params.get('sort') ?? ''));
  /** The order that is in force: a search without one has the best match first. */
  protected readonly shownSort$ = this.params$.pipe(
    map((params) => params.get('sort') ?? (params.get('search') ? '' : '-updatedAt')),
  );
  protected readonly filtered$ = this.params$.pipe(
    map((params) => FILTERS.some((name) => params.has(name))),
  );
  protected readonly me$ = inject(AuthService).agent$.pipe(filter((agent) => agent !== null));
  protected readonly agents$ = inject(AgentService).agents$;
  protected readonly views$ = this.views.views$;
  protected readonly selection$ = new BehaviorSubject(NONE);
  protected readonly outcome$ = new BehaviorSubject<BulkOutcome | null>(null);
  protected readonly dialog$ = new BehaviorSubject<Dialog | null>(null);

  protected readonly page$ = this.params$.pipe(
    map(listQuery),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    tap(() => this.begin()),
    switchMap((query) => this.service.steadyList$(query, this.renewSubject, () => this.reading())),
    tap(({ data }) => data && this.service.goThrough(data)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  private readonly rows$ = this.page$.pipe(
    map(({ data }) => data?.rows ?? []),
    distinctUntilChanged(),
  );
  protected readonly unseen$ = this.rows$.pipe(switchMap((rows) => this.seen.unseen$(rows)));
  protected readonly selected$ = combineLatest([this.rows$, this.selection$]).pipe(
    map(([rows, selection]) => rows.filter(({ ticketId }) => selection.has(ticketId))),
  );
  protected readonly names$ = combineLatest([this.agents$, this.rows$]).pipe(
    map(([agents, rows]) => namesOf(agents, rows)),
  );
  /** The tabs' counts know of no filter, so a filtered list shows none. */
  protected readonly counts$ = combineLatest([
    this.filtered$,
    inject(StatisticsService).statistics$,
  ]).pipe(map(([filtered, { data }]) => (filtered || !data ? null : countsOf(data.byStatus))));

  constructor() {
    inject(ShortcutService).register('shortcuts.list', [
      { keys: 'j', label: 'shortcuts.down', run: () => this.list()?.move(1), repeats: true },
      { keys: 'k', label: 'shortcuts.up', run: () => this.list()?.move(-1), repeats: true },
      { keys: 'x', label: 'shortcuts.select', run: () => this.list()?.toggleCurrent() },
      { keys: 'a', label: 'ticket.assign', run: () => this.act('assign') },
      { keys: 's', label: 'ticket.change_status', run: () => this.act('status') },
      { keys: 'p', label: 'ticket.change_priority', run: () => this.act('priority') },
      { keys: 'e', label: 'action.escalate', run: () => this.ask('escalate') },
      { keys: 'r', label: 'action.resolve', run: () => this.ask('resolve') },
      { keys: 'Escape', label: 'bulk.clear', run: () => this.deselect() },
    ]);
    this.page$.pipe(takeUntilDestroyed()).subscribe();
  }

  // --- which tickets ----------------------------------------------------------------------

  protected narrow(name: string, value: string): void {
    this.show({ [name]: value || null });
  }

  protected clear(): void {
    this.show(Object.fromEntries(FILTERS.map((name) => [name, null])));
  }

  private show(queryParams: Params): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { ...queryParams, page: null, cursor: null },
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  /** By cursor where one is known, so that what comes meanwhile moves nothing to another page. */
  protected turnTo(page: number, { nextCursor }: Pagination): void {
    const current = pageOf(this.route.snapshot.queryParamMap);
    this.cursors.set(current, this.route.snapshot.queryParamMap.get('cursor'));
    if (page === current + 1) this.cursors.set(page, nextCursor);
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { page: page > 1 ? page : null, cursor: this.cursors.get(page) ?? null },
      queryParamsHandling: 'merge',
    });
    document.getElementById('main')?.scrollTo({ top: 0 });
  }

  protected renew(): void {
    this.renewSubject.next();
    document.getElementById('main')?.scrollTo({ top: 0 });
  }

  protected retry(): void {
    this.service.reload();
  }

  private begin(): void {
    this.hovered = false;
    this.deselect();
    if (pageOf(this.route.snapshot.queryParamMap) === 1) this.cursors.clear();
  }

  /** Somebody has a place among the rows that they would lose if these moved. */
  private reading(): boolean {
    return (
      this.hovered ||
      !!this.list()?.hasFocus ||
      this.selection$.value.size > 0 ||
      (document.getElementById('main')?.scrollTop ?? 0) > 0
    );
  }

  // --- what to do with them ---------------------------------------------------------------

  protected deselect(): void {
    if (this.selection$.value.size) this.selection$.next(NONE);
    this.outcome$.next(null);
  }

  protected change(tickets: readonly TicketRow[], change: ManyChange): void {
    const [only] = tickets;
    if (tickets.length === 1 && only) {
      const { assignedTo, ...fields } = change;
      this.run(
        only,
        assignedTo === undefined
          ? this.service.update(only, fields)
          : this.service.assign(only, assignedTo),
      );
      return;
    }
    this.service.changeMany(tickets, change).subscribe({
      next: ({ results }) => {
        const refused = results.flatMap(({ ticketId, error }) =>
          error ? [{ ticketId, error: new ApiError(0, error) }] : [],
        );
        const changed = results.length - refused.length;
        // Those that were refused stay selected, to try something else with them.
        this.selection$.next(new Set(refused.map(({ ticketId }) => ticketId)));
        this.outcome$.next(refused.length ? { changed, refused } : null);
        if (!refused.length) this.toasts.show('success', 'bulk.changed', { count: changed });
      },
      error: (error: ApiError) => this.report(error),
    });
    this.list()?.restoreFocus();
  }

  protected resolve(ticket: TicketRow, summary: string): void {
    this.dialog$.next(null);
    this.run(ticket, this.service.resolve(ticket, summary));
  }

  protected escalate(ticket: TicketRow, { reason, toAgentId }: EscalationRequest): void {
    this.dialog$.next(null);
    this.run(ticket, this.service.escalate(ticket, reason, toAgentId));
  }

  /** One ticket is shown as changed at once; when that fails it is selected again. */
  private run({ ticketId }: TicketRow, answer$: Observable<unknown>): void {
    this.deselect();
    answer$.subscribe({
      error: (error: ApiError) => {
        this.selection$.next(new Set([ticketId]));
        this.report(error);
      },
    });
    this.list()?.restoreFocus();
  }

  /** With nothing selected, what is done is done to the ticket at which the keyboard is. */
  private act(action: TicketAction): void {
    const current = this.list()?.current;
    if (!this.selection$.value.size && current) {
      this.selection$.next(new Set([current.ticketId]));
    }
    afterNextRender(() => this.actions()?.open(action), { injector: this.injector });
  }

  private ask(kind: Dialog['kind']): void {
    const selection = this.selection$.value;
    const rows = this.list()?.tickets() ?? [];
    const selected = rows.filter(({ ticketId }) => selection.has(ticketId));
    const [ticket] = selected.length ? selected : [this.list()?.current];
    if (selected.length > 1 && kind === 'resolve') this.change(selected, { status: 'resolved' });
    else if (ticket) this.dialog$.next({ kind, ticket });
  }

  private report(error: ApiError): void {
    if (error.status === 401) return; // the shell asks for the password
    this.toasts.show('error', 'toast.failed', { reason: this.errorText.of(error) });
  }
}

function namesOf(
  agents: readonly { agentId: string; name: string }[],
  rows: readonly TicketRow[],
): ReadonlyMap<string, string> {
  return new Map([
    ...agents.map(({ agentId, name }) => [agentId, name] as const),
    ...rows.map(({ customer }) => [customer.customerId, customer.name ?? ''] as const),
  ]);
}

function countsOf(byStatus: Readonly<Record<string, number>>): Record<string, number> {
  const sum = (statuses: readonly string[]): number =>
    statuses.reduce((total, status) => total + (byStatus[status as Status] ?? 0), 0);
  return Object.fromEntries(
    TABS.map(({ key, status }) => [
      key,
      sum(status === 'all' ? Object.keys(byStatus) : status.split(',')),
    ]),
  );
}
