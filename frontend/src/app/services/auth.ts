import { HttpClient, HttpContext, HttpContextToken } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  BehaviorSubject,
  catchError,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  map,
  type Observable,
  of,
  shareReplay,
  switchMap,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs';

import type { Agent, LoginAnswer, SetupRequest } from '../api/schema';
import { ApiError } from './core/api-error';

/** Marks requests that must not carry the agent's token: sign-in, and the customer simulator. */
export const ownCredentials = new HttpContextToken(() => false);

/** How long before they expire tokens are renewed. */
const LEEWAY_MS = 60_000;

interface SignedIn {
  agent: Agent;
  token: string;
  expiresAt: number;
}

/**
 * Manages the session. The access token lives in memory only; after a reload the HttpOnly refresh
 * cookie gets a new one.
 */
@Injectable({ providedIn: 'root' })
export class AuthService {
  private readonly http = inject(HttpClient);
  private readonly sessionSubject = new BehaviorSubject<SignedIn | null>(null);
  readonly agent$ = this.sessionSubject.pipe(
    map((session) => session?.agent ?? null),
    distinctUntilChanged((one, other) => one?.agentId === other?.agentId),
  );
  readonly token$ = this.sessionSubject.pipe(
    map((session) => session?.token ?? null),
    distinctUntilChanged(),
  );
  /** The agent that this tab belongs to until they sign out, even after the session has expired. */
  private owner: string | null = null;
  private refreshing: Observable<string> | null = null;

  constructor() {
    this.sessionSubject
      .pipe(
        switchMap((session) => (session ? timer(expiresIn(session) - LEEWAY_MS) : EMPTY)),
        switchMap(() => this.refresh().pipe(catchError(() => EMPTY))),
      )
      .subscribe();
  }

  get agent(): Agent | null {
    return this.sessionSubject.value?.agent ?? null;
  }

  get token(): string | null {
    return this.sessionSubject.value?.token ?? null;
  }

  login(email: string, password: string): Observable<Agent> {
    return this.post<LoginAnswer>('login', { email, password }).pipe(
      tap((session) => this.accept(session)),
      map((session) => session.agent),
    );
  }

  /** Creates the first admin with a token from start-up, and signs in. */
  setUp(fields: SetupRequest): Observable<Agent> {
    return this.post<LoginAnswer>('setup', fields).pipe(
      tap((session) => this.accept(session)),
      map((session) => session.agent),
    );
  }

  /** Fetches a new access token. Concurrent callers share one request. */
  refresh(): Observable<string> {
    this.refreshing ??= this.post<LoginAnswer>('refresh').pipe(
      tap((session) => {
        // If another agent signed in in another tab, the cookie is theirs: text typed here must not
        // be sent in their name.
        if (this.owner && this.owner !== session.agent.agentId) throw new ApiError(401, {});
        this.accept(session);
      }),
      map((session) => session.accessToken),
      catchError((error: ApiError) => {
        if (error.status === 401) this.sessionSubject.next(null);
        return throwError(() => error);
      }),
      finalize(() => (this.refreshing = null)),
      shareReplay(1),
    );
    return this.refreshing;
  }

  /** Returns a token that does not expire right away. Waits while nobody is signed in. */
  freshToken(): Observable<string> {
    return this.sessionSubject.pipe(
      filter((session) => session !== null),
      take(1),
      switchMap((session) =>
        expiresIn(session) > LEEWAY_MS / 2 ? of(session.token) : this.refresh(),
      ),
    );
  }

  /** Returns whether somebody is signed in, trying the cookie of an earlier visit first. */
  restore(): Observable<boolean> {
    if (this.agent) return of(true);
    return this.refresh().pipe(
      map(() => true),
      catchError(() => of(false)),
    );
  }

  /** Signs out in this tab whatever the server answers. */
  logout(): Observable<unknown> {
    return this.post('logout').pipe(
      catchError(() => of(null)),
      finalize(() => {
        this.owner = null;
        this.sessionSubject.next(null);
      }),
    );
  }

  private accept(session: LoginAnswer): void {
    this.owner = session.agent.agentId;
    this.sessionSubject.next({
      agent: session.agent,
      token: session.accessToken,
      expiresAt: Date.now() + session.expiresIn * 1000,
    });
  }

  private post<T = unknown>(
    action: 'login' | 'setup' | 'refresh' | 'logout',
    body: object = {},
  ): Observable<T> {
    return this.http.post<T>(`/api/v2/auth/${action}`, body, {
      context: new HttpContext().set(ownCredentials, true),
    });
  }
}

function expiresIn(session: SignedIn): number {
  return session.expiresAt - Date.now();
}
