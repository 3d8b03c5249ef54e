import { DestroyRef, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { BehaviorSubject, finalize, map, type Observable } from 'rxjs';

import type { Ticket } from '../../api/schema';
import {
  type Decision,
  type DecisionKind,
  NO_DECISION,
} from '../../components/tickets/ticket-decision/decision';
import { type NewNote, NO_DRAFT } from '../../components/tickets/ticket-notes/note-composer';
import type { ApiError } from '../../services/core/api-error';
import { DraftService } from '../../services/core/drafts';
import { PresenceService } from '../../services/tickets/presence';
import { TicketService } from '../../services/ticket';
import type { FieldEdit, FieldText, TicketEdits } from '../../services/tickets/ticket-edits';
import { type EditedField, textOf, updateOf } from '../../services/tickets/ticket-fields';
import { ToastService } from '../../services/toast';

/** A change to a ticket as it is now, whatever it was when the agent decided. */
type Change = (ticket: Ticket) => Observable<unknown>;

interface Attempt {
  readonly change: Change;
  /** Once it is stored. */
  readonly done: () => void;
  /** Once the agent gives it up. */
  readonly dropped: () => void;
}

export interface Conflict extends Attempt {
  /** The ticket as the agent saw it when deciding, and as it is now. */
  readonly seen: Ticket;
  readonly current: Ticket;
}

interface Draft {
  readonly text: string;
  /** The field as it was when the agent began. */
  readonly base: string;
}

type Drafts = Partial<Record<EditedField, Draft>>;

export interface OpenDecision {
  readonly kind: DecisionKind;
  readonly draft: Decision;
  readonly busy: boolean;
  readonly error: ApiError | null;
}

const nothing = (): void => undefined;

/**
 * What the agent does to the ticket of a page. Nothing typed is lost: not by an error, a reload,
 * or a colleague who was faster; and nothing of a colleague's is overwritten unseen.
 */
@Injectable()
export class TicketChanges {
  private readonly tickets = inject(TicketService);
  private readonly toasts = inject(ToastService);
  private readonly drafts = inject(DraftService);
  private readonly presence = inject(PresenceService);
  private readonly draftsSubject = new BehaviorSubject<Drafts>({});
  private readonly noteResets = new BehaviorSubject<void>(undefined);
  private readonly savingNoteSubject = new BehaviorSubject(false);
  private readonly savingSubject = new BehaviorSubject<EditedField | null>(null);
  private readonly decisionSubject = new BehaviorSubject<OpenDecision | null>(null);
  private readonly conflictSubject = new BehaviorSubject<Conflict | null>(null);
  /** The one that the page shows; an answer may come when it is another already. */
  private ticketId = '';

  readonly edits$: Observable<TicketEdits> = this.draftsSubject.pipe(
    map((drafts) =>
      Object.fromEntries(Object.entries(drafts).map(([field, { text }]) => [field, text])),
    ),
  );
  readonly saving$ = this.savingSubject.asObservable();
  /** What the box for a note begins with: words left from an earlier visit. */
  readonly note$ = this.noteResets.pipe(map(() => this.drafts.read(this.ticketId, NO_DRAFT)));
  readonly savingNote$ = this.savingNoteSubject.asObservable();
  readonly decision$ = this.decisionSubject.asObservable();
  readonly conflict$ = this.conflictSubject.asObservable();
  /** Who changed which field last, as far as this page has heard. */
  readonly changedBy = new Map<string, string>();

  constructor() {
    inject(DestroyRef).onDestroy(() => (this.ticketId = ''));
    this.tickets.events$.pipe(takeUntilDestroyed()).subscribe((event) => {
      if (event.ticketId !== this.ticketId || !('ticket' in event)) return;
      for (const field of Object.keys(event.changes)) this.changedBy.set(field, event.actor.name);
      if (event.note) this.changedBy.set('notes', event.actor.name);
    });
  }

  /** The page shows this ticket from now on. */
  begin(ticketId: string): void {
    this.ticketId = ticketId;
    this.changedBy.clear();
    this.decisionSubject.next(null);
    this.conflictSubject.next(null);
    this.draftsSubject.next(this.drafts.read(`${ticketId}.edits`, {}));
    this.noteResets.next();
  }

  private isHere({ ticketId }: Ticket): boolean {
    return ticketId === this.ticketId;
  }

  // --- at once ----------------------------------------------------------------------------

  make(seen: Ticket, change: Change): void {
    this.attempt(seen, { change, done: nothing, dropped: nothing }, (error) =>
      this.toasts.failed(error),
    );
  }

  // --- texts edited where they stand ------------------------------------------------------

  edit(ticket: Ticket, { field, text }: FieldEdit): void {
    const base = this.draftsSubject.value[field]?.base ?? textOf(ticket, field);
    this.keepDraft(ticket.ticketId, field, text === null ? null : { text, base });
  }

  save(ticket: Ticket, { field, text }: FieldText): void {
    const { ticketId } = ticket;
    const close = (): void => this.keepDraft(ticketId, field, null);
    const done = (): void => {
      const typed = this.draftsOf(ticketId)[field];
      // What was typed while this was on its way goes on from what is stored now.
      if (typed && typed.text.trim() !== text)
        this.keepDraft(ticketId, field, { text: typed.text, base: text });
      else close();
    };
    const change: Change = (now) => {
      this.savingSubject.next(field);
      return this.tickets
        .update(now, updateOf(field, text))
        .pipe(finalize(() => this.savingSubject.next(null)));
    };
    const attempt = { change, done, dropped: close };
    const base = this.draftsSubject.value[field]?.base ?? textOf(ticket, field);
    if (base === textOf(ticket, field)) {
      this.attempt(ticket, attempt, (error) => this.toasts.failed(error));
    } else {
      // A colleague rewrote the very text while the agent was typing.
      const seen = { ...ticket, ...updateOf(field, base) } as Ticket;
      this.conflictSubject.next({ ...attempt, seen, current: ticket });
    }
  }

  private draftsOf(ticketId: string): Drafts {
    return ticketId === this.ticketId
      ? this.draftsSubject.value
      : this.drafts.read<Drafts>(`${ticketId}.edits`, {});
  }

  private keepDraft(ticketId: string, field: EditedField, draft: Draft | null): void {
    const { [field]: _before, ...others } = this.draftsOf(ticketId);
    const drafts = draft ? { ...others, [field]: draft } : others;
    if (ticketId === this.ticketId) this.draftsSubject.next(drafts);
    const name = `${ticketId}.edits`;
    if (Object.keys(drafts).length) this.drafts.write(name, drafts);
    else this.drafts.forget(name);
  }

  // --- notes ------------------------------------------------------------------------------

  keepNote(note: NewNote): void {
    this.presence.typing(this.ticketId);
    if (note.content.trim()) this.drafts.write(this.ticketId, note);
    else this.drafts.forget(this.ticketId);
  }

  /** The text leaves the box only once it is stored. */
  addNote(ticket: Ticket, { content, isInternal }: NewNote): void {
    this.savingNoteSubject.next(true);
    this.tickets
      .addNote(ticket, content, isInternal)
      .pipe(finalize(() => this.savingNoteSubject.next(false)))
      .subscribe({
        next: () => {
          this.forgetNote(ticket.ticketId, content);
          if (this.isHere(ticket)) this.noteResets.next();
        },
        error: (error: ApiError) =>
          this.toasts.failed(error, this.isHere(ticket) ? undefined : ticket.ticketId),
      });
  }

  /** What was typed behind it meanwhile is a note of its own. */
  private forgetNote(ticketId: string, content: string): void {
    const kept = this.drafts.read(ticketId, NO_DRAFT);
    const typed = kept.content.trimStart();
    const rest = typed.startsWith(content) ? typed.slice(content.length).trimStart() : typed;
    if (rest) this.drafts.write(ticketId, { ...kept, content: rest });
    else this.drafts.forget(ticketId);
  }

  // --- resolving and escalating -----------------------------------------------------------

  openDecision(kind: DecisionKind): void {
    const draft = this.drafts.read(`${this.ticketId}.${kind}`, NO_DECISION);
    this.decisionSubject.next({ kind, draft, busy: false, error: null });
  }

  closeDecision(): void {
    this.decisionSubject.next(null);
  }

  keepDecision({ kind }: OpenDecision, draft: Decision): void {
    const name = `${this.ticketId}.${kind}`;
    if (draft.text.trim()) this.drafts.write(name, draft);
    else this.drafts.forget(name);
  }

  decide(ticket: Ticket, { kind }: OpenDecision, draft: Decision): void {
    const show = (busy: boolean, error: ApiError | null): void => {
      if (this.isHere(ticket)) this.decisionSubject.next({ kind, draft, busy, error });
    };
    const change: Change = (now) => {
      show(true, null);
      return kind === 'resolve'
        ? this.tickets.resolve(now, draft.text)
        : this.tickets.escalate(now, draft.text, draft.toAgentId || null);
    };
    const done = (): void => {
      this.drafts.forget(`${ticket.ticketId}.${kind}`);
      if (this.isHere(ticket)) this.decisionSubject.next(null);
    };
    const dropped = (): void => show(false, null);
    this.attempt(ticket, { change, done, dropped }, (error) => show(false, error));
  }

  // --- conflicts --------------------------------------------------------------------------

  applyMine({ current, change, done, dropped }: Conflict): void {
    this.conflictSubject.next(null);
    this.attempt(current, { change, done, dropped }, (error) => this.toasts.failed(error));
  }

  keepTheirs({ dropped }: Conflict): void {
    this.conflictSubject.next(null);
    dropped();
  }

  /** Back to what was being typed, nothing decided. */
  dismissConflict(): void {
    this.conflictSubject.next(null);
    const decision = this.decisionSubject.value;
    if (decision) this.decisionSubject.next({ ...decision, busy: false });
  }

  private attempt(seen: Ticket, attempt: Attempt, failed: (error: ApiError) => void): void {
    attempt.change(seen).subscribe({
      next: () => attempt.done(),
      error: (error: ApiError) => {
        if (!this.isHere(seen)) {
          this.toasts.failed(error, seen.ticketId);
        } else if (error.code === 'version_conflict') {
          this.conflictSubject.next({ ...attempt, seen, current: error.current as Ticket });
        } else {
          failed(error);
        }
      },
    });
  }
}
