import { BehaviorSubject, type Observable } from 'rxjs';

import type { Note, Ticket, TicketRow } from '../../api/schema';
import type { KnownTicket } from '../../api/types';

/** Reads tickets by their ids. */
export interface KnownTickets {
  get(ticketId: string): KnownTicket | undefined;
}

type Patch = Partial<TicketRow>;

/** Maximum number of tickets. Those on the screen are read with every change, so they stay. */
const MOST = 1_000;

export function isWhole(ticket: KnownTicket | undefined): ticket is Ticket {
  return ticket !== undefined && 'notes' in ticket;
}

/**
 * The client's copy of tickets. Responses and events may arrive in any order and repeatedly: the
 * higher version wins. Optimistic changes are layered on top and removed when their request has
 * ended, so a rollback just drops the layer.
 */
export class TicketStore implements KnownTickets {
  /** Least recently read first. */
  private readonly known = new Map<string, KnownTicket>();
  /** Optimistic changes by ticket, and the tickets with these applied. */
  private readonly patches = new Map<string, readonly Patch[]>();
  private readonly patched = new Map<string, KnownTicket>();
  /** Tickets that this agent can no longer see, with the version since when. */
  private readonly hidden = new Map<string, number>();
  /** The last versions that this agent's own changes made. */
  private readonly own = new Map<string, number>();
  private readonly ticketsSubject = new BehaviorSubject<KnownTickets>(this);
  private latest = '';

  /** Emits after every change of any ticket. */
  readonly tickets$: Observable<KnownTickets> = this.ticketsSubject.asObservable();

  get(ticketId: string): KnownTicket | undefined {
    const ticket = this.known.get(ticketId);
    if (!ticket) return undefined;
    this.keep(ticket);
    return this.patched.get(ticketId) ?? ticket;
  }

  /** The time of the latest known change of any ticket, by the server's clock. */
  get latestChange(): string {
    return this.latest;
  }

  /** Returns whether this agent made the last change of the ticket. */
  isOwnChange({ ticketId, version }: KnownTicket): boolean {
    return this.patches.has(ticketId) || this.own.get(ticketId) === version;
  }

  /** Records a version that this agent's change made. */
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
      // A row lacks description, notes and history: keep what is known of them.
      this.keep({ ...before, ...ticket });
    }
    this.evict();
    this.announce();
  }

  /** Adds a note that made this version of its ticket. */
  addNote(ticketId: string, note: Note, version: number): void {
    const ticket = this.known.get(ticketId);
    if (!ticket) return;
    // If versions are missing in between, the next response brings them.
    const next = { ...ticket, version: ticket.version + 1 === version ? version : ticket.version };
    const isNew = isWhole(next) && !next.notes.some(({ noteId }) => noteId === note.noteId);
    this.keep(isNew ? { ...next, notes: [...next.notes, note] } : next);
    this.announce();
  }

  /** Removes a ticket that the agent cannot see from this version on. */
  hide(ticketId: string, version: number): void {
    if (this.version(ticketId) > version) return;
    this.hidden.set(ticketId, version);
    this.known.delete(ticketId);
    this.announce();
  }

  isHidden(ticketId: string): boolean {
    return this.hidden.has(ticketId);
  }

  /** Applies an optimistic change. Returns a function that removes it. */
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

  /** Stores a ticket as the most recently read. */
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
