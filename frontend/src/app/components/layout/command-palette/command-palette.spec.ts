import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { EnvironmentInjector, provideZonelessChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';

import { RecentService } from '../../../services/core/recent-items';
import { ShortcutService } from '../../../services/core/shortcuts';
import { aRow } from '../../../testing/factories';
import { provideApplication } from '../../../testing/providers';
import { CommandPaletteComponent } from './command-palette';

const PAGE = { page: 1, limit: 6, total: 1, totalIsExact: true, pages: 1, nextCursor: null };

describe('CommandPaletteComponent', () => {
  let fixture: ComponentFixture<CommandPaletteComponent>;
  let http: HttpTestingController;
  let element: HTMLElement;
  let field: HTMLInputElement;
  let done: string[];

  const names = (): string[] =>
    [...element.querySelectorAll('[role=option] span:first-child')].map(({ textContent }) =>
      textContent.trim(),
    );
  const active = (): string | null | undefined =>
    element.querySelector(`#${field.getAttribute('aria-activedescendant')} span`)?.textContent;
  const press = (key: string): boolean =>
    field.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode: CODES[key], bubbles: true }));
  const CODES: Record<string, number> = { ArrowDown: 40, ArrowUp: 38, Enter: 13 };

  async function type(text: string): Promise<void> {
    field.value = text;
    field.dispatchEvent(new Event('input'));
    await fixture.whenStable();
  }

  /** The call comes once nothing is typed for a moment. */
  async function call(path: string): Promise<TestRequest> {
    for (;;) {
      const [request] = http.match(({ url }) => url === path);
      if (request) return request;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  beforeEach(async () => {
    TestBed.configureTestingModule({
      providers: [provideZonelessChangeDetection(), ...provideApplication()],
    });
    http = TestBed.inject(HttpTestingController);
    done = [];
    TestBed.inject(EnvironmentInjector).runInContext(() =>
      TestBed.inject(ShortcutService).register('shortcuts.everywhere', [
        { keys: 'g t', label: 'title.tickets', run: () => done.push('tickets') },
        { keys: 'g u', label: 'title.customers', run: () => done.push('customers') },
      ]),
    );
    TestBed.inject(RecentService).visit({
      path: '/tickets/TICKET-2026-000007',
      name: 'Impresora',
      detail: 'TICKET-2026-000007',
    });
    fixture = TestBed.createComponent(CommandPaletteComponent);
    fixture.componentInstance.chosen.subscribe((run) => run());
    element = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
    field = element.querySelector('input') as HTMLInputElement;
  });

  it('begins with what was open lately and what can be done here', () => {
    expect(names()).toEqual(['Impresora', 'Tickets', 'Customers']);
    expect(active()).toBe('Impresora');
  });

  it('goes through them by the arrows, round and round, and Enter does it', () => {
    press('ArrowDown');
    expect(active()).toBe('Tickets');
    press('ArrowUp');
    press('ArrowUp');
    expect(active()).toBe('Customers');
    press('Enter');
    expect(done).toEqual(['customers']);
  });

  it('finds actions at once, and tickets and customers by the API', async () => {
    await type('cüstom');
    expect(names()).toEqual(['Customers']);
    const tickets = await call('/api/v2/tickets');
    expect(tickets.request.params.get('search')).toBe('cüstom');
    tickets.flush({ data: [aRow()], pagination: PAGE });
    (await call('/api/v2/customers')).flush({
      data: [{ customerId: 'customer-1', name: 'Lucía Ferrer', phone: '+34612345678' }],
      pagination: PAGE,
    });
    await fixture.whenStable();
    expect(names()).toEqual(['Customers', 'No puedo entrar', 'Lucía Ferrer']);
  });

  it('says so when nothing matches, or the search failed', async () => {
    await type('zzz');
    (await call('/api/v2/tickets')).error(new ProgressEvent('error'));
    await fixture.whenStable();
    expect(element.querySelector('[role=status]')?.textContent).toContain('Search failed');
  });
});
