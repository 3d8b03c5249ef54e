import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';

import type { Message } from '../api/schema';
import { aMessage } from '../testing/factories';
import type { FakeSocket } from '../testing/fake-socket';
import { provideApplication } from '../testing/providers';
import { ConversationService } from './conversation';
import { SocketService } from './socket';

const MESSAGES = '/api/v2/conversations/conversation-1/messages';

describe('ConversationService', () => {
  let service: ConversationService;
  let http: HttpTestingController;
  let socket: FakeSocket;
  let subscription: Subscription;
  let shown: readonly Message[] | null;

  const fetched = (...data: Message[]): void =>
    http
      .expectOne((request) => request.url === MESSAGES && request.method === 'GET')
      .flush({ data });
  const event = (message: Message): object => ({
    conversationId: message.conversationId,
    message,
    conversation: { conversationId: message.conversationId },
  });
  const ids = (): string[] | undefined => shown?.map(({ messageId }) => messageId);

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    service = TestBed.inject(ConversationService);
    http = TestBed.inject(HttpTestingController);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    subscription = service.messages$('conversation-1').subscribe(({ data }) => (shown = data));
  });

  afterEach(() => {
    subscription.unsubscribe();
    http.verify();
  });

  it('adds messages as they come, in order and each once', () => {
    fetched(aMessage());
    const later = aMessage({ messageId: 'message-3', createdAt: '2026-11-20T10:02:00Z' });
    socket.receive('message_created', event(later));
    socket.receive('message_created', event(later));
    socket.receive(
      'message_created',
      event(aMessage({ messageId: 'message-2', createdAt: '2026-11-20T10:01:00Z' })),
    );
    expect(ids()).toEqual(['message-1', 'message-2', 'message-3']);
  });

  it('keeps to its own conversation', () => {
    fetched(aMessage());
    socket.receive('message_created', event(aMessage({ conversationId: 'another' })));
    expect(ids()).toEqual(['message-1']);
  });

  it('keeps a message that comes while the others are still being fetched', () => {
    socket.receive('message_created', event(aMessage({ messageId: 'message-2' })));
    fetched(aMessage());
    expect(ids()?.sort()).toEqual(['message-1', 'message-2']);
  });

  it('fills the gap after a connection was lost', () => {
    fetched(aMessage());
    socket.connected$.next();
    fetched(aMessage(), aMessage({ messageId: 'missed', createdAt: '2026-11-20T10:05:00Z' }));
    expect(ids()).toEqual(['message-1', 'missed']);
  });

  it('shows the agent’s own message with the answer to sending it', () => {
    fetched(aMessage());
    service.send('conversation-1', 'Voy').subscribe();
    http
      .expectOne({ url: MESSAGES, method: 'POST' })
      .flush(aMessage({ messageId: 'mine', createdAt: '2026-11-20T10:09:00Z' }));
    expect(ids()).toEqual(['message-1', 'mine']);
  });
});
