import { DestroyRef, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { BehaviorSubject, map, type Observable, Subject } from 'rxjs';

import type { Ticket } from '../../api/schema';
import type { AnyTicketEvent, KnownTicket } from '../../api/types';
import type { ApiError } from '../core/api-error';
import { DraftService } from '../core/drafts';
import { TicketService } from '../ticket';
import { ToastService } from '../toast';

/** Sends a change of a ticket, guarded by the version that it is given. */
export type Change = (ticket: KnownTicket) => Observable<unknown>;

/** What follows a change. By default nothing, and a toast when it fails. */
export interface Outcome {
  /** It is stored. */
  readonly done?: () => void;
  /** The agent leaves the ticket as a colleague changed it. */
  readonly dropped?: () => void;
  readonly failed?: (error: ApiError) => void;
}

/** A change that a colleague's was faster than, until the agent decides. */
export interface Conflict {
  /** The ticket as the agent saw it, and as it is now. */
  readonly seen: KnownTicket;
  readonly current: Ticket;
  /** Who changed which field, as far as events have told. */
  readonly changedBy: ReadonlyMap<string, string>;
  readonly change: Change;
  readonly outcome: Outcome;
}

export type DecisionKind = 'resolve' | 'escalate';

export interface DecisionText {
  /** How the ticket was resolved, or why it is escalated. */
  readonly text: string;
  /** Who an escalated ticket is assigned to; empty for no change. */
  readonly toAgentId: string;
}

export const EMPTY_DECISION: DecisionText = { text: '', toAgentId: '' };

/** A ticket that is about to be resolved or escalated, once the agent has written how or why. */
export interface Decision {
  readonly kind: DecisionKind;
  /** As the agent saw it when the dialog opened. */
  readonly ticket: KnownTicket;
  readonly draft: DecisionText;
  readonly busy: boolean;
  readonly error: ApiError | null;
}

/** Of how many tickets the last changes are remembered. */
const MOST_REMEMBERED = 200;

/**
 * The one way in which pages change a ticket: try, show a conflict, decide. Each page provides its
 * own. A colleague's change that the agent has not seen is never overwritten without asking.
 */
@Injectable()
export class TicketActions {
  private readonly tickets = inject(TicketService);
  private readonly drafts = inject(DraftService);
  private readonly toasts = inject(ToastService);
  private readonly conflictsSubject = new BehaviorSubject<readonly Conflict[]>([]);
  private readonly decisionSubject = new BehaviorSubject<Decision | null>(null);
  private readonly decidedSubject = new Subject<void>();
  private readonly changedBy = new Map<string, Map<string, string>>();
  /** The ticket of the page; null where it shows many. */
  private pageOf: string | null = null;
  private left = false;

  readonly conflict$ = this.conflictsSubject.pipe(map(([first]) => first ?? null));
  readonly decision$ = this.decisionSubject.asObservable();
  /** A ticket has been resolved or escalated. */
  readonly decided$ = this.decidedSubject.asObservable();

  constructor() {
    inject(DestroyRef).onDestroy(() => (this.left = true));
    this.tickets.events$.pipe(takeUntilDestroyed()).subscribe((event) => this.remember(event));
  }

  /** The page shows this ticket from now on: what happens to another opens no dialog here. */
  showTicket(ticketId: string): void {
    this.pageOf = ticketId;
    this.conflictsSubject.next([]);
    this.decisionSubject.next(null);
  }

  isShown(ticketId: string): boolean {
    return !this.left && (this.pageOf === null || this.pageOf === ticketId);
  }

  try(seen: KnownTicket, change: Change, outcome: Outcome = {}): void {
    const failed = outcome.failed ?? ((error: ApiError): void => this.toasts.failed(error));
    change(seen).subscribe({
      next: () => outcome.done?.(),
      error: (error: ApiError) => {
        if (!this.isShown(seen.ticketId)) {
          this.toasts.failed(error, seen.ticketId);
        } else if (error.code === 'version_conflict') {
          this.showConflict(seen, error.current as Ticket, change, outcome);
        } else {
          failed(error);
        }
      },
    });
  }

  // --- conflicts --------------------------------------------------------------------------

  showConflict(seen: KnownTicket, current: Ticket, change: Change, outcome: Outcome): void {
    const changedBy = this.changedBy.get(seen.ticketId) ?? new Map<string, string>();
    const conflict = { seen, current, changedBy, change, outcome };
    this.conflictsSubject.next([...this.conflictsSubject.value, conflict]);
  }

  applyMine(conflict: Conflict): void {
    this.closeConflict(conflict);
    this.try(conflict.current, conflict.change, conflict.outcome);
  }

  keepTheirs(conflict: Conflict): void {
    this.closeConflict(conflict);
    conflict.outcome.dropped?.();
  }

  /** Closes the dialog without a choice: what was being typed stays open. */
  dismiss(conflict: Conflict): void {
    this.closeConflict(conflict);
    const { ticketId } = conflict.current;
    const decision = this.decisionSubject.value;
    if (decision?.ticket.ticketId === ticketId) {
      this.decisionSubject.next({ ...decision, ticket: conflict.current, busy: false });
    }
  }

  private closeConflict(conflict: Conflict): void {
    this.conflictsSubject.next(this.conflictsSubject.value.filter((other) => other !== conflict));
  }

  private remember(event: AnyTicketEvent): void {
    if (!('ticket' in event)) return;
    const names = this.changedBy.get(event.ticketId) ?? new Map<string, string>();
    for (const field of Object.keys(event.changes)) names.set(field, event.actor.name);
    if (event.note) names.set('notes', event.actor.name);
    this.changedBy.delete(event.ticketId);
    this.changedBy.set(event.ticketId, names);
    const [oldest] = this.changedBy.keys();
    if (this.changedBy.size > MOST_REMEMBERED && oldest) this.changedBy.delete(oldest);
  }

  // --- resolving and escalating -----------------------------------------------------------

  openDecision(kind: DecisionKind, ticket: KnownTicket): void {
    const draft = this.drafts.read(draftName(kind, ticket), EMPTY_DECISION);
    this.decisionSubject.next({ kind, ticket, draft, busy: false, error: null });
  }

  closeDecision(): void {
    this.decisionSubject.next(null);
  }

  keepDraft({ kind, ticket }: Decision, draft: DecisionText): void {
    const name = draftName(kind, ticket);
    if (draft.text.trim()) this.drafts.write(name, draft);
    else this.drafts.forget(name);
  }

  /** The dialog stays open, with its words, until they are stored. */
  decide({ kind, ticket }: Decision, draft: DecisionText): void {
    const show = (busy: boolean, error: ApiError | null): void => {
      this.changeDecision(kind, ticket, { draft, busy, error });
    };
    const change: Change = (now) => {
      show(true, null);
      return kind === 'resolve'
        ? this.tickets.resolve(now, draft.text)
        : this.tickets.escalate(now, draft.text, draft.toAgentId || null);
    };
    const done = (): void => {
      this.drafts.forget(draftName(kind, ticket));
      if (this.changeDecision(kind, ticket, null)) this.decidedSubject.next();
    };
    const failed = (error: ApiError): void => show(false, error);
    this.try(ticket, change, { done, failed, dropped: () => this.closeDecision() });
  }

  /** Returns whether this decision is still the open one. */
  private changeDecision(
    kind: DecisionKind,
    { ticketId }: KnownTicket,
    change: Partial<Decision> | null,
  ): boolean {
    const open = this.decisionSubject.value;
    if (open?.kind !== kind || open.ticket.ticketId !== ticketId) return false;
    this.decisionSubject.next(change && { ...open, ...change });
    return true;
  }
}

function draftName(kind: DecisionKind, { ticketId }: KnownTicket): string {
  return `${ticketId}.${kind}`;
}
