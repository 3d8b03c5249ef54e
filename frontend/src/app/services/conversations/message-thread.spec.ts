import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';

import type { Message } from '../../api/schema';
import { aMessage } from '../../testing/factories';
import type { FakeSocket } from '../../testing/fake-socket';
import { provideApplication } from '../../testing/providers';
import { ConversationService } from '../conversation';
import type { MessageThread, Thread } from './message-thread';
import { SocketService } from '../socket';

const MESSAGES = '/api/v2/conversations/conversation-1/messages';

describe('MessageThread', () => {
  let http: HttpTestingController;
  let socket: FakeSocket;
  let thread: MessageThread;
  let subscription: Subscription;
  let shown: Thread | null;

  /** Answers the one request that is on its way. */
  const fetched = (data: Message[], nextCursor: string | null = null): void =>
    http
      .expectOne((request) => request.url === MESSAGES)
      .flush({ data, pagination: { nextCursor } });
  const at = (minute: number, more: Partial<Message> = {}): Message =>
    aMessage({
      messageId: `at-${minute}`,
      createdAt: `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`,
      ...more,
    });
  const receive = (name: 'message_created' | 'message_updated', message: Message): void =>
    socket.receive(name, {
      conversationId: message.conversationId,
      message,
      conversation: { conversationId: message.conversationId },
    });
  const ids = (): string[] | undefined => shown?.messages.map(({ messageId }) => messageId);

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    http = TestBed.inject(HttpTestingController);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    thread = TestBed.inject(ConversationService).thread('conversation-1');
    subscription = thread.view$.subscribe(({ data }) => (shown = data));
  });

  afterEach(() => {
    subscription.unsubscribe();
    http.verify();
  });

  it('adds messages as they come, in order and each once', () => {
    fetched([at(0)]);
    receive('message_created', at(2));
    receive('message_created', at(2));
    receive('message_created', at(1));
    expect(ids()).toEqual(['at-0', 'at-1', 'at-2']);
  });

  it('keeps to its own conversation', () => {
    fetched([at(0)]);
    receive('message_created', at(1, { conversationId: 'another' }));
    expect(ids()).toEqual(['at-0']);
  });

  it('keeps a message that comes while the others are still being fetched', () => {
    receive('message_created', at(1));
    fetched([at(0)]);
    expect(ids()).toEqual(['at-0', 'at-1']);
  });

  it('fills the gap after a connection was lost, and keeps what was read before it', () => {
    fetched([at(1), at(2)], 'before-1');
    thread.loadOlder();
    fetched([at(0)]);
    socket.connected$.next();
    fetched([at(2), at(3)], 'before-2');
    expect(ids()).toEqual(['at-0', 'at-1', 'at-2', 'at-3']);
    expect(shown?.older).toBe('none');
  });

  it('starts over when more was missed than one page holds', () => {
    fetched([at(0), at(1)], null);
    socket.connected$.next();
    fetched([at(8), at(9)], 'before-8');
    expect(ids()).toEqual(['at-8', 'at-9']);
    expect(shown?.older).toBe('some');
  });

  it('joins older messages when asked, each page once', () => {
    fetched([at(4), at(5)], 'before-4');
    expect(shown?.older).toBe('some');
    thread.loadOlder();
    thread.loadOlder();
    expect(shown?.older).toBe('loading');
    fetched([at(2), at(3)], 'before-2');
    expect(ids()).toEqual(['at-2', 'at-3', 'at-4', 'at-5']);
    thread.loadOlder();
    fetched([at(1)]);
    expect(shown?.older).toBe('none');
    thread.loadOlder(); // there are none: nothing is asked
  });

  it('says when older messages did not come, and asks again', () => {
    fetched([at(4)], 'before-4');
    thread.loadOlder();
    http
      .expectOne((request) => request.url === MESSAGES)
      .flush(null, { status: 503, statusText: 'Service Unavailable' });
    expect(shown?.older).toBe('failed');
    thread.loadOlder();
    fetched([at(3)]);
    expect(ids()).toEqual(['at-3', 'at-4']);
  });

  it('follows how far a message has come, and never back', () => {
    const status = (): string | undefined => shown?.messages[0]?.delivery?.status;
    fetched([at(0, { delivery: { status: 'pending', error: null } })]);
    receive('message_updated', at(0, { delivery: { status: 'read', error: null } }));
    expect(status()).toBe('read');
    receive('message_updated', at(0, { delivery: { status: 'delivered', error: null } }));
    expect(status()).toBe('read');
  });
});
