import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { NEVER, Subject, type Subscription } from 'rxjs';

import type { Message, TicketRow } from '../api/schema';
import { aConversation, aMessage, ANA, aNote, aRow, eventOf, pageOf } from '../testing/factories';
import type { FakeSocket } from '../testing/fake-socket';
import { provideApplication } from '../testing/providers';
import { AuthService } from './auth';
import { ClockService } from './core/clock';
import { NotificationService } from './notification';
import { SocketService } from './socket';
import { type Toast, ToastService } from './toast';

const MINE = { assignedTo: { agentId: ANA.agentId, name: ANA.name } };
const TO_ME = { assignedTo: { from: null, to: MINE.assignedTo } };

describe('NotificationService', () => {
  let socket: FakeSocket;
  let now: Subject<number>;
  let toasts: readonly Toast[];
  let telling: Subscription;

  const said = (): string[] => toasts.map(({ key, link }) => `${key} ${link}`);
  const write = (message: Partial<Message>): void =>
    socket.receive('message_created', {
      conversationId: 'conversation-1',
      message: aMessage(message),
      conversation: aConversation(),
      at: '2026-11-20T10:00:00Z',
    });
  const begin = (...mine: TicketRow[]): void => {
    const http = TestBed.inject(HttpTestingController);
    TestBed.inject(AuthService).login(ANA.email, 'x').subscribe();
    http.expectOne('/api/v2/auth/login').flush({ accessToken: 't', expiresIn: 900, agent: ANA });
    telling = TestBed.inject(NotificationService).notifications$.subscribe();
    const lists = http.match(({ url }) => url === '/api/v2/tickets');
    for (const list of lists) list.flush(pageOf(...mine));
  };

  beforeEach(() => {
    localStorage.clear();
    now = new Subject();
    TestBed.configureTestingModule({
      providers: [
        ...provideApplication(),
        { provide: ClockService, useValue: { now$: now, minute$: NEVER } },
      ],
    });
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    TestBed.inject(ToastService).toasts$.subscribe((shown) => (toasts = shown));
  });

  afterEach(() => telling.unsubscribe());

  it('tells once of a ticket that a colleague has given to the agent', () => {
    begin();
    const event = eventOf(aRow({ version: 2, ...MINE }), { changes: TO_ME });
    socket.receive('ticket_updated', event); // one write, two events
    socket.receive('ticket_assigned', event);
    expect(said()).toEqual(['toast.assigned_to_you /tickets/TICKET-2026-000001']);
  });

  it('says nothing of what the agent did, nor of what concerns others', () => {
    begin();
    const actor = { type: 'agent', id: ANA.agentId, name: ANA.name } as const;
    socket.receive('ticket_assigned', eventOf(aRow({ ...MINE }), { changes: TO_ME, actor }));
    socket.receive('ticket_escalated', {
      ...eventOf(aRow({ version: 3, escalated: true })),
      changes: { escalated: { from: false, to: true } },
    });
    expect(said()).toEqual([]);
  });

  it('tells of an escalation and of a customer’s comment on the agent’s tickets', () => {
    begin();
    const escalated = aRow({ version: 2, escalated: true, ...MINE });
    socket.receive(
      'ticket_escalated',
      eventOf(escalated, { changes: { escalated: { from: false, to: true } } }),
    );
    const note = aNote({ content: 'x'.repeat(200), isInternal: false });
    const actor = { type: 'customer', id: 'customer-1', name: 'Lucía Ferrer' } as const;
    socket.receive('ticket_note_added', eventOf(aRow({ version: 3, ...MINE }), { note, actor }));
    expect(toasts.map(({ key }) => key)).toEqual(['toast.escalated', 'toast.customer_commented']);
    expect((toasts[1]?.params['text'] as string).length).toBeLessThan(100);
  });

  it('tells of customers who write where the agent has a ticket or has answered', () => {
    begin(aRow({ conversationId: 'conversation-1', ...MINE }));
    write({ text: 'Sigue igual' });
    write({ author: { type: 'assistant', id: 'assistant', name: 'Asistente' } });
    expect(said()).toEqual(['toast.customer_wrote /conversations/conversation-1']);
  });

  it('leaves other people’s conversations to them until the agent answers there', () => {
    begin();
    write({ text: 'Hola' });
    expect(said()).toEqual([]);
    write({ author: { type: 'agent', id: ANA.agentId, name: ANA.name } });
    write({ text: 'Gracias' });
    expect(said().length).toBe(1);
  });

  it('says nothing of what the agent is looking at', () => {
    begin();
    spyOnProperty(document, 'hidden').and.returnValue(false);
    spyOnProperty(TestBed.inject(Router), 'url').and.returnValue(
      '/tickets/TICKET-2026-000001?tab=notes',
    );
    socket.receive('ticket_assigned', eventOf(aRow({ version: 2, ...MINE }), { changes: TO_ME }));
    expect(said()).toEqual([]);
  });

  it('tells of a deadline when it passes, once', () => {
    begin(aRow(MINE));
    const due = Date.parse('2026-11-20T14:00:00Z');
    now.next(due - 1);
    expect(said()).toEqual([]);
    now.next(due);
    now.next(due + 1);
    expect(said()).toEqual(['toast.breached /tickets/TICKET-2026-000001']);
  });
});
