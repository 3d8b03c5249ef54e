import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { asyncScheduler, merge, shareReplay, startWith, Subject, throttleTime } from 'rxjs';

import type { Statistics } from '../api/schema';
import { loadable } from './loadable';
import { SocketService } from './socket';
import { TicketService } from './ticket';

/** Often enough for figures that somebody watches. */
const REFRESH_MS = 3_100;

/** Counts of the tickets that the agent sees, kept up to date for as long as somebody looks. */
@Injectable({ providedIn: 'root' })
export class StatisticsService {
  private readonly http = inject(HttpClient);

  private readonly reloadSubject = new Subject<void>();

  readonly statistics$ = loadable(
    merge(
      inject(TicketService).events$.pipe(
        throttleTime(REFRESH_MS, asyncScheduler, { leading: false, trailing: true }),
      ),
      inject(SocketService).connected$,
      this.reloadSubject,
    ).pipe(startWith(undefined)),
    () => this.http.get<Statistics>('/api/v2/tickets/stats'),
  ).pipe(shareReplay({ bufferSize: 1, refCount: true }));

  reload(): void {
    this.reloadSubject.next();
  }
}
