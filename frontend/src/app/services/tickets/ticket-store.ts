import { BehaviorSubject, type Observable } from 'rxjs';

import type { Note, Ticket, TicketRow } from '../../api/schema';
import type { KnownTicket } from '../../api/types';

/** Reads tickets by their ids. */
export interface KnownTickets {
  get(ticketId: string): KnownTicket | undefined;
}

type Patch = Partial<TicketRow>;

/** How many tickets are kept. Those on the screen are read with every change, and so stay. */
const MOST = 1_000;

export function isWhole(ticket: KnownTicket | undefined): ticket is Ticket {
  return ticket !== undefined && 'notes' in ticket;
}

/**
 * What this browser knows of tickets. HTTP answers and events enter alike, in any order and as
 * often as they like: the higher version wins. Optimistic changes lie on top and are taken off
 * again when their call has ended, so that rolling back is forgetting.
 */
export class TicketStore implements KnownTickets {
  /** The least recently read first. */
  private readonly known = new Map<string, KnownTicket>();
  /** Optimistic changes, by ticket, and the tickets as they look with them. */
  private readonly patches = new Map<string, readonly Patch[]>();
  private readonly patched = new Map<string, KnownTicket>();
  /** Tickets this agent may no longer see, and since which version. */
  private readonly hidden = new Map<string, number>();
  /** The versions that this agent's own changes made last. */
  private readonly own = new Map<string, number>();
  private readonly ticketsSubject = new BehaviorSubject<KnownTickets>(this);
  private latest = '';

  /** The tickets, again after every change of any. */
  readonly tickets$: Observable<KnownTickets> = this.ticketsSubject.asObservable();

  get(ticketId: string): KnownTicket | undefined {
    const ticket = this.known.get(ticketId);
    if (!ticket) return undefined;
    this.keep(ticket);
    return this.patched.get(ticketId) ?? ticket;
  }

  /** Of all changes the latest that is known, by the server's clock. */
  get latestChange(): string {
    return this.latest;
  }

  /** Whether nobody has changed the ticket since this agent did. */
  isOwnChange({ ticketId, version }: KnownTicket): boolean {
    return this.patches.has(ticketId) || this.own.get(ticketId) === version;
  }

  /** Knows of a change that this agent made. */
  rememberOwn(ticketId: string, version: number): void {
    this.own.set(ticketId, version);
  }

  version(ticketId: string): number {
    return this.known.get(ticketId)?.version ?? 0;
  }

  upsert(...tickets: readonly KnownTicket[]): void {
    for (const ticket of tickets) {
      if (ticket.version <= (this.hidden.get(ticket.ticketId) ?? 0)) continue;
      const before = this.known.get(ticket.ticketId);
      if (before && before.version > ticket.version) continue;
      this.hidden.delete(ticket.ticketId);
      if (ticket.updatedAt > this.latest) this.latest = ticket.updatedAt;
      // A row says nothing about description, notes and history: what is known of them stays.
      this.keep({ ...before, ...ticket });
    }
    this.evict();
    this.announce();
  }

  /** A note that made this version of its ticket. */
  addNote(ticketId: string, note: Note, version: number): void {
    const ticket = this.known.get(ticketId);
    if (!ticket) return;
    // A gap between the versions is for the next answer to fill.
    const next = { ...ticket, version: ticket.version + 1 === version ? version : ticket.version };
    const isNew = isWhole(next) && !next.notes.some(({ noteId }) => noteId === note.noteId);
    this.keep(isNew ? { ...next, notes: [...next.notes, note] } : next);
    this.announce();
  }

  /** The ticket went to somebody else with this version. */
  hide(ticketId: string, version: number): void {
    if (this.version(ticketId) > version) return;
    this.hidden.set(ticketId, version);
    this.known.delete(ticketId);
    this.announce();
  }

  isHidden(ticketId: string): boolean {
    return this.hidden.has(ticketId);
  }

  /** Shows a change before the server has confirmed it; the answer takes it back. */
  apply(ticketId: string, patch: Patch): () => void {
    this.patch(ticketId, [...(this.patches.get(ticketId) ?? []), patch]);
    return () => {
      const others = this.patches.get(ticketId)?.filter((other) => other !== patch);
      this.patch(ticketId, others ?? []);
    };
  }

  clear(): void {
    for (const part of [this.known, this.patches, this.patched, this.hidden, this.own])
      part.clear();
    this.latest = '';
    this.announce();
  }

  private patch(ticketId: string, patches: readonly Patch[]): void {
    if (patches.length) this.patches.set(ticketId, patches);
    else this.patches.delete(ticketId);
    this.show(ticketId);
    this.announce();
  }

  /** Makes a ticket the most recently read, and shows it as it is now. */
  private keep(ticket: KnownTicket): void {
    const isNew = this.known.get(ticket.ticketId) !== ticket;
    this.known.delete(ticket.ticketId);
    this.known.set(ticket.ticketId, ticket);
    if (isNew) this.show(ticket.ticketId);
  }

  private show(ticketId: string): void {
    const ticket = this.known.get(ticketId);
    const patches = this.patches.get(ticketId);
    if (ticket && patches) this.patched.set(ticketId, Object.assign({}, ticket, ...patches));
    else this.patched.delete(ticketId);
  }

  private evict(): void {
    for (const ticketId of this.known.keys()) {
      if (this.known.size <= MOST) return;
      if (!this.patches.has(ticketId)) this.known.delete(ticketId);
    }
  }

  private announce(): void {
    this.ticketsSubject.next(this);
  }
}
