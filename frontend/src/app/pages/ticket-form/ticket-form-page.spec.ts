import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { ActivatedRoute, convertToParamMap, Router } from '@angular/router';

import { aMessage, aTicket } from '../../testing/factories';
import { provideApplication } from '../../testing/providers';
import { TicketFormPage } from './ticket-form-page';

const LUCIA = { customerId: 'customer-1', name: 'Lucía Ferrer', phone: '+34612345678' };

describe('TicketFormPage', () => {
  let http: HttpTestingController;
  let element: HTMLElement;
  let stable: () => Promise<unknown>;

  const field = (id: string): HTMLInputElement =>
    element.querySelector(`#${id}`) as HTMLInputElement;

  async function open(query: Record<string, string>): Promise<void> {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [
        provideZonelessChangeDetection(),
        ...provideApplication(),
        {
          provide: ActivatedRoute,
          useValue: { snapshot: { queryParamMap: convertToParamMap(query) } },
        },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    spyOn(TestBed.inject(Router), 'navigate').and.resolveTo(true);
    const fixture = TestBed.createComponent(TicketFormPage);
    element = fixture.nativeElement as HTMLElement;
    stable = (): Promise<unknown> => fixture.whenStable();
    await stable();
  }

  async function type(id: string, text: string): Promise<void> {
    field(id).value = text;
    field(id).dispatchEvent(new Event('input'));
    await stable();
  }

  /** The search is sent once the typing has paused. */
  async function found(): Promise<TestRequest> {
    let requests: TestRequest[] = [];
    while (!requests.length) {
      await new Promise(requestAnimationFrame);
      requests = http.match(({ url, method }) => url === '/api/v2/customers' && method === 'GET');
    }
    return requests[0] as TestRequest;
  }

  async function send(): Promise<void> {
    element.querySelector<HTMLButtonElement>('button[type=submit]')?.click();
    await stable();
  }

  /** A whole form, of which nobody here knows whether it was stored. */
  async function sendUnanswered(): Promise<TestRequest> {
    await open({ customerId: 'customer-1' });
    http.expectOne('/api/v2/customers/customer-1').flush(LUCIA);
    await type('ticket-subject', 'Cobro doble');
    await type('ticket-description', 'Dos cargos.');
    await send();
    const request = http.expectOne({ url: '/api/v2/tickets', method: 'POST' });
    request.error(new ProgressEvent('error'));
    await stable();
    return request;
  }

  beforeEach(() => localStorage.clear());

  it('takes subject and quotation from the conversation', async () => {
    await open({ conversationId: 'conversation-1' });
    http
      .expectOne('/api/v2/conversations/conversation-1')
      .flush({ conversationId: 'conversation-1', customer: LUCIA });
    http
      .expectOne(({ url }) => url === '/api/v2/conversations/conversation-1/messages')
      .flush({ data: [aMessage({ text: 'No me llega el pedido\ny ya van dos' })] });
    http.expectOne('/api/v2/customers/customer-1').flush(LUCIA);
    await stable();
    expect(field('ticket-subject').value).toBe('No me llega el pedido');
    expect(field('ticket-description').value).toContain('Lucía Ferrer: No me llega el pedido');
    expect(element.textContent).toContain('Lucía Ferrer');

    await open({ conversationId: 'conversation-1' });
    expect(element.textContent).not.toContain('Your draft was restored'); // a prefill is nobody's words
  });

  it('keeps what was typed before the conversation’s messages came', async () => {
    await open({ conversationId: 'conversation-1' });
    await type('ticket-subject', 'Mi asunto');
    http
      .expectOne(({ url }) => url === '/api/v2/conversations/conversation-1/messages')
      .flush({ data: [aMessage({ text: 'No me llega el pedido' })] });
    await stable();
    expect(field('ticket-subject').value).toBe('Mi asunto');
    expect(field('ticket-description').value).toContain('No me llega el pedido');
  });

  it('chooses a customer by the keys, and creates one without sending the form', async () => {
    await open({});
    const press = async (id: string, key: string): Promise<boolean> => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      field(id).dispatchEvent(event);
      await stable();
      return event.defaultPrevented;
    };
    await type('ticket-customer', 'Remedios');
    (await found()).flush({ data: [LUCIA], pagination: {} });
    await stable();
    expect(await press('ticket-customer', 'Enter')).toBe(true);
    expect(element.querySelector('app-customer-picker')?.textContent).toContain('Lucía Ferrer');

    element.querySelector<HTMLButtonElement>('app-customer-picker button')?.click();
    await stable();
    await type('ticket-customer', 'Remedios');
    (await found()).flush({ data: [], pagination: {} });
    await stable();
    await press('ticket-customer', 'Enter'); // nobody: a new one
    expect(field('customer-name').value).toBe('Remedios');
    await type('customer-phone', '+34611222333');
    expect(await press('customer-phone', 'Enter')).toBe(true);
    expect(http.expectOne({ url: '/api/v2/customers', method: 'POST' }).request.body).toEqual({
      name: 'Remedios',
      phone: '+34611222333',
    });
  });

  it('goes on after a reload with all that was filled in, and still makes one ticket', async () => {
    const first = await sendUnanswered();
    expect(element.querySelector('[role=alert]')).not.toBeNull();

    await open({ customerId: 'customer-1' });
    expect(element.textContent).toContain('Your draft was restored');
    expect(field('ticket-subject').value).toBe('Cobro doble');
    await send();
    const second = http.expectOne({ url: '/api/v2/tickets', method: 'POST' });
    expect(second.request.headers.get('Idempotency-Key')).toBe(
      first.request.headers.get('Idempotency-Key'),
    );
    expect(second.request.body).toEqual(
      jasmine.objectContaining({ subject: 'Cobro doble', customerId: 'customer-1', tags: [] }),
    );
    second.flush({ ticketId: 'TICKET-2026-000001' });

    await open({ customerId: 'customer-1' });
    expect(field('ticket-subject').value).toBe('');
  });

  it('loses no word written after an answer that was lost', async () => {
    const first = await sendUnanswered();
    await type('ticket-description', 'Dos cargos, y un tercero.');
    await send();
    const made = aTicket({ subject: 'Cobro doble', description: 'Dos cargos.' });
    const reused = { code: 'validation_error', errors: { 'Idempotency-Key': [''] }, current: made };
    http
      .expectOne({ url: '/api/v2/tickets', method: 'POST' })
      .flush(reused, { status: 422, statusText: 'Unprocessable Content' });
    await stable();
    expect(element.querySelector('[role=alert]')?.textContent).toContain(made.ticketId);
    expect(field('ticket-description').value).toBe('Dos cargos, y un tercero.');
    await send();
    const another = http.expectOne({ url: '/api/v2/tickets', method: 'POST' });
    const key = ({ request }: TestRequest): string | null => request.headers.get('Idempotency-Key');
    expect(key(another)).not.toBe(key(first));
  });

  it('says that the search for a customer failed, and searches again when asked', async () => {
    await open({});
    await type('ticket-customer', 'Remedios');
    (await found()).error(new ProgressEvent('error'));
    await stable();
    expect(element.textContent).not.toContain('No customer matches');
    element.querySelector<HTMLButtonElement>('[role=alert] button')?.click();
    (await found()).flush({ data: [LUCIA], pagination: {} });
    await stable();
    expect(element.querySelector('#customers-found')?.textContent).toContain('Lucía Ferrer');
  });

  it('starts over when asked to', async () => {
    await open({});
    await type('ticket-subject', 'A medias');
    await open({});
    element.querySelector<HTMLButtonElement>('[role=status] button')?.click();
    await stable();
    expect(field('ticket-subject').value).toBe('');
    await open({});
    expect(element.querySelector('[role=status]')).toBeNull();
  });
});
