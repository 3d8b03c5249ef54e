import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  asyncScheduler,
  BehaviorSubject,
  combineLatest,
  concat,
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
  ConversationList,
  ConversationTyping,
  Message,
  MessageList,
} from '../api/schema';
import type { ConversationMode } from '../api/types';
import { AuthService } from './auth';
import { type Loadable, loadable } from './core/loadable';
import { livePage } from './conversations/live-page';
import { MessageThread } from './conversations/message-thread';
import { OutboxService } from './conversations/outbox';
import { type ListQuery, toParams } from './core/query';
import { SocketService } from './socket';
import {
  frozenConversations,
  type FrozenConversations,
} from './conversations/frozen-conversations';

const API = '/api/v2/conversations';
/** How long a page may differ from the server's when events alone cannot keep it exact. */
const UNCERTAIN_MS = 10_000;
/** How long the assistant counts as writing without another event. */
const ANSWERING_MS = 60_000;
/** Typing is sent at most this often, and shown a little longer. */
const SEND_TYPING_MS = 3_000;
const TYPING_MS = 6_000;

@Injectable({ providedIn: 'root' })
export class ConversationService {
  private readonly http = inject(HttpClient);
  private readonly socket = inject(SocketService);
  private readonly outbox = inject(OutboxService);
  private readonly auth = inject(AuthService);
  private typingSentAt = 0;
  private readonly messageEvents$ = this.socket.on('message_created');
  private readonly changedSubject = new Subject<Conversation>();
  /** Emits each conversation after a message in it or a change of it. */
  readonly changed$ = merge(
    merge(this.messageEvents$, this.socket.on('conversation_updated')).pipe(
      map(({ conversation }) => conversation),
    ),
    this.changedSubject,
  );
  private readonly reloadSubject = new Subject<void>();

  /** Returns one page of the list, kept up to date by events while subscribed. */
  list$(query: ListQuery): Observable<Loadable<ConversationList>> {
    return defer(() => {
      const uncertain = new Subject<void>();
      const refetch$ = uncertain.pipe(
        throttleTime(UNCERTAIN_MS, asyncScheduler, { leading: false, trailing: true }),
      );
      const fetched$ = loadable(merge(this.refresh$(), refetch$), () => this.list(query));
      return livePage(fetched$, this.changed$, query, () => uncertain.next());
    });
  }

  /** Returns the same list with its rows frozen while `reading`, until `renew$` emits. */
  frozenList$(
    query: ListQuery,
    renew$: Observable<unknown>,
    reading: () => boolean,
  ): Observable<Loadable<FrozenConversations>> {
    const { connected$ } = this.socket;
    return frozenConversations(this.list$(query), this.changed$, renew$, connected$, reading);
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

  /** Returns a conversation's messages, kept up to date while subscribed. */
  thread(conversationId: string): MessageThread {
    const changes$ = merge(
      this.messageEvents$,
      this.socket.on('message_updated'), // delivered, read or failed
    ).pipe(map(({ message }) => message));
    return new MessageThread(
      this.http,
      `${API}/${conversationId}/messages`,
      merge(changes$, this.outbox.sent$).pipe(
        filter((message) => message.conversationId === conversationId),
      ),
      this.refresh$(),
    );
  }

  /** Fetches the latest messages, oldest first. */
  latestMessages(conversationId: string): Observable<readonly Message[]> {
    return this.http
      .get<MessageList>(`${API}/${conversationId}/messages`)
      .pipe(map(({ data }) => data));
  }

  /** Returns whether the assistant is writing an answer. */
  answering$(conversationId: string): Observable<boolean> {
    return merge(
      this.socket
        .on('assistant_typing')
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
          ? timer(ANSWERING_MS).pipe(
              map(() => false),
              startWith(true),
            )
          : of(false),
      ),
      startWith(false),
    );
  }

  /** Returns who else is typing: a colleague, the customer (agent null), or nobody (null). */
  typist$(conversationId: string): Observable<ConversationTyping | null> {
    const said$ = this.messageEvents$.pipe(
      filter((event) => event.conversationId === conversationId),
      map(() => null),
    );
    const typed$ = this.socket.on('conversation_typing').pipe(
      filter((event) => event.conversationId === conversationId),
      filter(({ agent }) => agent?.agentId !== this.auth.agent?.agentId),
    );
    return merge<(ConversationTyping | null)[]>(typed$, said$).pipe(
      switchMap((typist) =>
        typist ? concat(of(typist), timer(TYPING_MS).pipe(map(() => null))) : of(null),
      ),
      startWith<ConversationTyping | null>(null),
    );
  }

  /** Tells colleagues and the customer that the agent is typing a reply. */
  sendTyping(conversationId: string): void {
    if (Date.now() - this.typingSentAt < SEND_TYPING_MS) return;
    this.typingSentAt = Date.now();
    this.socket.send('conversation_typing', { conversationId });
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
    return merge(this.socket.fetchNow$, this.reloadSubject);
  }
}
