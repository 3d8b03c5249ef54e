import { type ComponentRef, provideZonelessChangeDetection, type Type } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { of } from 'rxjs';

import type { Ticket } from '../../api/schema';
import { ticketRowStatusValues } from '../../api/schema';
import { EMPTY_VALUES, type FieldValues } from '../../services/tickets/ticket-fields';
import { ALLOWED_TRANSITIONS } from '../../services/tickets/ticket-rules';
import { ViewportService } from '../../services/core/viewport';
import { ANA, aNote, aRow, aTicket } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { StatusMenuComponent } from './status-menu/status-menu';
import { changesBetween } from './ticket-conflict/changes-between';
import { TicketFormComponent } from './ticket-form/ticket-form';
import { TicketListComponent } from './ticket-list/ticket-list';
import { type NewNote, NO_DRAFT } from './ticket-notes/note-composer';
import { TicketNotesComponent } from './ticket-notes/ticket-notes';
import { TicketPriorityComponent } from './ticket-priority/ticket-priority';
import { TicketSlaComponent } from './ticket-sla/ticket-sla';
import { TicketStatusBadgeComponent } from './ticket-status-badge/ticket-status-badge';

interface Rendered<T> {
  fixture: ComponentFixture<T>;
  ref: ComponentRef<T>;
  element: HTMLElement;
  find<E extends HTMLElement>(selector: string): E;
}

async function render<T>(type: Type<T>, inputs: object): Promise<Rendered<T>> {
  const fixture = TestBed.createComponent(type);
  for (const [name, value] of Object.entries(inputs)) {
    fixture.componentRef.setInput(name, value);
  }
  await fixture.whenStable();
  const element = fixture.nativeElement as HTMLElement;
  const find = <E extends HTMLElement>(selector: string): E => {
    const found = document.querySelector<E>(selector);
    if (!found) throw new Error(`No ${selector} in ${element.innerHTML}`);
    return found;
  };
  return { fixture, ref: fixture.componentRef, element, find };
}

function type(control: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  control.value = value;
  control.dispatchEvent(new Event('input'));
}

describe('the components of tickets', () => {
  beforeEach(() => {
    TestBed.configureTestingModule({
      providers: [provideZonelessChangeDetection(), ...provideApplication()],
    });
  });

  describe('TicketStatusBadgeComponent', () => {
    it('names each of the eight states, and no two look alike', async () => {
      const looks = new Set<string>();
      for (const status of ticketRowStatusValues) {
        const { element } = await render(TicketStatusBadgeComponent, { status });
        expect(element.textContent?.trim()).not.toContain('status.');
        looks.add(`${element.querySelector('app-badge')?.className} ${element.innerHTML}`);
      }
      expect(looks.size).toBe(8);
    });
  });

  describe('StatusMenuComponent', () => {
    for (const status of ticketRowStatusValues) {
      it(`offers the allowed transitions from ${status} and no other`, async () => {
        const { find, fixture } = await render(StatusMenuComponent, { status });
        find('button').click();
        await fixture.whenStable();
        const offered = [...document.querySelectorAll('[role=menuitem] [data-status]')].map(
          (item) => item.getAttribute('data-status'),
        );
        expect(offered).toEqual([...ALLOWED_TRANSITIONS[status]]);
      });
    }
  });

  describe('TicketPriorityComponent', () => {
    it('pulses for urgent only', async () => {
      const urgent = await render(TicketPriorityComponent, { priority: 'urgent' });
      expect(urgent.element.querySelector('.pulse-dot')).not.toBeNull();
      const high = await render(TicketPriorityComponent, { priority: 'high' });
      expect(high.element.querySelector('.pulse-dot')).toBeNull();
    });
  });

  describe('TicketSlaComponent', () => {
    it('tells of the first response until there is one, then of the resolution', async () => {
      const { sla } = aRow();
      const { element, ref, fixture } = await render(TicketSlaComponent, { sla });
      expect(element.querySelector('time')?.dateTime).toBe(sla.firstResponseDueAt);
      ref.setInput('sla', { ...sla, firstRespondedAt: '2026-11-20T11:00:00Z' });
      await fixture.whenStable();
      expect(element.querySelector('time')?.dateTime).toBe(sla.resolutionDueAt);
    });

    it('tells of each target by itself where both are told', async () => {
      const sla = {
        ...aRow().sla,
        firstResponseDueAt: '2020-01-01T00:00:00Z',
        resolutionDueAt: '2999-01-01T00:00:00Z',
        state: 'breached',
      };
      const { element, ref, fixture } = await render(TicketSlaComponent, {
        sla,
        target: 'response',
      });
      const state = (): string | undefined =>
        element.querySelector<HTMLElement>('[data-sla]')?.dataset['sla'];
      expect(state()).toBe('breached');
      ref.setInput('target', 'resolution');
      await fixture.whenStable();
      expect(state()).toBe('on_track');
    });

    it('is overdue when its time has come, though nobody has asked the server again', async () => {
      const { element } = await render(TicketSlaComponent, {
        sla: { ...aRow().sla, firstResponseDueAt: '2020-01-01T00:00:00Z', state: 'on_track' },
      });
      expect(element.querySelector('[data-sla=breached]')).not.toBeNull();
    });

    it('says how it went once the clock has stopped', async () => {
      const { element } = await render(TicketSlaComponent, {
        sla: { ...aRow().sla, state: 'met' },
      });
      expect(element.textContent?.trim()).toBe('Met');
    });
  });

  describe('TicketListComponent', () => {
    const tickets = [aRow(), aRow({ ticketId: 'TICKET-2026-000002', escalated: true })];

    const renderAt = (wide: boolean): Promise<Rendered<TicketListComponent>> => {
      TestBed.overrideProvider(ViewportService, { useValue: { wide$: of(wide) } });
      return render(TicketListComponent, { tickets });
    };

    it('is a table where there is room', async () => {
      const { element } = await renderAt(true);
      expect(element.querySelectorAll('tbody tr').length).toBe(2);
      expect(element.querySelector('a')?.getAttribute('href')).toBe('/tickets/TICKET-2026-000001');
    });

    it('is cards where there is none', async () => {
      const { element } = await renderAt(false);
      expect(element.querySelector('table')).toBeNull();
      expect(element.querySelectorAll('app-ticket-card').length).toBe(2);
    });
  });

  describe('TicketNotesComponent', () => {
    const notes = [
      aNote({ noteId: 'n1', createdAt: '2026-11-20T10:30:00Z' }),
      aNote({ noteId: 'n2', isInternal: false, createdAt: '2026-11-20T12:00:00Z' }),
    ];

    function renderNotes(ticket: Ticket): Promise<Rendered<TicketNotesComponent>> {
      return render(TicketNotesComponent, { ticket, draft: NO_DRAFT });
    }

    it('tells notes and moves in the order they happened', async () => {
      const { element } = await renderNotes(aTicket({ notes }));
      const kinds = [...element.querySelectorAll('ol > li')].map(
        (item) => item.getAttribute('data-note') ?? 'move',
      );
      expect(kinds).toEqual(['move', 'internal', 'public']);
    });

    it('begins with the latest of a long history, and has the rest on demand', async () => {
      const notes = Array.from({ length: 150 }, (_, number) =>
        aNote({ noteId: `${number}`, content: `note ${number}` }),
      );
      const { fixture, ref, element } = await render(TicketNotesComponent, {
        ticket: aTicket({ notes }),
        draft: NO_DRAFT,
      });
      const shown = (): (string | undefined)[] =>
        [...element.querySelectorAll('[data-note] app-linked-text')].map(
          (note) => note.textContent,
        );
      expect([shown().length, shown().at(-1)]).toEqual([20, 'note 149']);
      // What comes moves nothing off the screen.
      ref.setInput('ticket', aTicket({ notes: [...notes, aNote({ noteId: 'new' })] }));
      await fixture.whenStable();
      expect([shown().length, shown()[0]]).toEqual([21, 'note 130']);
      element.querySelector('button')?.click();
      await fixture.whenStable();
      expect([shown().length, shown()[0]]).toEqual([121, 'note 30']);
    });

    it('keeps all of a text that is too long, and does not send it', async () => {
      const { fixture, find } = await render(TicketNotesComponent, {
        ticket: aTicket(),
        draft: NO_DRAFT,
      });
      type(find('textarea'), 'x'.repeat(10_003));
      await fixture.whenStable();
      expect(find('app-room-left').textContent).toContain('3 characters over the limit');
      expect(find<HTMLButtonElement>('[type=submit]').disabled).toBeTrue();
    });

    it('says in words who can read a note', async () => {
      const { element } = await renderNotes(aTicket({ notes }));
      expect(element.querySelector('[data-note=internal]')?.textContent).toContain('Internal');
      expect(element.querySelector('[data-note=public]')?.textContent).toContain(
        'Visible to customer',
      );
    });

    it('writes internally unless told otherwise, and the button says which', async () => {
      const { fixture, ref, find } = await renderNotes(aTicket());
      const written: NewNote[] = [];
      ref.instance.noteAdded.subscribe((note) => written.push(note));
      type(find<HTMLTextAreaElement>('textarea'), '  Llamado. ');
      await fixture.whenStable();
      const button = find<HTMLButtonElement>('button[type=submit]');
      expect(button.textContent).toContain('Add internal note');
      button.click();

      find<HTMLInputElement>('label:nth-of-type(2) input').click();
      await fixture.whenStable();
      expect(button.textContent).toContain('Send to customer');
      button.click();
      expect(written).toEqual([
        { content: 'Llamado.', isInternal: true },
        { content: 'Llamado.', isInternal: false },
      ]);
    });

    it('starts from the draft left behind', async () => {
      const { find } = await render(TicketNotesComponent, {
        ticket: aTicket(),
        draft: { content: 'A medias', isInternal: false },
      });
      expect(find<HTMLTextAreaElement>('textarea').value).toBe('A medias');
    });
  });

  describe('TicketFormComponent', () => {
    it('asks for a subcategory where the category does', async () => {
      const { fixture, ref, find } = await render(TicketFormComponent, {});
      const sent: FieldValues[] = [];
      ref.instance.submitted.subscribe((value) => sent.push(value));
      type(find('#ticket-subject'), 'Cobro doble');
      type(find('#ticket-description'), 'Dos cargos.');
      type(find('#ticket-tags'), 'pago, doble ,, pago');
      const category = find<HTMLSelectElement>('#ticket-category');
      category.value = 'billing';
      category.dispatchEvent(new Event('change'));
      await fixture.whenStable();
      find<HTMLButtonElement>('button[type=submit]').click();
      await fixture.whenStable();
      expect(sent).toEqual([]);
      expect(find('#ticket-subcategory-error').textContent).toContain('Required');
      expect(document.activeElement?.id).toBe('ticket-subcategory');

      type(find('#ticket-subcategory'), 'Tarjeta');
      find<HTMLButtonElement>('button[type=submit]').click();
      expect(sent[0]).toEqual({
        ...EMPTY_VALUES,
        subject: 'Cobro doble',
        description: 'Dos cargos.',
        category: 'billing',
        subcategory: 'Tarjeta',
        priority: 'medium',
        tags: 'pago, doble ,, pago',
      });
    });

    it('does not take blanks for an answer', async () => {
      const { fixture, ref, find } = await render(TicketFormComponent, {});
      const sent: FieldValues[] = [];
      ref.instance.submitted.subscribe((value) => sent.push(value));
      type(find('#ticket-subject'), '   ');
      find<HTMLButtonElement>('button[type=submit]').click();
      await fixture.whenStable();
      expect(sent).toEqual([]);
      expect(find('#ticket-subject-error').textContent).toContain('Required');
    });

    it('starts from what is known of a conversation', async () => {
      const { find } = await render(TicketFormComponent, {
        prefill: { subject: 'No puedo entrar' },
      });
      expect(find<HTMLInputElement>('#ticket-subject').value).toBe('No puedo entrar');
    });
  });

  describe('changesBetween', () => {
    it('names what differs, with both values', () => {
      const before = aTicket();
      const after = aTicket({ version: 2, status: 'in_progress', assignedTo: ANA });
      expect(changesBetween(before, after).map(({ field, from, to }) => [field, from, to])).toEqual(
        [
          ['status', 'new', 'in_progress'],
          ['assignedTo', null, ANA.name],
        ],
      );
    });
  });
});
