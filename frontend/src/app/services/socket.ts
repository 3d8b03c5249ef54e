import { Injectable } from '@angular/core';
import {
  BehaviorSubject,
  defer,
  filter,
  firstValueFrom,
  fromEvent,
  map,
  merge,
  of,
  type Observable,
  Subject,
  takeUntil,
  timer,
} from 'rxjs';
import type { ClientEvents, ServerEvents } from '../api/types';
import type { io as SocketIo, Socket } from 'socket.io-client';

/** Delay before the next attempt after a refused connection or a failed download of the client. */
const RETRY_MS = 3_000;

/** How long fetching waits for the first connection. */
const FIRST_CONNECTION_WAIT_MS = 150;

export type ConnectionState = 'connecting' | 'online' | 'reconnecting' | 'offline';

interface SocketEvent {
  name: string;
  payload: unknown;
}

/** Returns a token for the handshake. Called before every attempt. */
export type TokenSource = () => Observable<string>;

/** Owns the agent's Socket.IO connection. */
@Injectable({ providedIn: 'root' })
export class SocketService {
  private readonly stateSubject = new BehaviorSubject<ConnectionState>('offline');
  private readonly eventSubject = new Subject<SocketEvent>();
  private readonly connectedSubject = new Subject<void>();
  private token: TokenSource | null = null;
  private socket: Socket | null = null;

  readonly state$ = this.stateSubject.asObservable();
  /**
   * Emits after each connection. Events may have been missed before it, so refetch what is shown.
   */
  readonly connected$ = this.connectedSubject.asObservable();
  /**
   * Emits when data on the screen must be fetched: now, and after each reconnection. While the
   * first connection is being made it waits a moment, to avoid fetching twice.
   */
  readonly fetchNow$: Observable<unknown> = defer(() => {
    const now$ = this.stateSubject.value === 'connecting' ? timer(FIRST_CONNECTION_WAIT_MS) : of(0);
    return merge(now$.pipe(takeUntil(this.connected$)), this.connected$);
  });

  constructor() {
    // The browser notices a lost network long before the heartbeat does.
    merge(
      fromEvent(window, 'offline').pipe(map(() => false)),
      fromEvent(window, 'online').pipe(map(() => true)),
    ).subscribe((online) => {
      if (!this.socket) return;
      if (online) this.socket.disconnect().connect();
      else this.stateSubject.next('offline');
    });
  }

  on<Name extends keyof ServerEvents>(name: Name): Observable<ServerEvents[Name]> {
    return this.eventSubject.pipe(
      filter((event) => event.name === name),
      map((event) => event.payload as ServerEvents[Name]),
    );
  }

  connect(token: TokenSource): void {
    this.disconnect();
    this.token = token;
    this.stateSubject.next(navigator.onLine ? 'connecting' : 'offline');
    // Pages do not wait for the client's code.
    import('socket.io-client').then(
      ({ io }) => this.token === token && this.open(io, token),
      () => setTimeout(() => this.token === token && this.connect(token), RETRY_MS),
    );
  }

  /** Keeps the connection open after the token it was opened with expires. */
  renew(token: string): void {
    this.send('authenticate', { token });
  }

  /** Sends an event that may be lost: without a connection it is dropped. */
  send<Name extends keyof ClientEvents>(name: Name, payload: ClientEvents[Name]): void {
    if (this.socket?.connected) this.socket.emit(name, payload);
  }

  disconnect(): void {
    this.token = null;
    this.socket?.disconnect();
    this.socket = null;
    this.stateSubject.next('offline');
  }

  private open(io: typeof SocketIo, token: TokenSource): void {
    const socket = io({
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5_000,
      auth: (give) => {
        firstValueFrom(token()).then(
          (value) => give({ token: value }),
          () => give({ token: '' }),
        );
      },
    });
    this.socket = socket;

    socket.on('connect', () => {
      this.stateSubject.next('online');
      this.connectedSubject.next();
    });
    socket.on('disconnect', (reason) => {
      if (this.socket !== socket) return;
      this.stateSubject.next(navigator.onLine ? 'reconnecting' : 'offline');
      // The server closed it, for example because the token expired. Socket.IO does not reconnect
      // by itself then.
      if (reason === 'io server disconnect') socket.connect();
    });
    socket.on('connect_error', () => {
      this.stateSubject.next(navigator.onLine ? 'reconnecting' : 'offline');
      // The server refused it. Socket.IO gives up, so retry with a newer token.
      if (!socket.active) this.retryLater(socket);
    });
    socket.onAny((name: string, payload: unknown) => this.eventSubject.next({ name, payload }));
  }

  private retryLater(socket: Socket): void {
    setTimeout(() => {
      if (this.socket === socket) socket.connect();
    }, RETRY_MS);
  }
}
