import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { type NewNote, NO_DRAFT } from '../../components/tickets/ticket-notes/note-composer';
import { type Conflict, TicketActions } from '../../services/tickets/ticket-actions';
import type { TicketEdits } from '../../services/tickets/ticket-edits';
import { aNote, aTicket } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { TicketChanges } from './ticket-changes';

const TICKET = aTicket();
const URL = `/api/v2/tickets/${TICKET.ticketId}`;

describe('TicketChanges', () => {
  let changes: TicketChanges;
  let actions: TicketActions;
  let http: HttpTestingController;
  let edits: TicketEdits;
  let conflict: Conflict | null;

  const guard = ({ request }: TestRequest): string | null => request.headers.get('If-Match');

  function begin(): void {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [...provideApplication(), TicketActions, TicketChanges],
    });
    http = TestBed.inject(HttpTestingController);
    changes = TestBed.inject(TicketChanges);
    changes.edits$.subscribe((now) => (edits = now));
    actions = TestBed.inject(TicketActions);
    actions.conflict$.subscribe((now) => (conflict = now));
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

    actions.dismiss(conflict as unknown as Conflict); // back to typing
    expect([conflict, edits.subject]).toEqual([null, 'Mío']);

    changes.save(theirs, { field: 'subject', text: 'Mío' });
    actions.applyMine(conflict as unknown as Conflict);
    const request = http.expectOne(URL);
    expect(guard(request)).toBe('"2"');
    request.flush(aTicket({ version: 3, subject: 'Mío' }));
    expect(edits).toEqual({});
  });

  it('drops the own text when the agent leaves theirs', () => {
    changes.edit(TICKET, { field: 'subject', text: 'Mío' });
    changes.save(aTicket({ version: 2, subject: 'Suyo' }), { field: 'subject', text: 'Mío' });
    actions.keepTheirs(conflict as Conflict);
    expect([conflict, edits]).toEqual([null, {}]);
  });

  describe('when the agent has turned to the next ticket before the answer', () => {
    const NEXT = aTicket({ ticketId: 'TICKET-2026-000002' });
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
  });

  it('starts another note once one is stored, as something new that the box can show', () => {
    const notes: NewNote[] = [];
    changes.note$.subscribe((now) => notes.push(now));
    changes.addNote(TICKET, { content: 'Llamado.', isInternal: true });
    const added = { status: 201, statusText: 'Created', headers: { ETag: '"2"' } };
    http.expectOne(`${URL}/notes`).flush(aNote({ content: 'Llamado.' }), added);
    expect(notes).toEqual([NO_DRAFT, NO_DRAFT]);
    expect(notes[1]).not.toBe(notes[0]);
    expect(notes[1]).not.toBe(NO_DRAFT);
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
});
