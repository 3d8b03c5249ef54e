import { asyncScheduler, EMPTY, filter, merge, type Observable, Subject, throttleTime } from 'rxjs';

import type { AnyTicketEvent } from '../../api/types';
import type { ListQuery } from '../core/query';
import { matches } from './list-filters';

/** Lists are refetched at once after a change, but at most once a second. */
const REFRESH_MS = 1_000;

/** Decides when the lists of tickets must be refetched. */
export class ListRefresh {
  /** Emits each change; null when anything may have changed. */
  private readonly changedSubject = new Subject<AnyTicketEvent | null>();

  constructor(
    private readonly fetchNow$: Observable<unknown>,
    private readonly aged$: Observable<unknown>,
    private readonly me: () => string | undefined,
  ) {}

  changed(event: AnyTicketEvent | null): void {
    this.changedSubject.next(event);
  }

  /** Emits when a list must be refetched. */
  of$(query: ListQuery): Observable<unknown> {
    const changes$ = this.changedSubject.pipe(
      filter((event) => this.mayAffect(query, event)),
      throttleTime(REFRESH_MS, asyncScheduler, { leading: true, trailing: true }),
    );
    return merge(this.fetchNow$, changes$, query['sla'] ? this.aged$ : EMPTY);
  }

  /** Returns whether a list may have changed: the ticket belongs to it now, or did before. */
  private mayAffect(query: ListQuery, event: AnyTicketEvent | null): boolean {
    if (!event || !('ticket' in event)) return true;
    const before = Object.entries(event.changes).map(([field, { from }]) => [field, from]);
    return [event.ticket, { ...event.ticket, ...Object.fromEntries(before) }].some((ticket) =>
      matches(query, ticket, this.me()),
    );
  }
}
