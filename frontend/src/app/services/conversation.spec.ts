import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';

import type { Conversation, ConversationList } from '../api/schema';
import { aConversation, aMessage, pageOf } from '../testing/factories';
import type { FakeSocket } from '../testing/fake-socket';
import { provideApplication } from '../testing/providers';
import { ConversationService } from './conversation';
import type { ListQuery } from './core/query';
import { SocketService } from './socket';

const LIST = '/api/v2/conversations';

describe('a list of conversations', () => {
  let http: HttpTestingController;
  let socket: FakeSocket;
  let shown: ConversationList | null;
  let looking: Subscription;

  const one = (conversationId: string, minute: number, more = {}): Conversation =>
    aConversation({ conversationId, lastMessageAt: `2026-11-20T10:0${minute}:00.000Z`, ...more });
  const request = (): TestRequest => http.expectOne(({ url }) => url === LIST);
  const listOf = (data: Conversation[], pagination = {}): ConversationList => ({
    data,
    pagination: { ...pageOf().pagination, total: data.length, ...pagination },
  });
  const write = (conversation: Conversation): void => {
    const { conversationId } = conversation;
    const message = aMessage({ conversationId });
    socket.receive('message_created', { conversationId, message, conversation });
  };
  const order = (): string[] | undefined => shown?.data.map((row) => row.conversationId);

  function open(query: ListQuery): void {
    looking = TestBed.inject(ConversationService)
      .list$(query)
      .subscribe(({ data }) => (shown = data));
  }

  beforeEach(() => {
    jasmine.clock().install();
    TestBed.configureTestingModule({ providers: provideApplication() });
    http = TestBed.inject(HttpTestingController);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
  });

  afterEach(() => {
    jasmine.clock().tick(60_000);
    looking.unsubscribe();
    http.verify();
    jasmine.clock().uninstall();
  });

  it('shows each message without fetching anything', () => {
    open({});
    request().flush(listOf([one('a', 2), one('b', 1)]));
    write(one('b', 3));
    expect(order()).toEqual(['b', 'a']);
    write(one('new', 4));
    expect([order(), shown?.pagination.total]).toEqual([['new', 'b', 'a'], 3]);
    write(one('b', 5, { unanswered: false })); // those that need a person come first
    expect(order()).toEqual(['new', 'a', 'b']);
  });

  it('takes what does not belong to it any more, and nothing that never did', () => {
    open({ unanswered: true, channel: 'web' });
    request().flush(listOf([one('a', 2), one('b', 1)]));
    write(one('a', 3, { unanswered: false }));
    write(one('c', 3, { channel: 'whatsapp' }));
    expect([order(), shown?.pagination.total]).toEqual([['b'], 1]);
  });

  it('keeps what came while it was fetched, unless the answer is newer', () => {
    open({});
    request().flush(listOf([one('a', 1), one('b', 1)]));
    socket.connected$.next();
    write(one('a', 3));
    write(one('b', 2));
    request().flush(listOf([one('b', 4), one('a', 1)]));
    expect(shown?.data).toEqual([one('b', 4), one('a', 3)]);
  });

  it('of several pages is fetched again, once in a while, when rows change pages', () => {
    open({ limit: 2 });
    const pages = { total: 9, limit: 2 };
    request().flush(listOf([one('a', 3), one('b', 2)], pages));
    write(one('b', 4));
    jasmine.clock().tick(20_000);
    for (let minute = 5; minute < 9; minute++) {
      write(one('c', minute));
      jasmine.clock().tick(1_000);
    }
    expect(order()).toEqual(['c', 'b']);
    jasmine.clock().tick(10_000);
    request().flush(listOf([one('c', 8), one('b', 4)], pages));
  });
});
