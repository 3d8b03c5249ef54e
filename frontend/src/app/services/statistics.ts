import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { asyncScheduler, merge, shareReplay, Subject, throttleTime } from 'rxjs';

import type { Statistics } from '../api/schema';
import { ClockService } from './core/clock';
import { loadable } from './core/loadable';
import { SocketService } from './socket';
import { TicketService } from './ticket';

/** Refetches at once after an event, but at most once a second. */
const REFRESH_MS = 1_000;
/** The server caches counts for some seconds on a large desk. By then it has counted again. */
const KEPT_MS = 3_100;

/** Counts of the tickets that the agent can see, kept up to date while subscribed. */
@Injectable({ providedIn: 'root' })
export class StatisticsService {
  private readonly http = inject(HttpClient);

  private readonly events$ = inject(TicketService).events$;
  private readonly reloadSubject = new Subject<void>();

  readonly statistics$ = loadable(
    merge(
      inject(SocketService).fetchNow$,
      this.events$.pipe(
        throttleTime(REFRESH_MS, asyncScheduler, { leading: true, trailing: true }),
      ),
      this.events$.pipe(throttleTime(KEPT_MS, asyncScheduler, { leading: false, trailing: true })),
      this.reloadSubject,
      inject(ClockService).minute$, // no event is sent when a deadline passes
    ),
    () => this.http.get<Statistics>('/api/v2/tickets/stats', { params: { timezone: timeZone() } }),
  ).pipe(shareReplay({ bufferSize: 1, refCount: true }));

  reload(): void {
    this.reloadSubject.next();
  }
}

/** Returns the agent's time zone; some browsers call one that they cannot tell `Etc/Unknown`. */
function timeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone === 'Etc/Unknown' ? 'UTC' : timeZone;
}
