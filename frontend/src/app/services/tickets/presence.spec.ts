import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';

import type { TicketViewer } from '../../api/schema';
import type { FakeSocket } from '../../testing/fake-socket';
import { provideApplication } from '../../testing/providers';
import { PresenceService } from './presence';
import { SocketService } from '../socket';

const TICKET = 'TICKET-2026-000001';

describe('PresenceService', () => {
  let service: PresenceService;
  let socket: FakeSocket;
  let looking: Subscription;
  let viewers: readonly TicketViewer[];

  const said = (): unknown[] =>
    socket.sent.splice(0).map(({ name, payload }) => [name, Object.values(payload as object)]);
  const bruno = { agentId: 'agent-bruno', name: 'Bruno Díaz', typing: false };

  beforeEach(() => {
    jasmine.clock().install();
    TestBed.configureTestingModule({ providers: provideApplication() });
    service = TestBed.inject(PresenceService);
    socket = TestBed.inject(SocketService) as unknown as FakeSocket;
    looking = service.viewers$(TICKET).subscribe((now) => (viewers = now));
  });

  afterEach(() => {
    looking.unsubscribe();
    jasmine.clock().uninstall();
  });

  it('says that the agent looks, and that they leave', () => {
    expect(said()).toEqual([['note_typing', [TICKET, false]]]);
    looking.unsubscribe();
    expect(said()).toEqual([['leave_ticket', [TICKET]]]);
  });

  it('says once that the agent types, and that they stopped', () => {
    said();
    service.typing(TICKET);
    service.typing(TICKET);
    service.typing('TICKET-2026-000002');
    expect(said()).toEqual([['note_typing', [TICKET, true]]]);
    jasmine.clock().tick(4_001);
    expect(said()).toEqual([['note_typing', [TICKET, false]]]);
  });

  it('knows who else looks at this ticket', () => {
    socket.receive('ticket_viewers', { ticketId: TICKET, viewers: [bruno] });
    socket.receive('ticket_viewers', { ticketId: 'TICKET-2026-000002', viewers: [] });
    expect(viewers).toEqual([bruno]);
  });

  it('forgets them when the connection is lost, and looks again with the next one', () => {
    socket.receive('ticket_viewers', { ticketId: TICKET, viewers: [bruno] });
    said();
    socket.state$.next('reconnecting');
    expect(viewers).toEqual([]);
    socket.state$.next('online');
    expect(said()).toEqual([['note_typing', [TICKET, false]]]);
  });
});
