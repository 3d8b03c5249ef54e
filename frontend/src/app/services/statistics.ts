import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { asyncScheduler, merge, shareReplay, Subject, throttleTime } from 'rxjs';

import type { Statistics } from '../api/schema';
import { ClockService } from './core/clock';
import { loadable } from './core/loadable';
import { SocketService } from './socket';
import { TicketService } from './ticket';

/** Figures follow events at once, and in a storm of events once a second. */
const REFRESH_MS = 1_000;
/** The server keeps a count for a while, of a large desk for seconds: later it has counted anew. */
const KEPT_MS = 3_100;

/** Counts of the tickets that the agent sees, kept up to date for as long as somebody looks. */
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
      inject(ClockService).minute$, // a deadline passes without an event
    ),
    () => this.http.get<Statistics>('/api/v2/tickets/stats'),
  ).pipe(shareReplay({ bufferSize: 1, refCount: true }));

  reload(): void {
    this.reloadSubject.next();
  }
}
