import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Subject, type Subscription } from 'rxjs';

import type { TicketRow } from '../../api/schema';
import { aRow, eventOf, pageOf } from '../../testing/factories';
import type { FakeSocket } from '../../testing/fake-socket';
import { provideApplication } from '../../testing/providers';
import { SocketService } from '../socket';
import type { FrozenPage } from './frozen-list';
import { TicketService } from '../ticket';

const ONE = 'TICKET-2026-000001';
const TWO = 'TICKET-2026-000002';
const NEW = 'TICKET-2026-000003';
const LATER = '2026-11-20T12:00:00Z';

describe('a list that somebody reads', () => {
  let http: HttpTestingController;
  let socket: FakeSocket;
  let service: TicketService;
  let subscription: Subscription;
  let page: FrozenPage;
  let reading: boolean;
  const renew = new Subject<void>();
  const one = aRow({ ticketId: ONE });
  const two = aRow({ ticketId: TWO });

  const shown = (): string[] => page.rows.map((row) => row.ticketId);
  const answer = (...rows: TicketRow[]): void =>
    http.expectOne((request) => request.url === '/api/v2/tickets').flush(pageOf(...rows));

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: provideApplication() });
    service = TestBed.inject(TicketService);
    http = TestBed.inject(HttpTestingController);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    reading = true;
    subscription = service
      .frozenList$({ status: 'new,open' }, renew, () => reading)
      .subscribe(({ data }) => data && (page = data));
    answer(one, two);
  });

  afterEach(() => {
    subscription.unsubscribe();
    http.verify();
  });

  function arrive(): void {
    const created = aRow({ ticketId: NEW, updatedAt: LATER });
    socket.receive('ticket_created', eventOf(created));
    answer(created, one, two);
  }

  it('counts what arrives, and shows it when asked to', () => {
    arrive();
    expect(shown()).toEqual([ONE, TWO]);
    expect(page.arrived).toBe(1);
    renew.next();
    expect(shown()).toEqual([NEW, ONE, TWO]);
    expect(page.arrived).toBe(0);
  });

  it('follows at once while nobody reads it', () => {
    reading = false;
    arrive();
    expect(shown()).toEqual([NEW, ONE, TWO]);
  });

  it('keeps the place of what changed, and shows the change', () => {
    const changed = aRow({ ticketId: TWO, version: 2, priority: 'urgent', updatedAt: LATER });
    socket.receive('ticket_updated', eventOf(changed));
    answer(changed, one);
    expect(shown()).toEqual([ONE, TWO]);
    expect(page.rows[1]?.priority).toBe('urgent');
    expect(page.arrived).toBe(0);
  });

  it('keeps what somebody else has made not belong, as such, until asked to renew', () => {
    const closed = aRow({ ticketId: ONE, version: 2, status: 'closed', updatedAt: LATER });
    socket.receive(
      'ticket_status_changed',
      eventOf(closed, { changes: { status: { from: 'new', to: 'closed' } } }),
    );
    expect([...page.gone]).toEqual([ONE]);
    answer(two);
    expect(shown()).toEqual([ONE, TWO]);
    renew.next();
    expect(shown()).toEqual([TWO]);
  });

  it('drops what does not belong when renewed before the server has been asked', () => {
    const closed = aRow({ ticketId: ONE, version: 2, status: 'closed', updatedAt: LATER });
    socket.receive(
      'ticket_status_changed',
      eventOf(closed, { changes: { status: { from: 'new', to: 'closed' } } }),
    );
    renew.next();
    expect(shown()).toEqual([TWO]);
    answer(two);
    expect(shown()).toEqual([TWO]);
    expect([...page.gone]).toEqual([]);
  });

  it('lets go at once of what the agent has made not belong, and takes it back on failure', () => {
    service.updateStatus(one, 'closed').subscribe({ error: () => undefined });
    expect(shown()).toEqual([TWO]);
    http
      .expectOne(`/api/v2/tickets/${ONE}`)
      .flush({ code: 'forbidden' }, { status: 403, statusText: 'Forbidden' });
    expect(shown()).toEqual([ONE, TWO]);

    service.updateStatus(one, 'closed');
    http
      .expectOne(`/api/v2/tickets/${ONE}`)
      .flush({ ...one, version: 2, status: 'closed', updatedAt: LATER });
    const older = aRow({ ticketId: 'TICKET-2026-000000', updatedAt: '2026-11-19T10:00:00Z' });
    answer(two, older);
    expect(shown()).toEqual([TWO, older.ticketId]); // what fills the gap moves nothing
    expect(page.arrived).toBe(0);
  });

  it('is as the server says after a reconnect', () => {
    socket.connected$.next();
    answer(aRow({ ticketId: NEW, updatedAt: LATER }), two);
    expect(shown()).toEqual([NEW, TWO]);
  });

  it('is not fetched again for a ticket that never belonged to it', () => {
    const other = aRow({ ticketId: NEW, status: 'closed' });
    socket.receive('ticket_updated', eventOf(other));
    http.expectNone((request) => request.url === '/api/v2/tickets');
    expect(page.arrived).toBe(0);
  });
});
