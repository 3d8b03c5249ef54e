import { inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { BehaviorSubject, Subject } from 'rxjs';

import type { TicketRow } from '../../api/schema';
import type { BulkOutcome } from '../../components/tickets/bulk-outcome/bulk-outcome';
import { ApiError } from '../../services/core/api-error';
import { TicketService } from '../../services/ticket';
import type { TagChange } from '../../services/tickets/tags';
import { type Change, TicketActions } from '../../services/tickets/ticket-actions';
import type { ManyChange } from '../../services/tickets/ticket-writer';
import { ToastService } from '../../services/toast';

const NOBODY: ReadonlySet<string> = new Set();

/** The selected tickets of a list, and the actions on them. */
@Injectable()
export class Selection {
  private readonly tickets = inject(TicketService);
  private readonly actions = inject(TicketActions);
  private readonly toasts = inject(ToastService);
  private readonly idsSubject = new BehaviorSubject(NOBODY);
  private readonly outcomeSubject = new BehaviorSubject<BulkOutcome | null>(null);
  private readonly actedSubject = new Subject<void>();

  readonly ids$ = this.idsSubject.asObservable();
  /** The refused part of the last bulk change. */
  readonly outcome$ = this.outcomeSubject.asObservable();
  /** Emits after an action whose controls have disappeared. */
  readonly acted$ = this.actedSubject.asObservable();

  constructor() {
    this.actions.decided$.pipe(takeUntilDestroyed()).subscribe(() => {
      this.clear();
      this.actedSubject.next();
    });
  }

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
   * Changes tickets. A change of a single ticket is guarded by the version that the agent saw,
   * except of tags, which overwrites nothing. In a bulk change each ticket is changed or refused on
   * its own.
   */
  change(tickets: readonly TicketRow[], change: ManyChange): void {
    const [only] = tickets;
    if (tickets.length === 1 && only && !('addTags' in change)) this.changeOne(only, change);
    else this.changeMany(tickets, change);
    this.actedSubject.next();
  }

  private changeOne(
    ticket: TicketRow,
    { assignedTo, ...fields }: Exclude<ManyChange, TagChange>,
  ): void {
    this.clear();
    const change: Change = (now) =>
      assignedTo === undefined
        ? this.tickets.update(now, fields)
        : this.tickets.assign(now, assignedTo);
    const failed = (error: ApiError): void => {
      this.select([ticket.ticketId]);
      this.toasts.failed(error);
    };
    this.actions.try(ticket, change, { failed });
  }

  private changeMany(tickets: readonly TicketRow[], change: ManyChange): void {
    this.tickets.changeMany(tickets, change).subscribe({
      next: ({ results }) => {
        const refused = results.flatMap(({ ticketId, error }) =>
          error ? [{ ticketId, error: new ApiError(0, error) }] : [],
        );
        const changed = results.length - refused.length;
        // Refused tickets stay selected, for another action.
        this.select(refused.map(({ ticketId }) => ticketId));
        this.outcomeSubject.next(refused.length ? { changed, refused } : null);
        if (!refused.length) this.toasts.show('success', 'bulk.changed', { count: changed });
      },
      error: (error: ApiError) => this.toasts.failed(error),
    });
  }
}
