import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import type { Ticket } from '../../api/schema';
import type { NewNote } from '../../components/tickets/ticket-notes/note-composer';
import { TicketService } from '../../services/ticket';
import type { TicketEdits } from '../../services/tickets/ticket-edits';
import { type Toast, ToastService } from '../../services/toast';
import type { FakeSocket } from '../../testing/fake-socket';
import { SocketService } from '../../services/socket';
import { aNote, aTicket } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { type Conflict, type OpenDecision, TicketChanges } from './ticket-changes';

const TICKET = aTicket();
const URL = `/api/v2/tickets/${TICKET.ticketId}`;

describe('TicketChanges', () => {
  let changes: TicketChanges;
  let http: HttpTestingController;
  let edits: TicketEdits;
  let conflict: Conflict | null;
  let decision: OpenDecision | null;

  const stale = (request: TestRequest, current: Ticket): void =>
    request.flush(
      { code: 'version_conflict', current },
      { status: 412, statusText: 'Precondition Failed' },
    );
  const guard = ({ request }: TestRequest): string | null => request.headers.get('If-Match');

  function begin(): void {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [...provideApplication(), TicketChanges] });
    http = TestBed.inject(HttpTestingController);
    changes = TestBed.inject(TicketChanges);
    changes.edits$.subscribe((now) => (edits = now));
    changes.conflict$.subscribe((now) => (conflict = now));
    changes.decision$.subscribe((now) => (decision = now));
    changes.begin(TICKET.ticketId);
  }

  beforeEach(() => {
    localStorage.clear();
    begin();
  });

  it('keeps what is being typed across a reload until it is stored', () => {
    changes.edit(TICKET, { field: 'subject', text: 'Otro asunto' });
    begin();
    expect(edits).toEqual({ subject: 'Otro asunto' });
    changes.save(TICKET, { field: 'subject', text: 'Otro asunto' });
    http.expectOne(URL).flush(aTicket({ version: 2, subject: 'Otro asunto' }));
    expect(edits).toEqual({});
    begin();
    expect(edits).toEqual({});
  });

  it('keeps it when storing it fails', () => {
    changes.edit(TICKET, { field: 'description', text: 'Más detalles' });
    changes.save(TICKET, { field: 'description', text: 'Más detalles' });
    http.expectOne(URL).error(new ProgressEvent('error'));
    expect(edits).toEqual({ description: 'Más detalles' });
  });

  it('lets other changes of colleagues pass while a text is being typed', () => {
    changes.edit(TICKET, { field: 'subject', text: 'Mío' });
    const now = aTicket({ version: 5, priority: 'urgent' });
    changes.save(now, { field: 'subject', text: 'Mío' });
    const request = http.expectOne(URL);
    expect(guard(request)).toBe('"5"');
    request.flush(aTicket({ version: 6, subject: 'Mío' }));
    expect(conflict).toBeNull();
  });

  it('asks before it overwrites what a colleague made of the same text', () => {
    changes.edit(TICKET, { field: 'subject', text: 'Mío' });
    const theirs = aTicket({ version: 2, subject: 'Suyo' });
    changes.save(theirs, { field: 'subject', text: 'Mío' });
    http.expectNone(URL);
    expect([conflict?.seen.subject, conflict?.current.subject]).toEqual([TICKET.subject, 'Suyo']);

    changes.dismissConflict(); // back to typing
    expect([conflict, edits.subject]).toEqual([null, 'Mío']);

    changes.save(theirs, { field: 'subject', text: 'Mío' });
    changes.applyMine(conflict as unknown as Conflict);
    const request = http.expectOne(URL);
    expect(guard(request)).toBe('"2"');
    request.flush(aTicket({ version: 3, subject: 'Mío' }));
    expect(edits).toEqual({});
  });

  it('drops the own text when the agent leaves theirs', () => {
    changes.edit(TICKET, { field: 'subject', text: 'Mío' });
    changes.save(aTicket({ version: 2, subject: 'Suyo' }), { field: 'subject', text: 'Mío' });
    changes.keepTheirs(conflict as Conflict);
    expect([conflict, edits]).toEqual([null, {}]);
  });

  it('shows who was faster, and makes the change on top when asked to', () => {
    const service = TestBed.inject(TicketService);
    const current = aTicket({ version: 2, priority: 'urgent' });
    (TestBed.inject(SocketService) as unknown as FakeSocket).receive('ticket_updated', {
      ticketId: TICKET.ticketId,
      version: 2,
      ticket: current,
      changes: { priority: { from: 'medium', to: 'urgent' } },
      actor: { type: 'agent', id: 'agent-bruno', name: 'Bruno Díaz' },
      at: '2026-11-20T11:00:00Z',
    });
    expect(changes.changedBy.get('priority')).toBe('Bruno Díaz');
    changes.make(TICKET, (now) => service.updateStatus(now, 'open'));
    stale(http.expectOne(URL), current);
    changes.applyMine(conflict as Conflict);
    expect(guard(http.expectOne(URL))).toBe('"2"');
  });

  describe('when the agent has turned to the next ticket before the answer', () => {
    const NEXT = aTicket({ ticketId: 'TICKET-2026-000002' });
    let toasts: readonly Toast[];

    beforeEach(() => TestBed.inject(ToastService).toasts$.subscribe((now) => (toasts = now)));

    it('leaves the next one’s texts alone', () => {
      changes.edit(TICKET, { field: 'description', text: 'A medias' });
      changes.edit(TICKET, { field: 'subject', text: 'Mío' });
      changes.save(TICKET, { field: 'subject', text: 'Mío' });
      changes.begin(NEXT.ticketId);
      changes.edit(NEXT, { field: 'subject', text: 'Del otro' });
      http.expectOne(URL).flush(aTicket({ version: 2, subject: 'Mío' }));
      expect(edits).toEqual({ subject: 'Del otro' });
      changes.begin(TICKET.ticketId);
      expect(edits).toEqual({ description: 'A medias' });
    });

    it('says of which one a colleague was faster, and opens no dialog over the other', () => {
      const service = TestBed.inject(TicketService);
      changes.make(TICKET, (now) => service.updateStatus(now, 'open'));
      changes.begin(NEXT.ticketId);
      stale(http.expectOne(URL), aTicket({ version: 2 }));
      expect(conflict).toBeNull();
      expect(toasts.map(({ key, link }) => [key, link])).toEqual([
        ['toast.not_stored', `/tickets/${TICKET.ticketId}`],
      ]);
      expect(toasts[0]?.params['ticketId']).toBe(TICKET.ticketId);
    });

    it('closes and opens no dialog of the other', () => {
      changes.openDecision('resolve');
      changes.decide(TICKET, decision as unknown as OpenDecision, { text: 'Listo', toAgentId: '' });
      changes.begin(NEXT.ticketId);
      changes.openDecision('escalate');
      http.expectOne(`${URL}/resolve`).flush(aTicket({ version: 2, status: 'resolved' }));
      expect(decision?.kind).toBe('escalate');
    });

    it('says so, too, when they have left the page', () => {
      const service = TestBed.inject(TicketService);
      changes.make(TICKET, (now) => service.updateStatus(now, 'open'));
      TestBed.resetTestingModule();
      http.expectOne(URL).error(new ProgressEvent('error'));
      expect(toasts[0]?.key).toBe('toast.not_stored');
    });
  });

  describe('what is typed while a text is on its way', () => {
    it('stays, and is saved on top of it', () => {
      changes.edit(TICKET, { field: 'subject', text: 'Mío' });
      changes.save(TICKET, { field: 'subject', text: 'Mío' });
      changes.edit(TICKET, { field: 'subject', text: 'Mío y más' });
      const stored = aTicket({ version: 2, subject: 'Mío' });
      http.expectOne(URL).flush(stored);
      expect(edits).toEqual({ subject: 'Mío y más' });
      changes.save(stored, { field: 'subject', text: 'Mío y más' });
      http.expectOne(URL).flush(aTicket({ version: 3, subject: 'Mío y más' }));
      expect([conflict, edits]).toEqual([null, {}]);
    });

    it('is the beginning of another note', () => {
      let note: NewNote | undefined;
      changes.note$.subscribe((now) => (note = now));
      changes.keepNote({ content: 'Llamado.', isInternal: true });
      changes.addNote(TICKET, { content: 'Llamado.', isInternal: true });
      changes.keepNote({ content: 'Llamado. Vuelvo mañana', isInternal: true });
      const added = { status: 201, statusText: 'Created', headers: { ETag: '"2"' } };
      http.expectOne(`${URL}/notes`).flush(aNote({ content: 'Llamado.' }), added);
      expect(note?.content).toBe('Vuelvo mañana');
      changes.addNote(TICKET, { content: 'Vuelvo mañana', isInternal: true });
      http.expectOne(`${URL}/notes`).flush(aNote({ noteId: 'note-2' }), added);
      expect(note?.content).toBe('');
    });
  });

  it('keeps a decision open, with its words, until it is stored', () => {
    changes.openDecision('resolve');
    const words = { text: 'Reiniciado.', toAgentId: '' };
    changes.keepDecision(decision as unknown as OpenDecision, words);
    changes.decide(TICKET, decision as unknown as OpenDecision, words);
    expect(decision?.busy).toBeTrue();
    http.expectOne(`${URL}/resolve`).error(new ProgressEvent('error'));
    expect([decision?.busy, decision?.error?.code]).toEqual([false, 'network']);

    begin();
    changes.openDecision('resolve');
    expect(decision?.draft).toEqual(words);
    changes.decide(TICKET, decision as unknown as OpenDecision, words);
    http.expectOne(`${URL}/resolve`).flush(aTicket({ version: 2, status: 'resolved' }));
    expect(decision).toBeNull();
    changes.openDecision('resolve');
    expect((decision as unknown as OpenDecision).draft.text).toBe('');
  });
});
