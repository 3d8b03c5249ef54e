import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import type { Ticket } from '../../api/schema';
import type { FakeSocket } from '../../testing/fake-socket';
import { aRow, aTicket } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { SocketService } from '../socket';
import { TicketService } from '../ticket';
import { type Toast, ToastService } from '../toast';
import { type Conflict, type Decision, TicketActions } from './ticket-actions';

const TICKET = aTicket();
const URL = `/api/v2/tickets/${TICKET.ticketId}`;

describe('TicketActions', () => {
  let actions: TicketActions;
  let tickets: TicketService;
  let http: HttpTestingController;
  let conflict: Conflict | null;
  let decision: Decision | null;

  const stale = (request: TestRequest, current: Ticket): void =>
    request.flush(
      { code: 'version_conflict', current },
      { status: 412, statusText: 'Precondition Failed' },
    );
  const guard = ({ request }: TestRequest): string | null => request.headers.get('If-Match');

  function begin(): void {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [...provideApplication(), TicketActions] });
    http = TestBed.inject(HttpTestingController);
    tickets = TestBed.inject(TicketService);
    actions = TestBed.inject(TicketActions);
    actions.conflict$.subscribe((now) => (conflict = now));
    actions.decision$.subscribe((now) => (decision = now));
  }

  beforeEach(() => {
    localStorage.clear();
    begin();
  });

  it('shows who was faster, and makes the change on top when asked to', () => {
    const current = aTicket({ version: 2, priority: 'urgent' });
    (TestBed.inject(SocketService) as unknown as FakeSocket).receive('ticket_updated', {
      ticketId: TICKET.ticketId,
      version: 2,
      ticket: current,
      changes: { priority: { from: 'medium', to: 'urgent' } },
      actor: { type: 'agent', id: 'agent-bruno', name: 'Bruno Díaz' },
      at: '2026-11-20T11:00:00Z',
    });
    actions.try(TICKET, (now) => tickets.updateStatus(now, 'open'));
    stale(http.expectOne(URL), current);
    expect(conflict?.changedBy.get('priority')).toBe('Bruno Díaz');
    actions.applyMine(conflict as Conflict);
    expect(guard(http.expectOne(URL))).toBe('"2"');
  });

  it('never sends a change of a row again by itself, and asks about each of several', () => {
    const other = aRow({ ticketId: 'TICKET-2026-000002' });
    actions.try(aRow(), (now) => tickets.updateStatus(now, 'open'));
    actions.try(other, (now) => tickets.updateStatus(now, 'open'));
    stale(http.expectOne(URL), aTicket({ version: 2, status: 'resolved' }));
    stale(
      http.expectOne(`/api/v2/tickets/${other.ticketId}`),
      aTicket({ ...other, version: 2, status: 'resolved' }),
    );
    http.verify();
    expect([conflict?.seen.status, conflict?.current.status]).toEqual(['new', 'resolved']);
    actions.keepTheirs(conflict as Conflict);
    expect(conflict?.current.ticketId).toBe(other.ticketId);
    actions.keepTheirs(conflict as unknown as Conflict);
    expect(conflict).toBeNull();
    http.verify();
  });

  it('resolves a ticket as it was when the dialog opened, else asks', () => {
    actions.openDecision('resolve', aRow());
    const socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    const ticket = aRow({ version: 2, priority: 'urgent' });
    socket.receive('ticket_updated', {
      ticketId: ticket.ticketId,
      version: 2,
      ticket,
      changes: {},
      actor: { type: 'agent', id: 'agent-bruno', name: 'Bruno Díaz' },
    });
    actions.decide(decision as Decision, { text: 'Listo', toAgentId: '' });
    const request = http.expectOne(`${URL}/resolve`);
    expect(guard(request)).toBe('"1"');
    stale(request, aTicket({ version: 2, priority: 'urgent' }));
    expect([conflict?.current.priority, decision?.kind]).toEqual(['urgent', 'resolve']);
    actions.dismiss(conflict as Conflict);
    actions.decide(decision as Decision, { text: 'Listo', toAgentId: '' });
    expect(guard(http.expectOne(`${URL}/resolve`))).toBe('"2"');
  });

  it('keeps a decision open, with its words, until it is stored', () => {
    actions.openDecision('resolve', TICKET);
    const words = { text: 'Reiniciado.', toAgentId: '' };
    actions.keepDraft(decision as unknown as Decision, words);
    actions.decide(decision as unknown as Decision, words);
    expect(decision?.busy).toBeTrue();
    http.expectOne(`${URL}/resolve`).error(new ProgressEvent('error'));
    expect([decision?.busy, decision?.error?.code]).toEqual([false, 'network']);

    begin();
    actions.openDecision('resolve', TICKET);
    expect(decision?.draft).toEqual(words);
    actions.decide(decision as unknown as Decision, words);
    http.expectOne(`${URL}/resolve`).flush(aTicket({ version: 2, status: 'resolved' }));
    expect(decision).toBeNull();
    actions.openDecision('resolve', TICKET);
    expect((decision as unknown as Decision).draft.text).toBe('');
  });

  describe('when the agent has turned to the next ticket before the answer', () => {
    const NEXT = aTicket({ ticketId: 'TICKET-2026-000002' });
    let toasts: readonly Toast[];

    beforeEach(() => {
      TestBed.inject(ToastService).toasts$.subscribe((now) => (toasts = now));
      actions.showTicket(TICKET.ticketId);
    });

    it('says of which one a colleague was faster, and opens no dialog over the other', () => {
      actions.try(TICKET, (now) => tickets.updateStatus(now, 'open'));
      actions.showTicket(NEXT.ticketId);
      stale(http.expectOne(URL), aTicket({ version: 2 }));
      expect(conflict).toBeNull();
      expect(toasts.map(({ key, link }) => [key, link])).toEqual([
        ['toast.not_stored', `/tickets/${TICKET.ticketId}`],
      ]);
      expect(toasts[0]?.params['ticketId']).toBe(TICKET.ticketId);
    });

    it('closes and opens no dialog of the other', () => {
      actions.openDecision('resolve', TICKET);
      actions.decide(decision as unknown as Decision, { text: 'Listo', toAgentId: '' });
      actions.showTicket(NEXT.ticketId);
      actions.openDecision('escalate', NEXT);
      http.expectOne(`${URL}/resolve`).flush(aTicket({ version: 2, status: 'resolved' }));
      expect(decision?.kind).toBe('escalate');
    });

    it('says so, too, when they have left the page', () => {
      actions.try(TICKET, (now) => tickets.updateStatus(now, 'open'));
      TestBed.resetTestingModule();
      http.expectOne(URL).error(new ProgressEvent('error'));
      expect(toasts[0]?.key).toBe('toast.not_stored');
    });
  });
});
