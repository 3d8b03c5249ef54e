import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';

import type { Ticket } from '../api/schema';
import { ANA, aNote, aRow, aTicket, eventOf, pageOf } from '../testing/factories';
import type { FakeSocket } from '../testing/fake-socket';
import { provideApplication } from '../testing/providers';
import type { ApiError } from './core/api-error';
import type { Loadable } from './core/loadable';
import { SocketService } from './socket';
import { type TicketPage, TicketService } from './ticket';

const LIST = '/api/v2/tickets';
const ONE = `${LIST}/TICKET-2026-000001`;
const OTHER = 'TICKET-2026-000002';

describe('TicketService', () => {
  let service: TicketService;
  let http: HttpTestingController;
  let socket: FakeSocket;
  let subscriptions: Subscription[];

  beforeEach(() => {
    jasmine.clock().install();
    jasmine.clock().mockDate(new Date('2026-11-20T12:00:00Z'));
    TestBed.configureTestingModule({ providers: provideApplication() });
    service = TestBed.inject(TicketService);
    http = TestBed.inject(HttpTestingController);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    subscriptions = [];
  });

  afterEach(() => {
    for (const subscription of subscriptions) subscription.unsubscribe();
    http.verify();
    // An error that nobody handled is thrown here.
    jasmine.clock().tick(1);
    jasmine.clock().uninstall();
  });

  function watch<T>(source: { subscribe(next: (value: T) => void): Subscription }): () => T {
    let latest: T | undefined;
    subscriptions.push(source.subscribe((value) => (latest = value)));
    return () => latest as T;
  }

  const list = (): TestRequest => http.expectOne((request) => request.url === LIST);

  function shownTicket(ticket: Ticket = aTicket()): () => Ticket | null {
    const view = watch(service.detail$(ticket.ticketId));
    http.expectOne(`${LIST}/${ticket.ticketId}`).flush(ticket);
    return () => view().data;
  }

  describe('the list', () => {
    it('goes from loading to rows', () => {
      const view = watch(service.list$({ status: 'new', search: '', page: 1 }));
      expect(view()).toEqual({ data: null, loading: true, error: null });
      const request = list();
      expect(request.request.params.toString()).toBe('status=new&page=1');
      request.flush(pageOf(aRow()));
      expect(view().data?.rows).toEqual([aRow()]);
      expect(view().loading).toBeFalse();
    });

    it('is taken from the cache for five minutes', () => {
      watch(service.list$({}));
      list().flush(pageOf(aRow()));
      jasmine.clock().tick(4 * 60_000);
      expect(watch(service.list$({}))().data?.rows.length).toBe(1);
      jasmine.clock().tick(61_000);
      watch(service.list$({}));
      list().flush(pageOf());
    });

    it('is fetched again rather than taken from the cache once its rows are forgotten', () => {
      subscriptions.push(service.list$({}).subscribe());
      list().flush(pageOf(aRow()));
      subscriptions.pop()?.unsubscribe();
      for (let page = 1; page <= 30; page++) {
        const rows = Array.from({ length: 100 }, (_, index) =>
          aRow({ ticketId: `TICKET-${2100 + page}-${String(index).padStart(6, '0')}` }),
        );
        subscriptions.push(service.list$({ page }).subscribe());
        list().flush(pageOf(...rows));
        subscriptions.pop()?.unsubscribe();
      }
      const view = watch(service.list$({}));
      list().flush(pageOf(aRow()));
      expect(view().data?.rows).toEqual([aRow()]);
    });

    it('shows a new ticket as soon as its event comes', () => {
      const view = watch(service.list$({}));
      list().flush(pageOf(aRow()));
      const created = aRow({ ticketId: OTHER });
      socket.receive('ticket_created', eventOf(created));
      list().flush(pageOf(created, aRow()));
      expect(view().data?.rows.map((row) => row.ticketId)).toEqual([OTHER, aRow().ticketId]);
    });

    it('shows a change to a listed ticket before anything is fetched', () => {
      const view = watch(service.list$({}));
      list().flush(pageOf(aRow()));
      socket.receive('ticket_updated', eventOf(aRow({ version: 2, priority: 'urgent' })));
      expect(view().data?.rows[0]?.priority).toBe('urgent');
      list().flush(pageOf(aRow({ version: 2, priority: 'urgent' })));
    });

    it('is fetched once a second at most in a storm of events', () => {
      const view = watch(service.list$({}));
      list().flush(pageOf());
      for (let version = 2; version < 50; version++) {
        socket.receive('ticket_updated', eventOf(aRow({ version })));
      }
      list().flush(pageOf());
      jasmine.clock().tick(1_000);
      list().flush(pageOf(aRow({ version: 49 })));
      expect(view().data?.rows).toEqual([aRow({ version: 49 })]);
    });

    it('of overdue tickets is fetched again every minute, because time makes no event', () => {
      watch(service.list$({ sla: 'breached' }));
      watch(service.list$({}));
      http.match(({ url }) => url === LIST).forEach((request) => request.flush(pageOf()));
      jasmine.clock().tick(60_000);
      const again = list();
      expect(again.request.params.get('sla')).toBe('breached');
      again.flush(pageOf());
    });

    it('is fetched again after every connection', () => {
      watch(service.list$({}));
      list().flush(pageOf());
      socket.connected$.next();
      list().flush(pageOf());
      expect().nothing();
    });

    it('keeps its rows when fetching them again fails', () => {
      const view: () => Loadable<TicketPage> = watch(service.list$({}));
      list().flush(pageOf(aRow()));
      service.reload();
      list().flush(null, { status: 503, statusText: 'Service Unavailable' });
      expect(view().data?.rows.length).toBe(1);
      expect(view().error?.status).toBe(503);
    });

    it('drops a ticket that went out of sight', () => {
      const view = watch(service.list$({}));
      list().flush(pageOf(aRow()));
      const assignedTo = { agentId: 'other', name: 'Luis' };
      socket.receive('ticket_assigned', { ticketId: aRow().ticketId, version: 2, assignedTo });
      expect(view().data?.rows).toEqual([]);
      list().flush(pageOf());
    });
  });

  it('knows which tickets stand before and after one in the list it was opened from', () => {
    const rows = [1, 2, 3].map((number) => aRow({ ticketId: `TICKET-2026-00000${number}` }));
    const { pagination } = pageOf(...rows);
    service.rememberList({ rows, pagination: { ...pagination, total: 43 } }, 3);
    expect(watch(service.neighbours$('TICKET-2026-000002'))()).toEqual({
      previous: 'TICKET-2026-000001',
      next: 'TICKET-2026-000003',
      position: 42,
      total: 43,
    });
    expect(watch(service.neighbours$('TICKET-2026-000003'))()?.next).toBeNull();
    expect(watch(service.neighbours$('TICKET-2026-000009'))()).toBeNull();
  });

  describe('a ticket on the screen', () => {
    it('shows the note of an event at once and fetches the rest', () => {
      const ticket = shownTicket();
      socket.receive('ticket_note_added', eventOf(aRow({ version: 2 }), { note: aNote() }));
      expect(ticket()?.notes).toEqual([aNote()]);
      const after = aTicket({ version: 2, notes: [aNote()], description: 'Mejor.' });
      http.expectOne(ONE).flush(after);
      expect(ticket()).toEqual(after);
    });

    it('says so when it went out of sight', () => {
      const view = watch(service.detail$(aRow().ticketId));
      http.expectOne(ONE).flush(aTicket());
      const assignedTo = { agentId: 'other', name: 'Luis' };
      socket.receive('ticket_assigned', { ticketId: aRow().ticketId, version: 2, assignedTo });
      http.expectOne(ONE).flush({ code: 'not_found' }, { status: 404, statusText: 'Not Found' });
      expect(view().data).toBeNull();
      expect(view().error?.code).toBe('no_longer_visible');
    });
  });

  it('says so too when it went out of sight while the connection was lost', () => {
    const view = watch(service.detail$(aRow().ticketId));
    http.expectOne(ONE).flush(aTicket());
    socket.connected$.next();
    http.expectOne(ONE).flush({ code: 'not_found' }, { status: 404, statusText: 'Not Found' });
    expect([view().data, view().error?.code]).toEqual([null, 'no_longer_visible']);

    socket.receive('ticket_assigned', eventOf(aRow({ version: 3 }))); // and back again
    http.expectOne(ONE).flush(aTicket({ version: 3 }));
    expect(view().data?.version).toBe(3);
  });

  it('that never was in sight is said to be missing', () => {
    const view = watch(service.detail$(OTHER));
    http
      .expectOne(`${LIST}/${OTHER}`)
      .flush({ code: 'not_found' }, { status: 404, statusText: 'Not Found' });
    expect(view().error?.code).toBe('not_found');
  });

  describe('a change', () => {
    it('that nobody answers holds up no change of another ticket', () => {
      service.updateStatus(aTicket(), 'open').subscribe({ error: () => undefined });
      http.expectOne(ONE);
      service.updateStatus(aTicket({ ticketId: OTHER }), 'open');
      http.expectOne(`${LIST}/${OTHER}`).flush(aTicket({ ticketId: OTHER, version: 2 }));
      jasmine.clock().tick(30_000);
      expect().nothing();
    });

    it('of many waits for what is under way on each of them, and is waited for', () => {
      service.updateStatus(aTicket(), 'open');
      const first = http.expectOne(ONE);
      const many = [aTicket(), aTicket({ ticketId: OTHER })];
      service.changeMany(many, { priority: 'high' }).subscribe();
      service.updateStatus(aTicket({ ticketId: OTHER }), 'open');
      http.expectNone(`${LIST}/bulk`);
      first.flush(aTicket({ version: 2, status: 'open' }));
      http.expectNone(`${LIST}/${OTHER}`);
      http.expectOne(`${LIST}/bulk`).flush({ results: [] });
      http.expectOne(`${LIST}/${OTHER}`).flush(aTicket({ ticketId: OTHER, version: 2 }));
      expect().nothing();
    });

    it('of many names the version that the agent saw of each, unless tags alone change', () => {
      const many = [aTicket(), aTicket({ ticketId: OTHER, version: 7 })];
      service.changeMany(many, { priority: 'high' }).subscribe();
      const guarded = http.expectOne(`${LIST}/bulk`);
      expect(guarded.request.body.versions).toEqual({ [aTicket().ticketId]: 1, [OTHER]: 7 });
      guarded.flush({ results: [] });
      service.changeMany(many, { addTags: ['vip'], removeTags: [] }).subscribe();
      const tagged = http.expectOne(`${LIST}/bulk`);
      expect(tagged.request.body.versions).toBeUndefined();
      tagged.flush({ results: [] });
    });

    it('that nobody answers is taken back, and what waits behind it goes on', () => {
      const ticket = shownTicket();
      let problem: ApiError | undefined;
      service.updateStatus(aTicket(), 'open').subscribe({ error: (error) => (problem = error) });
      service.update(aTicket(), { priority: 'high' });
      const silent = http.expectOne(ONE);
      jasmine.clock().tick(30_000);
      expect(silent.cancelled).toBeTrue();
      expect([problem?.code, ticket()?.status]).toEqual(['network', 'new']);
      http.expectOne(ONE).flush(aTicket({ version: 2, priority: 'high' }));
      expect(ticket()?.priority).toBe('high');
    });

    it('is shown at once, guarded by the version, and confirmed by the answer', () => {
      const ticket = shownTicket(aTicket({ version: 3 }));
      service.updateStatus(aTicket({ version: 3 }), 'open');
      expect(ticket()?.status).toBe('open');
      const request = http.expectOne(ONE);
      expect(request.request.headers.get('If-Match')).toBe('"3"');
      expect(request.request.body).toEqual({ status: 'open' });
      request.flush(aTicket({ version: 4, status: 'open' }));
      expect(ticket()).toEqual(aTicket({ version: 4, status: 'open' }));
    });

    it('is taken back when it fails, and the caller is told why', () => {
      const ticket = shownTicket();
      let problem: ApiError | undefined;
      service.assign(aTicket(), ANA).subscribe({ error: (error) => (problem = error) });
      expect(ticket()?.assignedTo?.name).toBe(ANA.name);
      http
        .expectOne(`${ONE}/assign`)
        .flush({ code: 'forbidden' }, { status: 403, statusText: 'Forbidden' });
      expect(ticket()?.assignedTo).toBeNull();
      expect(problem?.code).toBe('forbidden');
    });

    it('is sent even if nobody waits for its answer', () => {
      service.resolve(aTicket(), 'Listo');
      const request = http.expectOne(`${ONE}/resolve`);
      expect(request.request.body).toEqual({ summary: 'Listo' });
      request.flush(aTicket({ version: 2, status: 'resolved' }));
    });

    it('shows what the others made of the ticket on a conflict', () => {
      const ticket = shownTicket();
      const current = aTicket({ version: 2, status: 'in_progress' });
      let problem: ApiError | undefined;
      service.updateStatus(aTicket(), 'closed').subscribe({ error: (error) => (problem = error) });
      http
        .expectOne(ONE)
        .flush(
          { code: 'version_conflict', current },
          { status: 412, statusText: 'Precondition Failed' },
        );
      expect(problem?.current).toEqual(current);
      expect(ticket()).toEqual(current);
    });

    it('waits for the one before it and is guarded by what that made', () => {
      shownTicket();
      service.updateStatus(aTicket(), 'open');
      service.update(aTicket(), { priority: 'high' });
      const first = http.expectOne(ONE);
      expect(first.request.body).toEqual({ status: 'open' });
      first.flush(aTicket({ version: 2, status: 'open' }));
      const second = http.expectOne(ONE);
      expect(second.request.headers.get('If-Match')).toBe('"2"');
      second.flush(aTicket({ version: 3, status: 'open', priority: 'high' }));
    });

    it('keeps its guard when somebody else wrote in between', () => {
      shownTicket();
      service.updateStatus(aTicket(), 'open');
      service.update(aTicket(), { priority: 'high' }).subscribe({ error: () => undefined });
      http.expectOne(ONE).flush(aTicket({ version: 3, status: 'open' }));
      const second = http.expectOne(ONE);
      expect(second.request.headers.get('If-Match')).toBe('"1"');
      second.flush(null, { status: 412, statusText: 'Precondition Failed' });
    });

    it('is guarded by what a change and a note before it made', () => {
      shownTicket();
      service.updateStatus(aTicket(), 'open');
      service.addNote(aTicket(), 'He llamado al cliente.', true);
      service.update(aTicket(), { priority: 'high' });
      http.expectOne(ONE).flush(aTicket({ version: 2, status: 'open' }));
      http
        .expectOne(`${ONE}/notes`)
        .flush(aNote(), { status: 201, statusText: 'Created', headers: { ETag: '"3"' } });
      const last = http.expectOne(ONE);
      expect(last.request.headers.get('If-Match')).toBe('"3"');
      last.flush(aTicket({ version: 4, status: 'open', priority: 'high' }));
    });
  });

  it('adds a note without a guard, and the note appears with its version', () => {
    const ticket = shownTicket();
    service.addNote(aTicket(), 'He llamado al cliente.', true);
    const request = http.expectOne(`${ONE}/notes`);
    expect(request.request.headers.has('If-Match')).toBeFalse();
    expect(request.request.body).toEqual({ content: 'He llamado al cliente.', isInternal: true });
    request.flush(aNote(), { status: 201, statusText: 'Created', headers: { ETag: '"2"' } });
    expect(ticket()).toEqual(aTicket({ version: 2, notes: [aNote()] }));
  });

  it('creates under a key that makes a repeat harmless, and says that it was one', () => {
    let made: string | undefined;
    service
      .create(
        {
          subject: 'No puedo entrar',
          description: 'Desde ayer.',
          category: 'account',
          priority: 'medium',
          customerId: 'customer-1',
        },
        'key-1',
      )
      .subscribe(({ ticketId }) => (made = ticketId));
    const request = http.expectOne({ url: LIST, method: 'POST' });
    expect(request.request.headers.get('Idempotency-Key')).toBe('key-1');
    request.flush(aTicket());
    expect(made).toBe(aTicket().ticketId);
  });
});
