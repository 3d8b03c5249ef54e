import { Injectable } from '@angular/core';
import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs';

import { Chat, type ChatState } from '../../../widget/chat';

export type { ShownMessage } from '../../../widget/chat';

export interface Visitor {
  readonly name: string;
  readonly phone: string;
}

const NOTHING: ChatState = { messages: [], online: true, typing: false, unread: 0 };

/** The customer's side of web chat for the simulator, with the same core that sites embed. */
@Injectable()
export class VisitorService {
  private readonly stateSubject = new BehaviorSubject<ChatState>(NOTHING);
  private chat: Chat | null = null;

  readonly messages$ = this.stateSubject.pipe(map(({ messages }) => messages));
  readonly online$ = this.stateSubject.pipe(
    map(({ online }) => online),
    distinctUntilChanged(),
  );
  readonly typing$ = this.stateSubject.pipe(
    map(({ typing }) => typing),
    distinctUntilChanged(),
  );

  /** Starts a chat, continuing this customer's conversation if this browser has one. */
  begin(visitor: Visitor): void {
    this.leave();
    this.chat = new Chat(location.origin, visitor, true, (state) => this.stateSubject.next(state));
  }

  leave(): void {
    this.chat?.close();
    this.chat = null;
    this.stateSubject.next(NOTHING);
  }

  sendTyping(): void {
    this.chat?.tellTyping();
  }

  send(text: string): void {
    this.chat?.send(text);
  }

  sendAgain(messageId: string): void {
    this.chat?.sendAgain(messageId);
  }
}
