import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  catchError,
  EMPTY,
  expand,
  map,
  merge,
  type Observable,
  reduce,
  shareReplay,
  startWith,
  Subject,
  switchMap,
  tap,
} from 'rxjs';

import type { Agent, AgentCreate, AgentList, AgentUpdate } from '../api/schema';
import { type Loadable, loadable } from './core/loadable';
import { SocketService } from './socket';

const API = '/api/v2/agents';

@Injectable({ providedIn: 'root' })
export class AgentService {
  private readonly http = inject(HttpClient);
  private readonly fetchNow$ = inject(SocketService).fetchNow$;
  private readonly changedSubject = new Subject<void>();

  private readonly everybody$ = merge(this.fetchNow$, this.changedSubject).pipe(
    switchMap(() => this.fetchAll().pipe(catchError(() => EMPTY))),
    startWith<readonly Agent[]>([]),
    shareReplay({ bufferSize: 1, refCount: true }),
  );

  /** The agents that work can be assigned to. */
  readonly agents$: Observable<readonly Agent[]> = this.everybody$.pipe(
    map((agents) => agents.filter((agent) => agent.active)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );

  /** Returns the name of an agent, also of a disabled one; null while it is unknown. */
  name$(agentId: string): Observable<string | null> {
    return this.everybody$.pipe(
      map((agents) => agents.find((agent) => agent.agentId === agentId)?.name ?? null),
    );
  }

  /** Returns a page of all accounts, including disabled ones. */
  list$(page: number): Observable<Loadable<AgentList>> {
    const refresh$ = merge(this.fetchNow$, this.changedSubject);
    return loadable(refresh$, () => this.http.get<AgentList>(API, { params: { page, limit: 50 } }));
  }

  create(fields: AgentCreate): Observable<Agent> {
    return this.http.post<Agent>(API, fields).pipe(tap(() => this.reload()));
  }

  update(agentId: string, fields: AgentUpdate): Observable<Agent> {
    return this.http.put<Agent>(`${API}/${agentId}`, fields).pipe(tap(() => this.reload()));
  }

  reload(): void {
    this.changedSubject.next();
  }

  private fetchAll(): Observable<readonly Agent[]> {
    const page$ = (more: { cursor?: string }): Observable<AgentList> =>
      this.http.get<AgentList>(API, { params: { limit: 100, ...more } });
    return page$({}).pipe(
      expand(({ pagination: { nextCursor } }) =>
        nextCursor === null ? EMPTY : page$({ cursor: nextCursor }),
      ),
      reduce<AgentList, Agent[]>((all, { data }) => [...all, ...data], []),
    );
  }
}
