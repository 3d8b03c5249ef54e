import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  catchError,
  EMPTY,
  filter,
  map,
  merge,
  type Observable,
  shareReplay,
  startWith,
  switchMap,
} from 'rxjs';

import type { Agent, AgentList } from '../api/schema';
import { AuthService } from './auth';
import { SocketService } from './socket';

@Injectable({ providedIn: 'root' })
export class AgentService {
  private readonly http = inject(HttpClient);

  /** Colleagues to whom work can be given. */
  readonly agents$: Observable<readonly Agent[]> = merge(
    inject(AuthService).agent$.pipe(filter((agent) => agent !== null)),
    inject(SocketService).connected$,
  ).pipe(
    switchMap(() =>
      this.http
        .get<AgentList>('/api/v2/agents', { params: { limit: 100 } })
        .pipe(catchError(() => EMPTY)),
    ),
    map(({ data }) => data.filter((agent) => agent.active)),
    startWith([]),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
}
