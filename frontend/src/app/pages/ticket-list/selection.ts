import { inject, Injectable } from '@angular/core';
import { BehaviorSubject, type Observable, Subject } from 'rxjs';

import type { TicketRow } from '../../api/schema';
import type { KnownTicket } from '../../api/types';
import type { BulkOutcome } from '../../components/tickets/bulk-outcome/bulk-outcome';
import {
  type Decision,
  type DecisionKind,
  NO_DECISION,
} from '../../components/tickets/ticket-decision/decision';
import { ApiError } from '../../services/core/api-error';
import { DraftService } from '../../services/core/drafts';
import { TicketService } from '../../services/ticket';
import type { TagChange } from '../../services/tickets/tags';
import type { ManyChange } from '../../services/tickets/ticket-writer';
import { ToastService } from '../../services/toast';

/** A ticket for which words are asked. */
export interface OpenDecision {
  readonly kind: DecisionKind;
  readonly ticket: TicketRow;
  readonly draft: Decision;
  readonly busy: boolean;
  readonly error: ApiError | null;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The selected tickets of a list, and what is done to them. */
@Injectable()
export class Selection {
  private readonly tickets = inject(TicketService);
  private readonly drafts = inject(DraftService);
  private readonly toasts = inject(ToastService);
  private readonly idsSubject = new BehaviorSubject(NOBODY);
  private readonly outcomeSubject = new BehaviorSubject<BulkOutcome | null>(null);
  private readonly decisionSubject = new BehaviorSubject<OpenDecision | null>(null);
  private readonly actedSubject = new Subject<void>();

  readonly ids$ = this.idsSubject.asObservable();
  /** What was refused of the last change of many. */
  readonly outcome$ = this.outcomeSubject.asObservable();
  readonly decision$ = this.decisionSubject.asObservable();
  /** Something was done, and what it was done with is gone from the screen. */
  readonly acted$ = this.actedSubject.asObservable();

  get ids(): ReadonlySet<string> {
    return this.idsSubject.value;
  }

  select(ids: Iterable<string>): void {
    this.idsSubject.next(new Set(ids));
  }

  clear(): void {
    if (this.ids.size) this.idsSubject.next(NOBODY);
    this.outcomeSubject.next(null);
  }

  dismissOutcome(): void {
    this.outcomeSubject.next(null);
  }

  /**
   * One ticket is guarded by the version that was seen, unless tags only come and go, which
   * overwrites nothing; of many each answers for itself.
   */
  change(tickets: readonly TicketRow[], change: ManyChange): void {
    const [only] = tickets;
    if (tickets.length === 1 && only && !('addTags' in change)) this.changeOne(only, change);
    else this.changeMany(tickets, change);
    this.actedSubject.next();
  }

  // --- resolving and escalating, which needs words ----------------------------------------

  ask(kind: DecisionKind, ticket: TicketRow): void {
    const draft = this.drafts.read(`${ticket.ticketId}.${kind}`, NO_DECISION);
    this.decisionSubject.next({ kind, ticket, draft, busy: false, error: null });
  }

  keep({ kind, ticket }: OpenDecision, draft: Decision): void {
    const name = `${ticket.ticketId}.${kind}`;
    if (draft.text.trim()) this.drafts.write(name, draft);
    else this.drafts.forget(name);
  }

  /**
   * Open until the words are stored, for the ticket as it is now: somebody may have changed it, or
   * taken it out of sight, while they were written.
   */
  decide(asked: OpenDecision, draft: Decision): void {
    const ticket = this.tickets.known(asked.ticket.ticketId) ?? asked.ticket;
    const decided = { ...asked, draft };
    this.decisionSubject.next({ ...decided, busy: true, error: null });
    this.answerOf(ticket, decided).subscribe({
      next: () => {
        this.drafts.forget(`${ticket.ticketId}.${asked.kind}`);
        this.dropDecision();
        this.clear();
        this.actedSubject.next();
      },
      error: (error: ApiError) => this.decisionSubject.next({ ...decided, busy: false, error }),
    });
  }

  dropDecision(): void {
    this.decisionSubject.next(null);
  }

  private answerOf(ticket: KnownTicket, { kind, draft }: OpenDecision): Observable<unknown> {
    return kind === 'resolve'
      ? this.tickets.resolve(ticket, draft.text)
      : this.tickets.escalate(ticket, draft.text, draft.toAgentId || null);
  }

  private changeOne(
    ticket: TicketRow,
    { assignedTo, ...fields }: Exclude<ManyChange, TagChange>,
  ): void {
    this.clear();
    const answer$ =
      assignedTo === undefined
        ? this.tickets.update(ticket, fields)
        : this.tickets.assign(ticket, assignedTo);
    answer$.subscribe({
      error: (error: ApiError) => {
        this.select([ticket.ticketId]);
        this.toasts.failed(error);
      },
    });
  }

  private changeMany(tickets: readonly TicketRow[], change: ManyChange): void {
    this.tickets.changeMany(tickets, change).subscribe({
      next: ({ results }) => {
        const refused = results.flatMap(({ ticketId, error }) =>
          error ? [{ ticketId, error: new ApiError(0, error) }] : [],
        );
        const changed = results.length - refused.length;
        // Those that were refused stay selected, to try something else with them.
        this.select(refused.map(({ ticketId }) => ticketId));
        this.outcomeSubject.next(refused.length ? { changed, refused } : null);
        if (!refused.length) this.toasts.show('success', 'bulk.changed', { count: changed });
      },
      error: (error: ApiError) => this.toasts.failed(error),
    });
  }
}
