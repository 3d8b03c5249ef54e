import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  asyncScheduler,
  catchError,
  combineLatest,
  concatMap,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  map,
  merge,
  type Observable,
  of,
  ReplaySubject,
  startWith,
  Subject,
  tap,
  throttleTime,
  throwError,
} from 'rxjs';

import type {
  AgentRef,
  Pagination,
  Ticket,
  Note,
  TicketCreate,
  TicketList,
  TicketRow,
  TicketUpdate,
} from '../api/schema';
import type { KnownTicket, Priority, Status, TicketNews } from '../api/types';
import { ApiError } from './api-error';
import { AuthService } from './auth';
import { ListTrail, type Neighbours } from './list-trail';
import { type Loadable, loadable } from './loadable';
import { type ListQuery, toParams } from './query';
import { SocketService } from './socket';
import { isWhole, TicketStore } from './ticket-store';

export interface TicketPage {
  readonly rows: readonly TicketRow[];
  readonly pagination: Pagination;
}

interface CachedPage {
  readonly at: number;
  readonly ids: readonly string[];
  readonly pagination: Pagination;
}

const API = '/api/v2/tickets';
const CACHE_MS = 5 * 60_000;
/** Lists follow events at once, and in a storm of events once a second. */
const REFRESH_MS = 1_000;

export const TICKET_EVENTS = [
  'ticket_created',
  'ticket_updated',
  'ticket_assigned',
  'ticket_status_changed',
  'ticket_resolved',
  'ticket_note_added',
  'ticket_escalated',
] as const;

@Injectable({ providedIn: 'root' })
export class TicketService {
  private readonly http = inject(HttpClient);
  private readonly socket = inject(SocketService);
  private readonly store = new TicketStore();
  private readonly pages = new Map<string, CachedPage>();
  private readonly trail = new ListTrail();
  /** Grows with every change that may concern a list. */
  private generation = 0;
  private readonly changedSubject = new Subject<void>();
  private readonly reloadSubject = new Subject<void>();
  private readonly eventSubject = new Subject<TicketNews>();
  private readonly writeSubject = new Subject<Observable<unknown>>();
  /** Which version this agent's own writes made of which: `TICKET-2026-000001@3` → 4. */
  private readonly ownSteps = new Map<string, number>();

  readonly tickets$ = this.store.tickets$;
  readonly events$ = this.eventSubject.asObservable();

  constructor() {
    merge(...TICKET_EVENTS.map((name) => this.socket.on<TicketNews>(name))).subscribe((event) =>
      this.receive(event),
    );
    this.socket.connected$.subscribe(() => this.reload());
    this.writeSubject.pipe(concatMap((write) => write)).subscribe();
    // Another agent sees other tickets; the same one signing in again goes on where they were.
    inject(AuthService)
      .agent$.pipe(
        filter((agent) => agent !== null),
        distinctUntilChanged((one, other) => one.agentId === other.agentId),
      )
      .subscribe(() => {
        this.store.clear();
        this.pages.clear();
        this.trail.clear();
      });
  }

  // --- read -------------------------------------------------------------------------------

  /** One page of the list, kept up to date by events for as long as somebody looks. */
  list$(query: ListQuery): Observable<Loadable<TicketPage>> {
    const refresh$ = this.changedSubject.pipe(
      throttleTime(REFRESH_MS, asyncScheduler, { leading: true, trailing: true }),
      startWith(undefined),
    );
    return combineLatest([loadable(refresh$, () => this.page(query)), this.tickets$]).pipe(
      map(([page, tickets]) => ({ ...page, data: page.data && withRows(page.data, tickets) })),
    );
  }

  /** The list whose tickets are gone through one by one from now on. */
  goThrough({ rows, pagination }: TicketPage): void {
    const { page, limit, total } = pagination;
    this.trail.leave(
      rows.map((row) => row.ticketId),
      ((page ?? 1) - 1) * limit,
      total,
    );
  }

  /** The tickets before and after this one in the list it was opened from; null without one. */
  neighbours$(ticketId: string): Observable<Neighbours | null> {
    return this.trail.neighbours$(ticketId);
  }

  /** How many tickets match, kept up to date. */
  total$(query: ListQuery): Observable<Loadable<number>> {
    return this.list$({ ...query, limit: 1 }).pipe(
      map((page) => ({ ...page, data: page.data && page.data.pagination.total })),
    );
  }

  /** A whole ticket, fetched again whenever an event says there is a newer one. */
  detail$(ticketId: string): Observable<Loadable<Ticket>> {
    const newer$ = this.events$.pipe(filter((event) => event.ticketId === ticketId));
    const refresh$ = merge(newer$, this.reloadSubject).pipe(startWith(undefined));
    const fetched$ = loadable(refresh$, () =>
      this.http.get<Ticket>(`${API}/${ticketId}`).pipe(tap((ticket) => this.store.upsert(ticket))),
    );
    const ticket$ = this.tickets$.pipe(
      map((tickets) => tickets.get(ticketId)),
      distinctUntilChanged(),
    );
    return combineLatest([fetched$, ticket$]).pipe(
      map(([fetched, ticket]) => {
        if (this.store.isLost(ticketId)) return lostSight();
        return { ...fetched, data: isWhole(ticket) ? ticket : null };
      }),
    );
  }

  /** Fetches again what is on the screen. */
  reload(): void {
    this.reloadSubject.next();
    this.invalidate();
  }

  private invalidate(): void {
    this.generation++;
    this.pages.clear();
    this.changedSubject.next();
  }

  private page(query: ListQuery): Observable<CachedPage> {
    const params = toParams(query);
    const key = params.toString();
    const cached = this.pages.get(key);
    if (cached && Date.now() - cached.at < CACHE_MS) return of(cached);
    const { generation } = this;
    return this.http.get<TicketList>(API, { params }).pipe(
      map(({ data, pagination }) => {
        this.store.upsert(...data);
        const page = { at: Date.now(), ids: data.map((row) => row.ticketId), pagination };
        // An answer that was on its way when something changed is shown, but not kept.
        if (generation === this.generation) this.pages.set(key, page);
        return page;
      }),
    );
  }

  // --- write ------------------------------------------------------------------------------

  /** The same `idempotencyKey` never makes a second ticket, however often the call is repeated. */
  create(fields: TicketCreate, idempotencyKey: string): Observable<Ticket> {
    return this.http
      .post<Ticket>(API, fields, { headers: { 'Idempotency-Key': idempotencyKey } })
      .pipe(tap((ticket) => this.take(ticket)));
  }

  update(ticket: KnownTicket, changes: TicketUpdate): Observable<Ticket> {
    const { statusReason, location, ...shown } = changes;
    return this.write(ticket, shown, 'PUT', '', changes);
  }

  updateStatus(ticket: KnownTicket, status: Status): Observable<Ticket> {
    return this.update(ticket, { status });
  }

  updatePriority(ticket: KnownTicket, priority: Priority): Observable<Ticket> {
    return this.update(ticket, { priority });
  }

  assign(ticket: KnownTicket, agent: AgentRef | null): Observable<Ticket> {
    const body = { agentId: agent?.agentId ?? null };
    return this.write(ticket, { assignedTo: agent }, 'PUT', '/assign', body);
  }

  resolve(ticket: KnownTicket, summary: string): Observable<Ticket> {
    return this.write(ticket, { status: 'resolved' }, 'PUT', '/resolve', { summary });
  }

  escalate(ticket: KnownTicket, reason: string, toAgentId: string | null): Observable<Ticket> {
    const body = { reason, toAgentId };
    return this.write(ticket, { escalated: true }, 'PUT', '/escalate', body);
  }

  lowerEscalation(ticket: KnownTicket): Observable<Ticket> {
    return this.write(ticket, { escalated: false }, 'DELETE', '/escalate');
  }

  /** Notes add and overwrite nothing, so they are never refused for a newer version. */
  addNote(
    { ticketId, version }: KnownTicket,
    content: string,
    isInternal: boolean,
  ): Observable<Note> {
    const request = this.http.post<Note>(
      `${API}/${ticketId}/notes`,
      { content, isInternal },
      { observe: 'response' },
    );
    return this.inTurn(
      request.pipe(
        map((response) => {
          const note = response.body as Note;
          const after = Number(response.headers.get('ETag')?.replaceAll('"', ''));
          this.rememberStep(ticketId, version, after);
          this.store.addNote(ticketId, note, after);
          return note;
        }),
      ),
    );
  }

  /**
   * Shows the change at once, sends it guarded by the version the agent saw, and takes it back
   * when it fails.
   */
  private write(
    { ticketId, version }: KnownTicket,
    shown: Partial<TicketRow>,
    method: 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Observable<Ticket> {
    const undo = this.store.apply(ticketId, shown);
    const request = defer(() => {
      const guard = this.ownVersion(ticketId, version);
      return this.http
        .request<Ticket>(method, `${API}/${ticketId}${path}`, {
          body,
          headers: { 'If-Match': `"${guard}"` },
        })
        .pipe(
          tap((after) => {
            this.rememberStep(ticketId, guard, after.version);
            this.take(after);
          }),
        );
    });
    return this.inTurn(
      request.pipe(
        catchError((error: ApiError) => {
          if (error.code === 'version_conflict') this.store.upsert(error.current as Ticket);
          return throwError(() => error);
        }),
        finalize(undo),
      ),
    );
  }

  /** Sends writes one after another, each guarded by what the last one made; sends them anyhow. */
  private inTurn<T>(request: Observable<T>): Observable<T> {
    const answer = new ReplaySubject<T>(1);
    this.writeSubject.next(
      request.pipe(
        tap({
          next: (value) => answer.next(value),
          error: (error: unknown) => answer.error(error),
          complete: () => answer.complete(),
        }),
        catchError(() => EMPTY),
      ),
    );
    return answer;
  }

  private rememberStep(ticketId: string, before: number, after: number): void {
    if (after === before + 1) this.ownSteps.set(`${ticketId}@${before}`, after);
  }

  private ownVersion(ticketId: string, seen: number): number {
    const next = this.ownSteps.get(`${ticketId}@${seen}`);
    return next === undefined ? seen : this.ownVersion(ticketId, next);
  }

  // --- events -----------------------------------------------------------------------------

  private receive(event: TicketNews): void {
    if ('ticket' in event) {
      this.store.upsert(event.ticket);
      if (event.note) this.store.addNote(event.ticketId, event.note, event.version);
    } else {
      this.store.lose(event.ticketId, event.version);
    }
    this.eventSubject.next(event);
    this.invalidate();
  }

  private take(ticket: Ticket): void {
    this.store.upsert(ticket);
    this.invalidate();
  }
}

function withRows(page: CachedPage, tickets: ReadonlyMap<string, KnownTicket>): TicketPage {
  const rows = page.ids.flatMap((id) => tickets.get(id) ?? []);
  return { rows, pagination: page.pagination };
}

function lostSight(): Loadable<Ticket> {
  return { data: null, loading: false, error: new ApiError(404, { code: 'lost_sight' }) };
}
