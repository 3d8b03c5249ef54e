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
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideInbox, lucidePlus, lucideSearchX } from '@ng-icons/lucide';
import {
  combineLatest,
  distinctUntilChanged,
  filter,
  map,
  shareReplay,
  Subject,
  switchMap,
  tap,
} from 'rxjs';

import type { Pagination } from '../../api/schema';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import { BulkOutcomeComponent } from '../../components/tickets/bulk-outcome/bulk-outcome';
import {
  type BulkAction,
  BulkActionsComponent,
} from '../../components/tickets/bulk-actions/bulk-actions';
import { TicketDialogsComponent } from '../../components/tickets/ticket-dialogs/ticket-dialogs';
import { TicketListComponent } from '../../components/tickets/ticket-list/ticket-list';
import { TicketViewsComponent } from '../../components/tickets/ticket-views/ticket-views';
import { LoadedComponent } from '../../components/ui/loaded';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { NewsBarComponent } from '../../components/ui/news-bar';
import { PaginationComponent } from '../../components/ui/pagination';
import { TabDirective, TabsDirective } from '../../components/ui/tabs';
import { AgentService } from '../../services/agent';
import { AuthService } from '../../services/auth';
import { cameFrom } from '../../services/core/previous-page';
import { keepData } from '../../services/core/loadable';
import { SavedViewService } from '../../services/tickets/saved-views';
import { UnreadTicketsService } from '../../services/tickets/unread-tickets';
import { ShortcutService } from '../../services/core/shortcuts';
import { StatisticsService } from '../../services/statistics';
import { TicketService } from '../../services/ticket';
import { type DecisionKind, TicketActions } from '../../services/tickets/ticket-actions';
import {
  filterQuery,
  isFiltered,
  listQuery,
  pageOf,
  statusOf,
  tabCounts,
  TABS,
  viewOf,
} from '../../services/tickets/ticket-query';
import { FilterBarComponent } from './filter-bar';
import { Selection } from './selection';
import { ViewSwitchComponent } from './view-switch';

const NONE: ReadonlySet<string> = new Set();

@Component({
  selector: 'app-ticket-list-page',
  imports: [
    LoadedComponent,
    AsyncPipe,
    BulkOutcomeComponent,
    ButtonComponent,
    EmptyStateComponent,
    FilterBarComponent,
    NewsBarComponent,
    NgIcon,
    PageHeaderComponent,
    PaginationComponent,
    RouterLink,
    BulkActionsComponent,
    TicketDialogsComponent,
    TabDirective,
    TabsDirective,
    TicketListComponent,
    TicketViewsComponent,
    TranslocoPipe,
    ViewSwitchComponent,
  ],
  providers: [Selection, TicketActions],
  templateUrl: './ticket-list-page.html',
  host: { class: 'flex min-h-full flex-col' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketListPage {
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly injector = inject(Injector);
  private readonly service = inject(TicketService);
  private readonly seen = inject(UnreadTicketsService);
  protected readonly views = inject(SavedViewService);
  protected readonly selection = inject(Selection);
  private readonly actions = inject(TicketActions);

  private readonly bar = viewChild(FilterBarComponent);
  private readonly list = viewChild(TicketListComponent);
  private readonly bulkActions = viewChild(BulkActionsComponent);
  private readonly renewSubject = new Subject<void>();
  /** The cursors of the visited pages. */
  private readonly cursors = new Map<number, string | null>();
  protected hovered = false;
  /** The ticket that the agent opened from this list, then those after it, in case it has left. */
  protected readonly returnTo = this.service.listFrom(cameFrom('tickets'));

  protected readonly tabs = TABS;
  protected readonly none = NONE;
  protected readonly icons = {
    plus: lucidePlus,
    inbox: lucideInbox,
    nothing: lucideSearchX,
  };
  private readonly params$ = this.route.queryParamMap;
  protected readonly status$ = this.params$.pipe(map(statusOf));
  protected readonly view$ = this.params$.pipe(map(viewOf));
  protected readonly number$ = this.params$.pipe(map(pageOf));
  /** The order in effect. A search without one returns the best match first. */
  protected readonly shownSort$ = this.params$.pipe(
    map((params) => params.get('sort') ?? (params.get('search') ? '' : '-updatedAt')),
  );
  protected readonly filtered$ = this.params$.pipe(map(isFiltered));
  protected readonly me$ = inject(AuthService).agent$.pipe(filter((agent) => agent !== null));
  protected readonly agents$ = inject(AgentService).agents$;
  protected readonly views$ = this.views.views$;

  protected readonly page$ = this.params$.pipe(
    map(listQuery),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    tap(() => this.begin()),
    switchMap((query) => this.service.frozenList$(query, this.renewSubject, () => this.reading())),
    tap(
      ({ data }) =>
        data && this.service.rememberList(data, pageOf(this.route.snapshot.queryParamMap)),
    ),
    keepData(),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  private readonly rows$ = this.page$.pipe(
    map(({ data }) => data?.rows ?? []),
    distinctUntilChanged(),
  );
  protected readonly unseen$ = this.rows$.pipe(switchMap((rows) => this.seen.unseen$(rows)));
  protected readonly selected$ = combineLatest([this.rows$, this.selection.ids$]).pipe(
    map(([rows, selection]) => rows.filter(({ ticketId }) => selection.has(ticketId))),
  );
  private readonly allCounts$ = inject(StatisticsService).statistics$.pipe(
    map(({ data, error }) => ({ data: data && { ...data, isExact: true }, error })),
  );
  protected readonly counts$ = this.params$.pipe(
    map((params) => ({ filtered: isFiltered(params), query: filterQuery(params) })),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    // The server caches the counts of the unfiltered list.
    switchMap(({ filtered, query: { sort, ...query } }) =>
      filtered ? this.service.statusCounts$(query) : this.allCounts$,
    ),
    // Keeps the previous counts until new ones arrive, so that the tabs do not move.
    filter(({ data, error }) => data !== null || error !== null),
    map(({ data }) => data && tabCounts(data)),
  );

  constructor() {
    inject(ShortcutService).register('shortcuts.list', [
      { keys: '/', label: 'filter.search', run: () => this.bar()?.focus() },
      { keys: 'j', label: 'shortcuts.down', run: () => this.list()?.move(1), repeats: true },
      { keys: 'k', label: 'shortcuts.up', run: () => this.list()?.move(-1), repeats: true },
      { keys: 'x', label: 'shortcuts.select', run: () => this.list()?.toggleCurrent() },
      { keys: 'a', label: 'ticket.assign', run: () => this.act('assign') },
      { keys: 's', label: 'ticket.change_status', run: () => this.act('status') },
      { keys: 'p', label: 'ticket.change_priority', run: () => this.act('priority') },
      { keys: 'e', label: 'action.escalate', run: () => this.ask('escalate') },
      { keys: 'r', label: 'action.resolve', run: () => this.ask('resolve') },
      { keys: 'Escape', label: 'bulk.clear', run: () => this.selection.clear() },
    ]);
    this.selection.acted$.pipe(takeUntilDestroyed()).subscribe(() => this.list()?.restoreFocus());
  }

  // --- which tickets ----------------------------------------------------------------------

  /** Turns the page, by cursor if one is known, so that new tickets shift no rows between pages. */
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
    this.selection.clear();
    if (pageOf(this.route.snapshot.queryParamMap) === 1) this.cursors.clear();
  }

  /** Returns whether the agent is at a row and would lose it if rows moved. */
  private reading(): boolean {
    return (
      this.hovered ||
      !!this.list()?.hasFocus ||
      this.selection.ids.size > 0 ||
      (document.getElementById('main')?.scrollTop ?? 0) > 0
    );
  }

  // --- what to do with them ---------------------------------------------------------------

  /** Opens an action. Without a selection it applies to the focused ticket. */
  private act(action: BulkAction): void {
    const current = this.list()?.current;
    if (!this.selection.ids.size && current) this.selection.select([current.ticketId]);
    afterNextRender(() => this.bulkActions()?.open(action), { injector: this.injector });
  }

  private ask(kind: DecisionKind): void {
    const rows = this.list()?.tickets() ?? [];
    const selected = rows.filter(({ ticketId }) => this.selection.ids.has(ticketId));
    const [ticket] = selected.length ? selected : [this.list()?.current];
    if (selected.length > 1 && kind === 'resolve') {
      this.selection.change(selected, { status: 'resolved' });
    } else if (ticket) {
      this.actions.openDecision(kind, ticket);
    }
  }
}
