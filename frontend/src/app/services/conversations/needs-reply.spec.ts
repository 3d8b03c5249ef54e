import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';

import type { Conversation } from '../../api/schema';
import { aConversation, ANA, pageOf } from '../../testing/factories';
import type { FakeSocket } from '../../testing/fake-socket';
import { provideApplication } from '../../testing/providers';
import { AuthService } from '../auth';
import { ReadMarksService } from './read-marks';
import { SocketService } from '../socket';
import { NeedsReplyService } from './needs-reply';

const LATER = '2099-01-01T00:00:00.000Z'; // than the agent came to this browser

describe('NeedsReplyService', () => {
  let http: HttpTestingController;
  let socket: FakeSocket;
  let unread: number;
  let looking: Subscription;

  const asked = (): TestRequest =>
    http.expectOne(({ url, params }) => {
      return url === '/api/v2/conversations' && params.get('unanswered') === 'true';
    });
  const answer = (...data: Conversation[]): void =>
    asked().flush({ data, pagination: pageOf().pagination });
  const waiting = (conversationId: string, more: Partial<Conversation> = {}): Conversation =>
    aConversation({ conversationId, lastMessageAt: LATER, ...more });
  const change = (conversation: Conversation): void =>
    socket.receive('conversation_updated', {
      conversationId: conversation.conversationId,
      conversation,
      at: LATER,
    });

  beforeEach(() => {
    localStorage.clear();
    TestBed.configureTestingModule({ providers: provideApplication() });
    http = TestBed.inject(HttpTestingController);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    TestBed.inject(AuthService).login(ANA.email, 'x').subscribe();
    http.expectOne('/api/v2/auth/login').flush({ accessToken: 't', expiresIn: 900, agent: ANA });
    looking = TestBed.inject(NeedsReplyService).unread$.subscribe((count) => (unread = count));
  });

  afterEach(() => looking.unsubscribe());

  it('counts what waits for a person, not what the assistant is about to answer', () => {
    answer(
      waiting('a'),
      waiting('b', { mode: 'assistant' }),
      waiting('c', { mode: 'assistant', flagged: { reason: 'x', at: LATER } }),
    );
    expect(unread).toBe(2);
  });

  it('follows each message, answer and look', () => {
    answer(waiting('a'));
    change(waiting('b'));
    expect(unread).toBe(2);
    change(waiting('a', { unanswered: false }));
    expect(unread).toBe(1);
    TestBed.inject(ReadMarksService).read(waiting('b'));
    expect(unread).toBe(0);
  });

  it('asks again after a reconnect, and outlives a failure', () => {
    asked().error(new ProgressEvent('error'));
    expect(unread).toBe(0);
    socket.connected$.next();
    answer(waiting('a'));
    expect(unread).toBe(1);
  });
});
