import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  asyncScheduler,
  BehaviorSubject,
  combineLatest,
  defer,
  filter,
  finalize,
  map,
  merge,
  type Observable,
  of,
  startWith,
  Subject,
  switchMap,
  tap,
  throttleTime,
  timer,
} from 'rxjs';

import type {
  Conversation,
  ConversationEvent,
  ConversationList,
  Message,
  MessageEvent,
  MessageList,
  AssistantTyping,
} from '../api/schema';
import type { ConversationMode, NewMessage } from '../api/types';
import { type Loadable, loadable } from './loadable';
import { MessageThread } from './message-thread';
import { OutboxService } from './outbox';
import { type ListQuery, toParams } from './query';
import { SocketService } from './socket';

const API = '/api/v2/conversations';
const REFRESH_MS = 1_000;
/** Without word from the assistant for this long it is not believed to be writing any more. */
const TYPING_MS = 60_000;

@Injectable({ providedIn: 'root' })
export class ConversationService {
  private readonly http = inject(HttpClient);
  private readonly socket = inject(SocketService);
  private readonly outbox = inject(OutboxService);
  private readonly messageEvents$ = this.socket.on<MessageEvent>('message_created');
  private readonly changedSubject = new Subject<Conversation>();
  /** Conversations as they are after every message and change of them. */
  readonly changed$ = merge(
    merge(this.messageEvents$, this.socket.on<ConversationEvent>('conversation_updated')).pipe(
      map(({ conversation }) => conversation),
    ),
    this.changedSubject,
  );
  private readonly reloadSubject = new Subject<void>();

  list$(query: ListQuery): Observable<Loadable<ConversationList>> {
    const refresh$ = merge(this.changed$, this.socket.connected$, this.reloadSubject).pipe(
      throttleTime(REFRESH_MS, asyncScheduler, { leading: true, trailing: true }),
      startWith(undefined),
    );
    return loadable(refresh$, () => this.list(query));
  }

  list(query: ListQuery): Observable<ConversationList> {
    return this.http.get<ConversationList>(API, { params: toParams(query) });
  }

  conversation$(conversationId: string): Observable<Loadable<Conversation>> {
    return defer(() => {
      const conversationSubject = new BehaviorSubject<Conversation | null>(null);
      const changes = this.changed$
        .pipe(filter((conversation) => conversation.conversationId === conversationId))
        .subscribe((conversation) => conversationSubject.next(conversation));
      const fetched$ = loadable(this.refresh$(), () =>
        this.http
          .get<Conversation>(`${API}/${conversationId}`)
          .pipe(tap((conversation) => conversationSubject.next(conversation))),
      );
      return combineLatest([fetched$, conversationSubject]).pipe(
        map(([fetched, data]) => ({ ...fetched, data })),
        finalize(() => changes.unsubscribe()),
      );
    });
  }

  /** A conversation's messages, kept up to date for as long as somebody looks. */
  thread(conversationId: string): MessageThread {
    const news$ = merge(
      this.messageEvents$,
      this.socket.on<NewMessage>('message_updated'), // delivered, read or failed
    ).pipe(map(({ message }) => message));
    return new MessageThread(
      this.http,
      `${API}/${conversationId}/messages`,
      merge(news$, this.outbox.sent$).pipe(
        filter((message) => message.conversationId === conversationId),
      ),
      this.refresh$(),
    );
  }

  /** The latest messages as they are now, oldest first. */
  latestMessages(conversationId: string): Observable<readonly Message[]> {
    return this.http
      .get<MessageList>(`${API}/${conversationId}/messages`)
      .pipe(map(({ data }) => data));
  }

  /** Whether the assistant is at work on an answer. */
  typing$(conversationId: string): Observable<boolean> {
    return merge(
      this.socket
        .on<AssistantTyping>('assistant_typing')
        .pipe(filter((event) => event.conversationId === conversationId)),
      this.messageEvents$.pipe(
        filter(
          ({ conversationId: id, message }) =>
            id === conversationId && message.author.type === 'assistant',
        ),
        map(() => ({ typing: false })),
      ),
    ).pipe(
      map((event) => event.typing),
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
  }

  setMode(conversationId: string, mode: ConversationMode): Observable<Conversation> {
    return this.http
      .put<Conversation>(`${API}/${conversationId}/mode`, { mode })
      .pipe(tap((conversation) => this.changedSubject.next(conversation)));
  }

  reload(): void {
    this.reloadSubject.next();
  }

  private refresh$(): Observable<unknown> {
    return merge(this.socket.connected$, this.reloadSubject).pipe(startWith(undefined));
  }
}
