import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  combineLatest,
  defer,
  distinctUntilChanged,
  filter,
  map,
  merge,
  type Observable,
  Subject,
  tap,
} from 'rxjs';

import type {
  AgentRef,
  BulkAnswer,
  Pagination,
  Ticket,
  Note,
  StatusCounts,
  TicketCreate,
  TicketRow,
  TicketUpdate,
} from '../api/schema';
import { type AnyTicketEvent, type KnownTicket, type Status, TICKET_EVENTS } from '../api/types';
import { ApiError } from './core/api-error';
import { AuthService } from './auth';
import { ClockService } from './core/clock';
import { ListRefresh } from './tickets/list-refresh';
import { ListPosition, type Neighbours } from './tickets/list-position';
import { type Loadable, loadable } from './core/loadable';
import { type IdPage, PageCache } from './tickets/page-cache';
import { type ListQuery, toParams } from './core/query';
import { SocketService } from './socket';
import { frozenList, type FrozenPage } from './tickets/frozen-list';
import { matches } from './tickets/list-filters';
import { isWhole, type KnownTickets, TicketStore } from './tickets/ticket-store';
import { type ManyChange, TicketWriter } from './tickets/ticket-writer';

export interface TicketPage {
  readonly rows: readonly TicketRow[];
  readonly pagination: Pagination;
}

const API = '/api/v2/tickets';
/** Maximum number of ids in one request. */
const MOST_NAMED = 100;

@Injectable({ providedIn: 'root' })
export class TicketService {
  private readonly http = inject(HttpClient);
  private readonly socket = inject(SocketService);
  private readonly auth = inject(AuthService);
  private readonly store = new TicketStore();
  private readonly pages = new PageCache(this.http, API, this.store);
  private readonly listPosition = new ListPosition();
  private readonly refresh = new ListRefresh(
    this.socket.fetchNow$,
    // No event is sent when a deadline passes.
    inject(ClockService).minute$.pipe(tap(() => this.pages.clear())),
    () => this.auth.agent?.agentId,
  );
  private readonly writer = new TicketWriter(this.http, API, this.store, () => this.announce(null));
  /** Emits the id of the ticket to refetch; null for everything. */
  private readonly reloadSubject = new Subject<string | null>();
  private readonly eventSubject = new Subject<AnyTicketEvent>();

  readonly tickets$ = this.store.tickets$;
  readonly events$ = this.eventSubject.asObservable();

  constructor() {
    merge(...TICKET_EVENTS.map((name) => this.socket.on(name))).subscribe((event) =>
      this.receive(event),
    );
    this.socket.connected$.subscribe(() => this.pages.restart());
    // Another agent sees other tickets. The same agent signing in again keeps theirs.
    this.auth.agent$
      .pipe(
        filter((agent) => agent !== null),
        distinctUntilChanged((one, other) => one.agentId === other.agentId),
      )
      .subscribe(() => {
        this.store.clear();
        this.pages.clear();
        this.listPosition.clear();
      });
  }

  // --- read -------------------------------------------------------------------------------

  /** Returns one page of the list, kept up to date by events while subscribed. */
  list$(query: ListQuery): Observable<Loadable<TicketPage>> {
    return combineLatest([this.page$(query), this.tickets$]).pipe(
      map(([page, tickets]) => ({ ...page, data: page.data && withRows(page.data, tickets) })),
    );
  }

  /** Returns the same list with its rows frozen while `reading`, until `renew$` emits. */
  frozenList$(
    query: ListQuery,
    renew$: Observable<unknown>,
    reading: () => boolean,
  ): Observable<Loadable<FrozenPage>> {
    return defer(() => {
      const known = {
        row: (ticketId: string) => this.known(ticketId),
        belongs: (row: TicketRow) => matches(query, row, this.auth.agent?.agentId),
        isOwnChange: (row: TicketRow) => this.store.isOwnChange(row),
        latestChange: () => this.store.latestChange,
      };
      return frozenList(this.page$(query), renew$, this.tickets$, known, reading);
    });
  }

  /** Returns the rows of these tickets in this order; null for one that the agent cannot see. */
  rowsOf$(
    ids: readonly string[],
  ): Observable<readonly { ticketId: string; row: TicketRow | null }[]> {
    return this.list$({ ticketId: ids.join(','), limit: MOST_NAMED }).pipe(
      map(({ data }) => new Map(data?.rows.map((row) => [row.ticketId, row]))),
      map((rows) => ids.map((ticketId) => ({ ticketId, row: rows.get(ticketId) ?? null }))),
    );
  }

  /** Returns a ticket as far as it is known now. */
  known(ticketId: string): KnownTicket | undefined {
    return this.store.get(ticketId);
  }

  /** Remembers the list that the agent now goes through ticket by ticket. */
  rememberList({ rows, pagination }: Pick<TicketPage, 'rows' | 'pagination'>, page = 1): void {
    const ids = rows.map((row) => row.ticketId);
    this.listPosition.remember(ids, (page - 1) * pagination.limit, pagination.total);
  }

  /** Returns the tickets before and after this one in the list it was opened from, or null. */
  neighbours$(ticketId: string): Observable<Neighbours | null> {
    return this.listPosition.neighbours$(ticketId);
  }

  /** Returns the list's tickets from this one on. */
  listFrom(ticketId: string | null): readonly string[] {
    return this.listPosition.from(ticketId);
  }

  /** Returns how many tickets of the list have each status, kept up to date. */
  statusCounts$(query: ListQuery): Observable<Loadable<StatusCounts>> {
    return loadable(this.refresh.of$(query), () =>
      this.http.get<StatusCounts>(`${API}/counts`, { params: toParams(query) }),
    );
  }

  /** Returns how many tickets match, kept up to date. */
  total$(query: ListQuery): Observable<Loadable<number>> {
    return this.list$({ ...query, limit: 1 }).pipe(
      map((page) => ({ ...page, data: page.data && page.data.pagination.total })),
    );
  }

  /** Returns a whole ticket, refetched whenever an event announces a newer version. */
  detail$(ticketId: string): Observable<Loadable<Ticket>> {
    const newer$ = this.events$.pipe(filter((event) => event.ticketId === ticketId));
    const reload$ = this.reloadSubject.pipe(filter((id) => id === null || id === ticketId));
    const fetched$ = loadable(merge(this.socket.fetchNow$, newer$, reload$), () =>
      this.fetch(ticketId),
    );
    const ticket$ = this.tickets$.pipe(
      map((tickets) => tickets.get(ticketId)),
      distinctUntilChanged(),
    );
    return combineLatest([fetched$, ticket$]).pipe(
      map(([fetched, ticket]) => {
        if (this.store.isHidden(ticketId)) return noLongerVisible();
        return { ...fetched, data: isWhole(ticket) ? ticket : null };
      }),
    );
  }

  /** Refetches what is on the screen, or one ticket. */
  reload(ticketId: string | null = null): void {
    if (ticketId === null) {
      this.pages.restart();
      this.refresh.changed(null);
    }
    this.reloadSubject.next(ticketId);
  }

  private fetch(ticketId: string): Observable<Ticket> {
    const known = this.store.version(ticketId);
    return this.http.get<Ticket>(`${API}/${ticketId}`).pipe(
      tap({
        next: (ticket) => this.store.upsert(ticket),
        error: ({ status }: ApiError) => {
          // It was assigned to somebody else while the connection was lost.
          if (status === 404 && known) this.store.hide(ticketId, known);
        },
      }),
    );
  }

  private page$(query: ListQuery): Observable<Loadable<IdPage>> {
    return loadable(this.refresh.of$(query), () => this.pages.get(query));
  }

  /** Returns whether this agent made the last change of the ticket. */
  isOwnChange(ticket: KnownTicket): boolean {
    return this.store.isOwnChange(ticket);
  }

  /** The time of the latest known change of any ticket, by the server's clock. */
  get latestChange(): string {
    return this.store.latestChange;
  }

  // --- write ------------------------------------------------------------------------------

  /**
   * Creates a ticket. A repeated call with the same `idempotencyKey` returns the first ticket; with
   * other fields it fails, and `current` of the error is the first ticket.
   */
  create(fields: TicketCreate, idempotencyKey: string): Observable<Ticket> {
    const headers = { 'Idempotency-Key': idempotencyKey };
    return this.http.post<Ticket>(API, fields, { headers }).pipe(
      tap((ticket) => {
        this.store.rememberOwn(ticket.ticketId, ticket.version);
        this.store.upsert(ticket);
        this.announce(null);
      }),
    );
  }

  update(ticket: KnownTicket, changes: TicketUpdate): Observable<Ticket> {
    const { statusReason, location, ...shown } = changes;
    return this.writer.change(ticket, shown, 'PUT', '', changes);
  }

  updateStatus(ticket: KnownTicket, status: Status): Observable<Ticket> {
    return this.update(ticket, { status });
  }

  assign(ticket: KnownTicket, agent: AgentRef | null): Observable<Ticket> {
    const body = { agentId: agent?.agentId ?? null };
    return this.writer.change(ticket, { assignedTo: agent }, 'PUT', '/assign', body);
  }

  resolve(ticket: KnownTicket, summary: string): Observable<Ticket> {
    return this.writer.change(ticket, { status: 'resolved' }, 'PUT', '/resolve', { summary });
  }

  /** Changes many tickets at once. The answer says for each whether it was changed, or why not. */
  changeMany(tickets: readonly KnownTicket[], change: ManyChange): Observable<BulkAnswer> {
    return this.writer.changeMany(tickets, change);
  }

  escalate(ticket: KnownTicket, reason: string, toAgentId: string | null): Observable<Ticket> {
    const body = { reason, toAgentId };
    return this.writer.change(ticket, { escalated: true }, 'PUT', '/escalate', body);
  }

  deescalate(ticket: KnownTicket): Observable<Ticket> {
    return this.writer.change(ticket, { escalated: false }, 'DELETE', '/escalate');
  }

  addNote(ticket: KnownTicket, content: string, isInternal: boolean): Observable<Note> {
    return this.writer.addNote(ticket, { content, isInternal });
  }

  // --- events -----------------------------------------------------------------------------

  private receive(event: AnyTicketEvent): void {
    if ('ticket' in event) {
      if (event.actor.id === this.auth.agent?.agentId) {
        this.store.rememberOwn(event.ticketId, event.version);
      }
      this.store.upsert(event.ticket);
      if (event.note) this.store.addNote(event.ticketId, event.note, event.version);
    } else {
      this.store.hide(event.ticketId, event.version);
    }
    this.eventSubject.next(event);
    this.announce(event);
  }

  private announce(event: AnyTicketEvent | null): void {
    this.pages.clear();
    this.refresh.changed(event);
  }
}

function withRows(page: IdPage, tickets: KnownTickets): TicketPage {
  const rows = page.ids.flatMap((id) => tickets.get(id) ?? []);
  return { rows, pagination: page.pagination };
}

function noLongerVisible(): Loadable<Ticket> {
  return { data: null, loading: false, error: new ApiError(404, { code: 'no_longer_visible' }) };
}
