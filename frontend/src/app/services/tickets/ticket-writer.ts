import type { HttpClient } from '@angular/common/http';
import { catchError, finalize, map, type Observable, tap, throwError } from 'rxjs';

import type { BulkAnswer, BulkChange, Note, Ticket, TicketRow } from '../../api/schema';
import type { KnownTicket } from '../../api/types';
import type { ApiError } from '../core/api-error';
import { RequestQueue } from '../core/request-queue';
import { withRequestTimeout } from '../core/request-timeout';
import { type TagChange, changedTags } from './tags';
import type { TicketStore } from './ticket-store';

/** A change of many tickets at once. */
export type ManyChange = Partial<Pick<TicketRow, 'status' | 'priority' | 'assignedTo'>> | TagChange;

/**
 * Sends the writes of a ticket one after another, each guarded by the version that the one before
 * it made. Sends them whether or not anybody subscribes.
 */
export class TicketWriter {
  private readonly queue = new RequestQueue();
  /**
   * The versions that the agent's own writes made, by the version before: `TICKET-2026-000001@3` →
   * 4.
   */
  private readonly steps = new Map<string, number>();

  constructor(
    private readonly http: HttpClient,
    private readonly url: string,
    private readonly store: TicketStore,
    private readonly written: () => void,
  ) {}

  /**
   * Shows the change at once, sends it guarded by the version that the agent saw, and rolls it back
   * on failure.
   */
  change(
    { ticketId, version }: KnownTicket,
    shown: Partial<TicketRow>,
    method: 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Observable<Ticket> {
    const undo = this.store.apply(ticketId, shown);
    return this.inTurn([ticketId], () => {
      const guard = this.guard(ticketId, version);
      return this.http
        .request<Ticket>(method, `${this.url}/${ticketId}${path}`, {
          body,
          headers: { 'If-Match': `"${guard}"` },
        })
        .pipe(
          tap((after) => {
            this.remember(ticketId, guard, after.version);
            this.store.upsert(after);
            this.written();
          }),
          catchError((error: ApiError) => {
            if (error.code === 'version_conflict') this.store.upsert(error.current as Ticket);
            return throwError(() => error);
          }),
          finalize(undo),
        );
    });
  }

  /**
   * Changes many tickets. Each is changed or refused on its own; one that somebody else changed
   * meanwhile is refused, unless tags alone come and go.
   */
  changeMany(tickets: readonly KnownTicket[], change: ManyChange): Observable<BulkAnswer> {
    const ticketIds = tickets.map(({ ticketId }) => ticketId);
    const undo = tickets.map((ticket) =>
      this.store.apply(ticket.ticketId, asShown(change, ticket)),
    );
    const versions = (): Record<string, number> =>
      Object.fromEntries(
        tickets.map((each) => [each.ticketId, this.guard(each.ticketId, each.version)]),
      );
    return this.inTurn(ticketIds, () => {
      const body = {
        ticketIds,
        change: asSent(change),
        ...('addTags' in change ? {} : { versions: versions() }),
      };
      return this.http.post<BulkAnswer>(`${this.url}/bulk`, body).pipe(
        tap(({ results }) => {
          for (const { ticketId, version } of results) {
            if (version !== null) this.store.rememberOwn(ticketId, version);
          }
          this.written();
        }),
        finalize(() => undo.forEach((takeBack) => takeBack())),
      );
    });
  }

  /** Adds a note. Notes overwrite nothing, so they need no version guard. */
  addNote({ ticketId, version }: KnownTicket, note: object): Observable<Note> {
    const url = `${this.url}/${ticketId}/notes`;
    return this.inTurn([ticketId], () =>
      this.http.post<Note>(url, note, { observe: 'response' }).pipe(
        map((response) => {
          const stored = response.body as Note;
          const after = Number(response.headers.get('ETag')?.replaceAll('"', ''));
          this.remember(ticketId, this.guard(ticketId, version), after);
          this.store.addNote(ticketId, stored, after);
          return stored;
        }),
      ),
    );
  }

  private inTurn<T>(ticketIds: readonly string[], request: () => Observable<T>): Observable<T> {
    return this.queue.add(ticketIds, () => request().pipe(withRequestTimeout()));
  }

  /** Records consecutive versions: nobody else's write lies between them. */
  private remember(ticketId: string, before: number, after: number): void {
    this.store.rememberOwn(ticketId, after);
    if (after === before + 1) this.steps.set(`${ticketId}@${before}`, after);
  }

  private guard(ticketId: string, seen: number): number {
    const next = this.steps.get(`${ticketId}@${seen}`);
    return next === undefined ? seen : this.guard(ticketId, next);
  }
}

function asShown(change: ManyChange, { tags }: KnownTicket): Partial<TicketRow> {
  return 'addTags' in change ? { tags: changedTags(tags, change) } : change;
}

function asSent(change: ManyChange): BulkChange {
  if ('addTags' in change) return change;
  const { assignedTo, ...fields } = change;
  return assignedTo === undefined ? fields : { ...fields, assignedTo: assignedTo?.agentId ?? null };
}
