import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import type { Message } from '../../api/schema';
import { ANA, aMessage } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { AuthService } from '../auth';
import { type OutgoingMessage, OutboxService } from './outbox';

const MESSAGES = '/api/v2/conversations/conversation-1/messages';

describe('OutboxService', () => {
  let http: HttpTestingController;
  let shown: readonly OutgoingMessage[];
  let sent: Message[];

  /** A page that an agent has just opened, or reloaded. */
  const open = (agent = ANA): OutboxService => {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: provideApplication() });
    http = TestBed.inject(HttpTestingController);
    TestBed.inject(AuthService).login('', '').subscribe();
    http.expectOne('/api/v2/auth/login').flush({ accessToken: 'token', expiresIn: 900, agent });
    const outbox = TestBed.inject(OutboxService);
    sent = [];
    outbox.messages$('conversation-1').subscribe((messages) => (shown = messages));
    outbox.sent$.subscribe((message) => sent.push(message));
    return outbox;
  };
  const only = (): OutgoingMessage => {
    const [message] = shown;
    if (!message) throw new Error('the box is empty');
    return message;
  };
  const posted = (): TestRequest => http.expectOne({ url: MESSAGES, method: 'POST' });
  const body = (request: TestRequest): { text: string; messageId: string } =>
    request.request.body as { text: string; messageId: string };

  beforeEach(() => localStorage.clear());
  afterEach(() => {
    http.verify();
    localStorage.clear();
  });

  it('shows an answer at once and gives it away when the server has it', () => {
    open().send('conversation-1', 'Voy');
    expect(shown.map(({ text, failed }) => [text, failed])).toEqual([['Voy', false]]);
    const request = posted();
    const { messageId } = body(request);
    expect(messageId).toBe(only().messageId);
    request.flush(aMessage({ messageId }));
    expect(shown).toEqual([]);
    expect(sent.map((message) => message.messageId)).toEqual([messageId]);
  });

  it('sends again under an id that follows from the first, so that it is stored once', () => {
    const outbox = open();
    for (const [before, after] of [
      ['first', 'first~2'],
      ['first~2', 'first~3'],
    ]) {
      outbox.sendAgain(aMessage({ messageId: before, text: 'Hola' }));
      const request = posted();
      expect(body(request)).toEqual({ text: 'Hola', messageId: after as string });
      request.flush(aMessage({ messageId: after }));
    }
  });

  it('sends one after the other', () => {
    const outbox = open();
    outbox.send('conversation-1', 'first');
    outbox.send('conversation-1', 'second');
    const first = posted();
    expect(body(first).text).toBe('first');
    first.flush(aMessage());
    const second = posted();
    expect(body(second).text).toBe('second');
    second.flush(aMessage());
  });

  it('holds up no answer in another conversation', () => {
    const outbox = open();
    outbox.send('conversation-1', 'first');
    outbox.send('conversation-2', 'second');
    posted().flush(aMessage());
    http.expectOne('/api/v2/conversations/conversation-2/messages').flush(aMessage());
    expect(shown).toEqual([]);
  });

  it('tries again with the same id, so that it is stored once', () => {
    const outbox = open();
    outbox.send('conversation-1', 'Voy');
    const first = posted();
    first.flush(null, { status: 0, statusText: '' });
    expect(only().failed).toBeTrue();
    expect(only().error?.code).toBe('network');
    outbox.retry(only().messageId);
    expect(only().failed).toBeFalse();
    const second = posted();
    expect(body(second)).toEqual(body(first));
    second.flush(aMessage());
    expect(shown).toEqual([]);
  });

  it('keeps what another tab of the agent could not send', () => {
    const here = open();
    here.send('conversation-1', 'De aquí');
    posted().flush(null, { status: 0, statusText: '' });
    const stored = Object.entries(localStorage).find(([name]) => name.endsWith('outbox'));
    const [name, box] = stored as [string, string];
    localStorage.setItem(
      name,
      box.replaceAll('De aquí', 'De allí').replaceAll(only().messageId, 'x'),
    );
    here.discard(only().messageId);
    open();
    expect(shown.map(({ text }) => text)).toEqual(['De allí']);
  });

  it('keeps what was not sent across a reload, for the agent whose it is', () => {
    open().send('conversation-1', 'Voy');
    const { messageId } = body(posted());
    open({ ...ANA, agentId: 'another' });
    expect(shown).toEqual([]);
    const outbox = open();
    expect(shown.map(({ text, failed }) => [text, failed])).toEqual([['Voy', true]]);
    expect(only().messageId).toBe(messageId);
    outbox.discard(messageId);
    expect(shown).toEqual([]);
    open();
    expect(shown).toEqual([]);
  });
});
