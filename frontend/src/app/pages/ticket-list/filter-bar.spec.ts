import { HttpTestingController } from '@angular/common/http/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { ActivatedRoute, convertToParamMap } from '@angular/router';
import { of } from 'rxjs';

import { LanguageService } from '../../services/core/language';
import { aConversation, ANA } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { FilterBarComponent } from './filter-bar';

describe('FilterBarComponent', () => {
  let http: HttpTestingController;
  let element: HTMLElement;
  let stable: () => Promise<unknown>;

  async function open(query: Record<string, string>): Promise<void> {
    const queryParamMap = of(convertToParamMap(query));
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        ...provideApplication(),
        { provide: ActivatedRoute, useValue: { queryParamMap } },
      ],
    });
    TestBed.inject(LanguageService).choose('en');
    http = TestBed.inject(HttpTestingController);
    const fixture = TestBed.createComponent(FilterBarComponent);
    element = fixture.nativeElement as HTMLElement;
    stable = (): Promise<unknown> => fixture.whenStable();
    await stable();
  }

  const chips = (): string =>
    element.querySelector('app-filter-chips')?.textContent?.replace(/\s+/g, ' ') ?? '';

  afterEach(() => localStorage.clear());

  it('names agents, customers and conversations, never their ids', async () => {
    await open({ assignedTo: 'gone', customerId: 'customer-1', conversationId: 'conversation-1' });
    expect(chips()).not.toMatch(/gone|customer-1|conversation-1/);
    const data = [ANA, { ...ANA, agentId: 'gone', name: 'Bruno Díaz', active: false }];
    http
      .match(({ url }) => url === '/api/v2/agents')
      .forEach((request) => request.flush({ data, pagination: { nextCursor: null } }));
    http.expectOne('/api/v2/customers/customer-1').flush({ name: 'Lucía Ferrer' });
    const customer = { customerId: 'customer-2', name: '', phone: '+34611222333' };
    http.expectOne('/api/v2/conversations/conversation-1').flush(aConversation({ customer }));
    await stable();
    expect(chips()).toContain('Assignee: Bruno Díaz');
    expect(chips()).toContain('Customer: Lucía Ferrer');
    expect(chips()).toContain('Conversation: +34611222333');
  });

  it('shows a dash for a customer who cannot be found', async () => {
    await open({ customerId: 'nobody' });
    http
      .expectOne('/api/v2/customers/nobody')
      .flush({ code: 'not_found' }, { status: 404, statusText: 'Not Found' });
    await stable();
    expect(chips()).toContain('Customer: —');
  });

  it('writes dates in the language of the interface, also after it has changed', async () => {
    await open({ createdFrom: '2026-11-30', updatedSince: '2026-11-30T10:00:00Z' });
    expect(chips()).toMatch(/Created from: (Nov 30, 2026|30 Nov 2026)/);
    expect(chips()).toMatch(/Updated since: (Nov 30, 2026|30 Nov 2026)/);
    TestBed.inject(LanguageService).choose('es');
    await stable();
    expect(chips()).toContain('30 nov 2026');
  });
});
