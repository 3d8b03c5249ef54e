import { BehaviorSubject, combineLatest, map, shareReplay } from 'rxjs';

import type { Note, Ticket, TicketRow } from '../../api/schema';
import type { KnownTicket } from '../../api/types';

interface Pending {
  readonly ticketId: string;
  readonly patch: Partial<TicketRow>;
}

export function isWhole(ticket: KnownTicket | undefined): ticket is Ticket {
  return ticket !== undefined && 'notes' in ticket;
}

/**
 * What this browser knows of tickets. HTTP answers and events enter alike, in any order and as
 * often as they like: the higher version wins. Optimistic changes lie on top and are taken off
 * again when their call has ended, so that rolling back is forgetting.
 */
export class TicketStore {
  private readonly knownSubject = new BehaviorSubject<ReadonlyMap<string, KnownTicket>>(new Map());
  private readonly pendingSubject = new BehaviorSubject<readonly Pending[]>([]);
  /** Tickets this agent may no longer see, and since which version. */
  private readonly hidden = new Map<string, number>();
  /** The versions that this agent's own changes made last. */
  private readonly own = new Map<string, number>();
  private latest = '';

  readonly tickets$ = combineLatest([this.knownSubject, this.pendingSubject]).pipe(
    map(([known, pending]) => withPending(known, pending)),
    shareReplay(1),
  );

  get(ticketId: string): KnownTicket | undefined {
    return withPending(this.knownSubject.value, this.pendingSubject.value).get(ticketId);
  }

  /** Of all changes the latest that is known, by the server's clock. */
  get latestChange(): string {
    return this.latest;
  }

  /** Whether nobody has changed the ticket since this agent did. */
  isOwnChange({ ticketId, version }: KnownTicket): boolean {
    const pending = this.pendingSubject.value.some((change) => change.ticketId === ticketId);
    return pending || this.own.get(ticketId) === version;
  }

  /** Knows of a change that this agent made. */
  rememberOwn(ticketId: string, version: number): void {
    this.own.set(ticketId, version);
  }

  version(ticketId: string): number {
    return this.knownSubject.value.get(ticketId)?.version ?? 0;
  }

  upsert(...tickets: readonly KnownTicket[]): void {
    const known = new Map(this.knownSubject.value);
    for (const ticket of tickets) {
      if (ticket.version <= (this.hidden.get(ticket.ticketId) ?? 0)) continue;
      const before = known.get(ticket.ticketId);
      if (before && before.version > ticket.version) continue;
      this.hidden.delete(ticket.ticketId);
      if (ticket.updatedAt > this.latest) this.latest = ticket.updatedAt;
      // A row says nothing about description, notes and history: what is known of them stays.
      known.set(ticket.ticketId, { ...before, ...ticket });
    }
    this.knownSubject.next(known);
  }

  /** A note that made this version of its ticket. */
  addNote(ticketId: string, note: Note, version: number): void {
    const ticket = this.knownSubject.value.get(ticketId);
    if (!ticket) return;
    const known = new Map(this.knownSubject.value);
    // A gap between the versions is for the next answer to fill.
    const next = { ...ticket, version: ticket.version + 1 === version ? version : ticket.version };
    const isNew = isWhole(next) && !next.notes.some(({ noteId }) => noteId === note.noteId);
    this.knownSubject.next(
      known.set(ticketId, isNew ? { ...next, notes: [...next.notes, note] } : next),
    );
  }

  /** The ticket went to somebody else with this version. */
  hide(ticketId: string, version: number): void {
    if (this.version(ticketId) > version) return;
    this.hidden.set(ticketId, version);
    const known = new Map(this.knownSubject.value);
    known.delete(ticketId);
    this.knownSubject.next(known);
  }

  isHidden(ticketId: string): boolean {
    return this.hidden.has(ticketId);
  }

  /** Shows a change before the server has confirmed it; the answer takes it back. */
  apply(ticketId: string, patch: Partial<TicketRow>): () => void {
    const pending: Pending = { ticketId, patch };
    this.pendingSubject.next([...this.pendingSubject.value, pending]);
    return () =>
      this.pendingSubject.next(this.pendingSubject.value.filter((other) => other !== pending));
  }

  clear(): void {
    this.hidden.clear();
    this.own.clear();
    this.latest = '';
    this.pendingSubject.next([]);
    this.knownSubject.next(new Map());
  }
}

function withPending(
  known: ReadonlyMap<string, KnownTicket>,
  pending: readonly Pending[],
): ReadonlyMap<string, KnownTicket> {
  if (!pending.length) return known;
  const shown = new Map(known);
  for (const { ticketId, patch } of pending) {
    const ticket = shown.get(ticketId);
    if (ticket) shown.set(ticketId, { ...ticket, ...patch });
  }
  return shown;
}
