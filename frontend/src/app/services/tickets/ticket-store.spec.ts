import { firstValueFrom } from 'rxjs';

import type { KnownTicket } from '../../api/types';
import { aNote, aRow, aTicket } from '../../testing/factories';
import { TicketStore } from './ticket-store';

describe('TicketStore', () => {
  const id = aRow().ticketId;
  let store: TicketStore;

  const shown = async (): Promise<KnownTicket | undefined> =>
    (await firstValueFrom(store.tickets$)).get(id);

  beforeEach(() => {
    store = new TicketStore();
  });

  it('keeps the higher version, in any order', async () => {
    store.upsert(aRow({ version: 3, status: 'in_progress' }));
    store.upsert(aRow({ version: 2, status: 'open' }));
    expect((await shown())?.status).toBe('in_progress');

    store.upsert(aRow({ version: 4, status: 'resolved' }));
    expect((await shown())?.status).toBe('resolved');
  });

  it('is the same after the same ticket twice', async () => {
    store.upsert(aTicket({ version: 2, notes: [aNote()] }));
    const once = await shown();
    store.upsert(aTicket({ version: 2, notes: [aNote()] }));
    expect(await shown()).toEqual(once);
  });

  it('keeps notes and description when a mere row brings a newer version', async () => {
    store.upsert(aTicket({ version: 1, notes: [aNote()] }));
    store.upsert(aRow({ version: 2, priority: 'urgent' }));
    expect(await shown()).toEqual(aTicket({ version: 2, priority: 'urgent', notes: [aNote()] }));
  });

  it('adds a note once and takes the version that the note made', async () => {
    store.upsert(aTicket({ version: 1 }));
    store.addNote(id, aNote(), 2);
    store.addNote(id, aNote(), 2);
    expect(await shown()).toEqual(aTicket({ version: 2, notes: [aNote()] }));
  });

  it('leaves the version alone when a note is not the next write', async () => {
    store.upsert(aTicket({ version: 1 }));
    store.addNote(id, aNote(), 5);
    expect(await shown()).toEqual(aTicket({ version: 1, notes: [aNote()] }));
  });

  describe('a ticket lost from sight', () => {
    it('goes, and no older or equal answer brings it back', async () => {
      store.upsert(aRow({ version: 3 }));
      store.hide(id, 4);
      store.upsert(aRow({ version: 4 }));
      expect(await shown()).toBeUndefined();
      expect(store.isHidden(id)).toBeTrue();
    });

    it('comes back with a newer version', async () => {
      store.hide(id, 4);
      store.upsert(aRow({ version: 5 }));
      expect(await shown()).toBeDefined();
      expect(store.isHidden(id)).toBeFalse();
    });

    it('stays when it is known to be in sight again already', async () => {
      store.upsert(aRow({ version: 5 }));
      store.hide(id, 4);
      expect(await shown()).toBeDefined();
    });
  });

  describe('an optimistic change', () => {
    it('is shown, and gone without a trace when it is taken back', async () => {
      store.upsert(aRow({ status: 'new' }));
      const undo = store.apply(id, { status: 'open' });
      expect((await shown())?.status).toBe('open');
      undo();
      expect(await shown()).toEqual(aRow({ status: 'new' }));
    });

    it('does not hide what others change meanwhile', async () => {
      store.upsert(aRow({ version: 1 }));
      const undo = store.apply(id, { status: 'open' });
      store.upsert(aRow({ version: 2, priority: 'urgent' }));
      expect(await shown()).toEqual(aRow({ version: 2, priority: 'urgent', status: 'open' }));
      undo();
      expect(await shown()).toEqual(aRow({ version: 2, priority: 'urgent' }));
    });

    it('is taken back alone when several lie upon one another', async () => {
      store.upsert(aRow());
      const undoStatus = store.apply(id, { status: 'open' });
      store.apply(id, { priority: 'high' });
      undoStatus();
      expect(await shown()).toEqual(aRow({ priority: 'high' }));
    });
  });

  it('gives the same object on every read, also while a change is under way', () => {
    store.upsert(aRow());
    store.apply(id, { status: 'open' });
    const first = store.get(id);
    store.upsert(aRow({ ticketId: 'TICKET-2026-000002' }));
    expect(store.get(id)).toBe(first);
  });

  it('forgets the tickets that nothing has read for longest, and none that is changing', () => {
    const ticketId = (number: number): string => `TICKET-2026-${String(number).padStart(6, '0')}`;
    store.upsert(aRow({ ticketId: ticketId(1) }), aRow({ ticketId: ticketId(2) }));
    store.apply(ticketId(1), { status: 'open' });
    for (let number = 3; number < 3_000; number++) {
      store.upsert(aRow({ ticketId: ticketId(number) }));
      store.get(ticketId(2));
    }
    const known = [1, 2, 3, 2_999].map((number) => store.get(ticketId(number)) !== undefined);
    expect(known).toEqual([true, true, false, true]);
  });
});
