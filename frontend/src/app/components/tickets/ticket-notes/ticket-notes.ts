import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  output,
  viewChild,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideArrowRight, lucideEye, lucideLock } from '@ng-icons/lucide';

import type { Note, StatusChange, Ticket, TicketViewer } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { TimeComponent } from '../../ui/time';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';
import { type NewNote, NoteComposerComponent } from './note-composer';

type Entry =
  | { readonly kind: 'note'; readonly id: string; readonly at: string; readonly note: Note }
  | {
      readonly kind: 'move';
      readonly id: string;
      readonly at: string;
      readonly move: StatusChange;
    };

/** Notes and moves in one timeline, oldest first, and the place to write the next note. */
@Component({
  selector: 'app-ticket-notes',
  imports: [
    AvatarComponent,
    NgIcon,
    NoteComposerComponent,
    TicketStatusBadgeComponent,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-notes.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketNotesComponent {
  readonly ticket = input.required<Ticket>();
  /** Who else has the ticket open. */
  readonly viewers = input<readonly TicketViewer[]>([]);
  readonly busy = input(false);
  /** Text left from an earlier visit. */
  readonly draft = input.required<NewNote>();
  readonly draftChange = output<NewNote>();
  readonly noteAdded = output<NewNote>();

  private readonly composer = viewChild.required(NoteComposerComponent);
  protected readonly lock = lucideLock;
  protected readonly eye = lucideEye;
  protected readonly arrow = lucideArrowRight;
  protected readonly timeline = computed(() => timeline(this.ticket()));
  protected readonly writing = computed(() => this.viewers().find(({ typing }) => typing)?.name);

  focus(): void {
    this.composer().focus();
  }
}

function timeline({ notes, statusHistory }: Ticket): readonly Entry[] {
  const entries: Entry[] = [
    ...notes.map((note) => ({
      kind: 'note' as const,
      id: note.noteId,
      at: note.createdAt,
      note,
    })),
    ...statusHistory.map((move, index) => ({
      kind: 'move' as const,
      id: `move-${index}`,
      at: move.changedAt,
      move,
    })),
  ];
  return entries.sort((one, other) => one.at.localeCompare(other.at));
}
