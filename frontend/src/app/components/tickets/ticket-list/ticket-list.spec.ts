import { provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { of } from 'rxjs';

import { ViewportService } from '../../../services/core/viewport';
import { aRow } from '../../../testing/factories';
import { provideApplication } from '../../../testing/providers';
import { TicketListComponent } from './ticket-list';

describe('TicketListComponent', () => {
  const tickets = [1, 2, 3, 4].map((number) => aRow({ ticketId: `TICKET-2026-00000${number}` }));
  let fixture: ComponentFixture<TicketListComponent>;
  let element: HTMLElement;
  let selection: ReadonlySet<string>;
  let parentAnswers: boolean;

  beforeEach(async () => {
    parentAnswers = true;
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        ...provideApplication(),
        { provide: ViewportService, useValue: { wide$: of(true) } },
      ],
    });
    fixture = TestBed.createComponent(TicketListComponent);
    element = fixture.nativeElement as HTMLElement;
    await set({ tickets, selection: new Set(), sort: '-updatedAt' });
    fixture.componentInstance.selectionChange.subscribe((next) => {
      selection = next;
      if (parentAnswers) fixture.componentRef.setInput('selection', next);
    });
  });

  async function set(inputs: object): Promise<void> {
    for (const [name, value] of Object.entries(inputs)) {
      fixture.componentRef.setInput(name, value);
    }
    await fixture.whenStable();
  }

  function click(row: number, shiftKey = false): Promise<void> {
    element
      .querySelectorAll('tbody input')
      [row]?.dispatchEvent(new MouseEvent('click', { shiftKey, bubbles: true }));
    return fixture.whenStable();
  }

  const numbers = (): number[] => [...selection].map((id) => Number(id.at(-1))).sort();

  it('selects one by one, a range with Shift, and the whole page', async () => {
    await click(0);
    await click(2, true);
    expect(numbers()).toEqual([1, 2, 3]);
    await click(1);
    expect(numbers()).toEqual([1, 3]);
    const all = element.querySelector<HTMLInputElement>('thead input');
    expect(all?.indeterminate).toBeTrue();
    all?.click();
    await fixture.whenStable();
    expect(numbers()).toEqual([1, 2, 3, 4]);
    all?.click();
    expect(numbers()).toEqual([]);
  });

  it('selects each of two, though the second key comes before the first is answered', () => {
    const boxes = element.querySelectorAll('tbody input');
    parentAnswers = false;
    boxes[0]?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    boxes[1]?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(numbers()).toEqual([1, 2]);
  });

  it('moves the keyboard from row to row, and on when a row has left', async () => {
    const list = fixture.componentInstance;
    document.body.append(element);
    list.move(1);
    expect(list.current).toBe(tickets[0]);
    list.move(1);
    list.move(1);
    expect(list.current).toBe(tickets[2]);
    list.move(-1);
    expect(document.activeElement?.closest('tr')?.dataset['ticket']).toBe(tickets[1]?.ticketId);

    await set({ tickets: tickets.filter((ticket) => ticket !== tickets[1]) });
    list.restoreFocus();
    await fixture.whenStable();
    expect(list.current).toBe(tickets[2]);
    element.remove();
  });

  it('stays with its ticket, whatever comes or goes above it', async () => {
    const list = fixture.componentInstance;
    document.body.append(element);
    for (let row = 0; row < 3; row++) list.move(1);
    const [first, second, third, fourth] = tickets;
    await set({ tickets: [first, third, fourth] });
    expect(list.current).toBe(third);
    const more = aRow({ ticketId: 'TICKET-2026-000009' });
    await set({ tickets: [more, first, second, third, fourth] });
    expect(list.current).toBe(third);
    list.move(1);
    expect(list.current).toBe(fourth);

    await set({ tickets: [more, first] });
    expect(list.current).toBeUndefined(); // nothing has come in its place
    list.restoreFocus();
    await fixture.whenStable();
    expect(list.current).toBe(first);
    element.remove();
  });

  it('says by which column it is sorted, and turns the order at the second click', async () => {
    const sorted: string[] = [];
    fixture.componentInstance.sortChange.subscribe((sort) => sorted.push(sort));
    const column = (name: string): HTMLElement | undefined =>
      [...element.querySelectorAll<HTMLElement>('th')].find((th) => th.innerText.includes(name));
    expect(column('Updated')?.ariaSort).toBe('descending');
    expect(column('Due')?.ariaSort).toBeNull();
    column('Due')?.querySelector('button')?.click();
    column('Updated')?.querySelector('button')?.click();
    expect(sorted).toEqual(['resolutionDueAt', 'updatedAt']);
  });

  it('marks what is news, and what is only still there', async () => {
    await set({
      unseen: new Set([tickets[0]?.ticketId]),
      gone: new Set([tickets[1]?.ticketId]),
    });
    const rows = [...element.querySelectorAll('tbody tr')];
    expect(rows.map((row) => !!row.querySelector('[data-unseen]'))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(rows[1]?.textContent).toContain('no longer in this list');
  });

  it('makes a few new rows at once, and holds no row back that was there', async () => {
    const page = Array.from({ length: 45 }, (_, row) =>
      aRow({ ticketId: `TICKET-2026-000${100 + row}` }),
    );
    const rows = (): number => element.querySelectorAll('tbody tr').length;
    await set({ tickets: page });
    expect(rows()).toBe(8);
    while (rows() < page.length) await new Promise(requestAnimationFrame);

    await set({ tickets: [...tickets, ...page] });
    expect(rows()).toBe(49);
  });
});
