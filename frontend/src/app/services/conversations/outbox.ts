import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  BehaviorSubject,
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  type Observable,
  Subject,
  tap,
} from 'rxjs';

import type { Message } from '../../api/schema';
import { ApiError } from '../core/api-error';
import { AuthService } from '../auth';
import { DraftService } from '../core/drafts';
import { RequestQueue } from '../core/request-queue';
import { withRequestTimeout } from '../core/request-timeout';
import { randomKey } from '../core/random-key';

/** A reply that the server has not confirmed yet. */
export interface OutgoingMessage {
  /** Chosen by the client, so that the server can deduplicate repeated requests. */
  readonly messageId: string;
  readonly conversationId: string;
  readonly text: string;
  readonly createdAt: string;
  readonly failed: boolean;
  /** Why it failed; unknown after a reload. */
  readonly error?: ApiError;
}

const BOX = 'outbox';
const EMPTY_BOX: { messages: readonly OutgoingMessage[] } = { messages: [] };

/** Returns the id for sending a message again: `abc` → `abc~2` → `abc~3`. */
export function nextTry(messageId: string): string {
  const [, first, count] = /^(.*?)(?:~(\d+))?$/.exec(messageId) ?? [];
  return `${first}~${Number(count ?? 1) + 1}`;
}

/**
 * Sends replies, one after another in each conversation. They are shown at once and kept across
 * reloads until the server has confirmed them.
 */
@Injectable({ providedIn: 'root' })
export class OutboxService {
  private readonly http = inject(HttpClient);
  private readonly auth = inject(AuthService);
  private readonly drafts = inject(DraftService);
  private readonly messagesSubject = new BehaviorSubject<readonly OutgoingMessage[]>([]);
  private readonly queue = new RequestQueue();
  private readonly sentSubject = new Subject<Message>();

  /** Messages as the server has stored them. */
  readonly sent$ = this.sentSubject.asObservable();

  constructor() {
    this.auth.agent$
      .pipe(
        map((agent) => agent?.agentId),
        filter((agentId) => agentId !== undefined),
        distinctUntilChanged(),
      )
      .subscribe(() => {
        const { messages } = this.drafts.read(BOX, EMPTY_BOX);
        this.messagesSubject.next(messages.map((message) => ({ ...message, failed: true })));
      });
  }

  messages$(conversationId: string): Observable<readonly OutgoingMessage[]> {
    return this.messagesSubject.pipe(
      map((messages) => messages.filter((message) => message.conversationId === conversationId)),
    );
  }

  send(conversationId: string, text: string, messageId = randomKey()): void {
    const createdAt = new Date().toISOString();
    this.keep([
      ...this.messagesSubject.value,
      { messageId, conversationId, text, createdAt, failed: false },
    ]);
    this.queue.add([conversationId], () => this.post(messageId));
  }

  /** Sends an undelivered message again as a new one. Repeated calls store it once. */
  sendAgain({ conversationId, messageId, text }: Message): void {
    this.send(conversationId, text, nextTry(messageId));
  }

  retry(messageId: string): void {
    const message = this.messagesSubject.value.find((other) => other.messageId === messageId);
    if (!message) return;
    this.change(messageId, { failed: false, error: undefined });
    this.queue.add([message.conversationId], () => this.post(messageId));
  }

  discard(messageId: string): void {
    this.keep(this.messagesSubject.value.filter((message) => message.messageId !== messageId));
  }

  private post(messageId: string): Observable<unknown> {
    return defer(() => {
      const message = this.messagesSubject.value.find((other) => other.messageId === messageId);
      if (!message) return EMPTY; // discarded, or another agent has signed in
      const { conversationId, text } = message;
      return this.http
        .post<Message>(`/api/v2/conversations/${conversationId}/messages`, { text, messageId })
        .pipe(
          withRequestTimeout(),
          tap((stored) => {
            this.sentSubject.next(stored);
            this.discard(messageId);
          }),
          catchError((failure: unknown) => {
            this.change(messageId, { failed: true, error: ApiError.from(failure) });
            return EMPTY;
          }),
        );
    });
  }

  private change(messageId: string, change: Partial<OutgoingMessage>): void {
    this.keep(
      this.messagesSubject.value.map((message) =>
        message.messageId === messageId ? { ...message, ...change } : message,
      ),
    );
  }

  private keep(messages: readonly OutgoingMessage[]): void {
    const known = [...this.messagesSubject.value, ...messages];
    const own = new Set(known.map(({ messageId }) => messageId));
    this.messagesSubject.next(messages);
    if (!this.auth.agent) return; // signed out meanwhile: keep the agent's stored outbox
    const { messages: stored } = this.drafts.read(BOX, EMPTY_BOX);
    const others = stored.filter(({ messageId }) => !own.has(messageId)); // from the agent's other tabs
    const kept = [...others, ...messages.map(({ error, ...message }) => message)];
    if (kept.length) this.drafts.write(BOX, { messages: kept });
    else this.drafts.forget(BOX);
  }
}
