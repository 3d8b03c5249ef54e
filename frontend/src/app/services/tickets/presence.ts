import { inject, Injectable } from '@angular/core';
import {
  combineLatest,
  distinctUntilChanged,
  filter,
  map,
  merge,
  type Observable,
  of,
  startWith,
  Subject,
  switchMap,
  timer,
  using,
} from 'rxjs';

import type { TicketViewer } from '../../api/schema';
import { AuthService } from '../auth';
import { SocketService } from '../socket';

/** Typing ends this long after the last key. */
const TYPING_MS = 4_000;

/** Shows who has a ticket open and who is typing a note on it. */
@Injectable({ providedIn: 'root' })
export class PresenceService {
  private readonly socket = inject(SocketService);
  private readonly auth = inject(AuthService);
  private readonly keySubject = new Subject<string>();

  /** Returns the others who are viewing the ticket. Subscribing counts as viewing it. */
  viewers$(ticketId: string): Observable<readonly TicketViewer[]> {
    const typing$ = this.keySubject.pipe(
      filter((typedIn) => typedIn === ticketId),
      switchMap(() => merge(of(true), timer(TYPING_MS).pipe(map(() => false)))),
      startWith(false),
      distinctUntilChanged(),
    );
    // The server forgets this window when the connection is lost.
    const online$ = this.socket.state$.pipe(
      map((state) => state === 'online'),
      distinctUntilChanged(),
    );
    return using(
      () => {
        const telling = combineLatest([online$, typing$]).subscribe(([online, typing]) => {
          if (online) this.socket.send('note_typing', { ticketId, typing });
        });
        telling.add(() => this.socket.send('leave_ticket', { ticketId }));
        return telling;
      },
      () =>
        merge(
          this.socket.on('ticket_viewers').pipe(
            filter((event) => event.ticketId === ticketId),
            map(({ viewers }) =>
              viewers.filter(({ agentId }) => agentId !== this.auth.agent?.agentId),
            ),
          ),
          online$.pipe(
            filter((online) => !online),
            map(() => []),
          ),
        ).pipe(startWith([])),
    );
  }

  /** Tells the others that the agent is typing a note on this ticket. */
  typing(ticketId: string): void {
    this.keySubject.next(ticketId);
  }
}
