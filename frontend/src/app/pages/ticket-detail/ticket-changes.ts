import { inject, Injectable } from '@angular/core';
import { BehaviorSubject, finalize, map, type Observable } from 'rxjs';

import type { Ticket } from '../../api/schema';
import { type NewNote, NO_DRAFT } from '../../components/tickets/ticket-notes/note-composer';
import type { ApiError } from '../../services/core/api-error';
import { DraftService } from '../../services/core/drafts';
import { PresenceService } from '../../services/tickets/presence';
import { TicketService } from '../../services/ticket';
import { type Change, TicketActions } from '../../services/tickets/ticket-actions';
import type { FieldEdit, FieldText, TicketEdits } from '../../services/tickets/ticket-edits';
import { type EditedField, textOf, updateOf } from '../../services/tickets/ticket-fields';
import { ToastService } from '../../services/toast';

interface Draft {
  readonly text: string;
  /** The field's text when the agent started editing. */
  readonly base: string;
}

type Drafts = Partial<Record<EditedField, Draft>>;

/**
 * Keeps what the agent writes on the page of a ticket. An error, a reload or a colleague's faster
 * change never loses typed text.
 */
@Injectable()
export class TicketChanges {
  private readonly tickets = inject(TicketService);
  private readonly actions = inject(TicketActions);
  private readonly toasts = inject(ToastService);
  private readonly drafts = inject(DraftService);
  private readonly presence = inject(PresenceService);
  private readonly draftsSubject = new BehaviorSubject<Drafts>({});
  private readonly noteResets = new BehaviorSubject<void>(undefined);
  private readonly savingNoteSubject = new BehaviorSubject(false);
  private readonly savingSubject = new BehaviorSubject<EditedField | null>(null);
  /** The ticket that the page shows. It may be another one by the time a response arrives. */
  private ticketId = '';

  readonly edits$: Observable<TicketEdits> = this.draftsSubject.pipe(
    map((drafts) =>
      Object.fromEntries(Object.entries(drafts).map(([field, { text }]) => [field, text])),
    ),
  );
  readonly saving$ = this.savingSubject.asObservable();
  /** What the box for a note starts with, a new object each time that it starts again. */
  readonly note$ = this.noteResets.pipe(
    map(() => ({ ...this.drafts.read(this.ticketId, NO_DRAFT) })),
  );
  readonly savingNote$ = this.savingNoteSubject.asObservable();
  /** Switches to another ticket. */
  begin(ticketId: string): void {
    this.ticketId = ticketId;
    this.actions.showTicket(ticketId);
    this.draftsSubject.next(this.drafts.read(`${ticketId}.edits`, {}));
    this.noteResets.next();
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
      // Text typed while the request was pending continues from what is stored now.
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
    const base = this.draftsSubject.value[field]?.base ?? textOf(ticket, field);
    if (base === textOf(ticket, field)) {
      this.actions.try(ticket, change, { done, dropped: close });
    } else {
      // A colleague changed the same text while the agent was typing.
      const seen = { ...ticket, ...updateOf(field, base) } as Ticket;
      this.actions.showConflict(seen, ticket, change, { done, dropped: close });
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

  /** Adds a note. The text stays in the box until it is stored. */
  addNote(ticket: Ticket, { content, isInternal }: NewNote): void {
    this.savingNoteSubject.next(true);
    this.tickets
      .addNote(ticket, content, isInternal)
      .pipe(finalize(() => this.savingNoteSubject.next(false)))
      .subscribe({
        next: () => {
          this.forgetNote(ticket.ticketId, content);
          if (ticket.ticketId === this.ticketId) this.noteResets.next();
        },
        error: (error: ApiError) =>
          this.toasts.failed(
            error,
            this.actions.isShown(ticket.ticketId) ? undefined : ticket.ticketId,
          ),
      });
  }

  /** Removes a stored note from the draft. Text typed after it stays, as the next note. */
  private forgetNote(ticketId: string, content: string): void {
    const kept = this.drafts.read(ticketId, NO_DRAFT);
    const typed = kept.content.trimStart();
    const rest = typed.startsWith(content) ? typed.slice(content.length).trimStart() : typed;
    if (rest) this.drafts.write(ticketId, { ...kept, content: rest });
    else this.drafts.forget(ticketId);
  }
}
