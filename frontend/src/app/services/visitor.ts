import { HttpClient, HttpContext, HttpHeaders } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  BehaviorSubject,
  filter,
  map,
  merge,
  type Observable,
  of,
  startWith,
  switchMap,
  tap,
  timer,
} from 'rxjs';

import type {
  AssistantTyping,
  VisitorMessage,
  VisitorMessageEvent,
  VisitorMessageList,
  WebMessageAccepted,
} from '../api/schema';
import { ownCredentials } from './auth';
import { SocketService } from './socket';

export interface Visitor {
  readonly name: string;
  readonly phone: string;
}

/** A message on this customer's screen; `pending` and `failed` ones are not with the server yet. */
export interface ShownMessage extends VisitorMessage {
  readonly state: 'sent' | 'pending' | 'failed';
}

const API = '/api/v2/channels/web/messages';
const TYPING_MS = 60_000;

/** The customer's side of web chat, for the simulator: it has its own token, never an agent's. */
@Injectable()
export class VisitorService {
  private readonly http = inject(HttpClient);
  private readonly socket = inject(SocketService);
  private readonly messagesSubject = new BehaviorSubject<readonly ShownMessage[]>([]);
  private visitor: Visitor | null = null;
  private token: string | null = null;

  readonly messages$ = this.messagesSubject.asObservable();
  readonly connection$ = this.socket.state$;
  readonly typing$ = merge(
    this.socket.on<AssistantTyping>('assistant_typing').pipe(map(({ typing }) => typing)),
    this.socket.on<VisitorMessageEvent>('message_created').pipe(
      filter(({ message }) => message.author.type !== 'customer'),
      map(() => false),
    ),
  ).pipe(
    switchMap((typing) =>
      typing
        ? timer(TYPING_MS).pipe(
            map(() => false),
            startWith(true),
          )
        : of(false),
    ),
    startWith(false),
  );

  constructor() {
    merge(
      this.socket.on<VisitorMessageEvent>('message_created').pipe(map(({ message }) => [message])),
      this.socket.connected$.pipe(switchMap(() => this.fetch())),
    ).subscribe((messages) => this.add(messages));
  }

  /** Begins as this customer; earlier messages appear with the first one that is sent. */
  begin(visitor: Visitor): void {
    this.leave();
    this.visitor = visitor;
  }

  leave(): void {
    this.socket.disconnect();
    this.visitor = null;
    this.token = null;
    this.messagesSubject.next([]);
  }

  send(text: string, messageId: string): Observable<void> {
    const body = this.token ? { text, messageId } : { ...this.visitor, text, messageId };
    this.add(
      [
        {
          messageId,
          author: { type: 'customer', name: this.visitor?.name ?? '' },
          text,
          createdAt: new Date().toISOString(),
        },
      ],
      'pending',
    );
    return this.http.post<WebMessageAccepted>(API, body, this.credentials()).pipe(
      tap({
        next: ({ visitorToken }) => {
          this.mark(messageId, 'sent');
          if (visitorToken && !this.token) this.connect(visitorToken);
        },
        error: () => this.mark(messageId, 'failed'),
      }),
      map(() => undefined),
    );
  }

  private connect(token: string): void {
    this.token = token;
    this.socket.connect(() => of(token));
  }

  private fetch(): Observable<readonly VisitorMessage[]> {
    return this.http
      .get<VisitorMessageList>(API, { ...this.credentials(), params: { limit: 100 } })
      .pipe(map(({ data }) => data));
  }

  private credentials(): { context: HttpContext; headers: HttpHeaders } {
    const headers = new HttpHeaders(this.token ? { Authorization: `Bearer ${this.token}` } : {});
    return { context: new HttpContext().set(ownCredentials, true), headers };
  }

  private add(messages: readonly VisitorMessage[], state: ShownMessage['state'] = 'sent'): void {
    const byId = new Map(this.messagesSubject.value.map((message) => [message.messageId, message]));
    for (const message of messages) byId.set(message.messageId, { ...message, state });
    this.messagesSubject.next(
      [...byId.values()].sort((one, other) => one.createdAt.localeCompare(other.createdAt)),
    );
  }

  private mark(messageId: string, state: ShownMessage['state']): void {
    this.messagesSubject.next(
      this.messagesSubject.value.map((message) =>
        message.messageId === messageId ? { ...message, state } : message,
      ),
    );
  }
}
