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
  private readonly messageEvents$ = this.socket.on<MessageEvent>('message_created');
  private readonly conversationEvents$ = merge(
    this.messageEvents$,
    this.socket.on<ConversationEvent>('conversation_updated'),
  );
  private readonly reloadSubject = new Subject<void>();
  private readonly sentSubject = new Subject<NewMessage>();

  list$(query: ListQuery): Observable<Loadable<ConversationList>> {
    const refresh$ = merge(
      this.conversationEvents$,
      this.socket.connected$,
      this.reloadSubject,
    ).pipe(
      throttleTime(REFRESH_MS, asyncScheduler, { leading: true, trailing: true }),
      startWith(undefined),
    );
    return loadable(refresh$, () =>
      this.http.get<ConversationList>(API, { params: toParams(query) }),
    );
  }

  conversation$(conversationId: string): Observable<Loadable<Conversation>> {
    return defer(() => {
      const conversationSubject = new BehaviorSubject<Conversation | null>(null);
      const events = this.conversationEvents$
        .pipe(filter((event) => event.conversationId === conversationId))
        .subscribe((event) => conversationSubject.next(event.conversation));
      const fetched$ = loadable(this.refresh$(), () =>
        this.http
          .get<Conversation>(`${API}/${conversationId}`)
          .pipe(tap((conversation) => conversationSubject.next(conversation))),
      );
      return combineLatest([fetched$, conversationSubject]).pipe(
        map(([fetched, data]) => ({ ...fetched, data })),
        finalize(() => events.unsubscribe()),
      );
    });
  }

  /** A conversation's messages, oldest first, joined by new ones as they come. */
  messages$(conversationId: string): Observable<Loadable<readonly Message[]>> {
    return defer(() => {
      const messagesSubject = new BehaviorSubject<readonly Message[]>([]);
      const add = (messages: readonly Message[]): void =>
        messagesSubject.next(merged(messagesSubject.value, messages));
      const events = merge(this.messageEvents$, this.sentSubject)
        .pipe(filter((event) => event.conversationId === conversationId))
        .subscribe((event) => add([event.message]));
      const fetched$ = loadable(this.refresh$(), () =>
        this.http
          .get<MessageList>(`${API}/${conversationId}/messages`, { params: { limit: 100 } })
          .pipe(tap(({ data }) => add(data))),
      );
      return combineLatest([fetched$, messagesSubject]).pipe(
        map(([fetched, messages]) => ({ ...fetched, data: fetched.data && messages })),
        finalize(() => events.unsubscribe()),
      );
    });
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

  send(conversationId: string, text: string): Observable<Message> {
    return this.http
      .post<Message>(`${API}/${conversationId}/messages`, { text })
      .pipe(tap((message) => this.sentSubject.next({ conversationId, message })));
  }

  setMode(conversationId: string, mode: ConversationMode): Observable<Conversation> {
    return this.http
      .put<Conversation>(`${API}/${conversationId}/mode`, { mode })
      .pipe(tap(() => this.reload()));
  }

  reload(): void {
    this.reloadSubject.next();
  }

  private refresh$(): Observable<unknown> {
    return merge(this.socket.connected$, this.reloadSubject).pipe(startWith(undefined));
  }
}

/** Each message once, in the order they were written. */
function merged(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const byId = new Map([...known, ...more].map((message) => [message.messageId, message]));
  return [...byId.values()].sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}
