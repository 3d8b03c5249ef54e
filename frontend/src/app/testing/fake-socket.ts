import { BehaviorSubject, filter, map, type Observable, startWith, Subject } from 'rxjs';

import type { ServerEvents } from '../api/types';
import type { ConnectionState } from '../services/socket';

/** Replaces the socket service; the test plays the server. */
export class FakeSocket {
  private readonly events = new Subject<{ name: string; payload: unknown }>();
  readonly state$ = new BehaviorSubject<ConnectionState>('online');
  readonly connected$ = new Subject<void>();
  readonly fetchNow$ = this.connected$.pipe(startWith(undefined));
  readonly sent: { name: string; payload: unknown }[] = [];

  on<Name extends keyof ServerEvents>(name: Name): Observable<ServerEvents[Name]> {
    return this.events.pipe(
      filter((event) => event.name === name),
      map((event) => event.payload as ServerEvents[Name]),
    );
  }

  send(name: string, payload: unknown): void {
    this.sent.push({ name, payload });
  }

  receive(name: keyof ServerEvents, payload: unknown): void {
    this.events.next({ name, payload });
  }
}
