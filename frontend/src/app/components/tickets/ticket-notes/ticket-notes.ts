import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  linkedSignal,
  output,
  untracked,
  viewChild,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideArrowRight, lucideEye, lucideLock } from '@ng-icons/lucide';

import type { Note, StatusChange, Ticket, TicketViewer } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { ButtonComponent } from '../../ui/button';
import { TimeComponent } from '../../ui/time';
import { LinkedTextComponent } from '../../ui/linked-text';
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

/** How many entries are shown at first, and how many more on each request. */
const LATEST = 20;
const EARLIER = 100;

/** Notes and status changes in one timeline, oldest first, and the box for the next note. */
@Component({
  selector: 'app-ticket-notes',
  imports: [
    LinkedTextComponent,
    AvatarComponent,
    ButtonComponent,
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
  /** Text from an earlier visit. */
  readonly draft = input.required<NewNote>();
  readonly draftChange = output<NewNote>();
  readonly noteAdded = output<NewNote>();

  private readonly composer = viewChild.required(NoteComposerComponent);
  protected readonly lock = lucideLock;
  protected readonly eye = lucideEye;
  protected readonly arrow = lucideArrowRight;
  private readonly timeline = computed(() => timeline(this.ticket()));
  /** How many of the first entries of a long history are hidden. */
  protected readonly hidden = linkedSignal({
    source: computed(() => this.ticket().ticketId),
    computation: () => Math.max(0, untracked(this.timeline).length - LATEST),
  });
  protected readonly shown = computed(() => this.timeline().slice(this.hidden()));
  protected readonly writing = computed(() => this.viewers().find(({ typing }) => typing)?.name);

  protected showEarlier(): void {
    this.hidden.update((hidden) => Math.max(0, hidden - EARLIER));
  }

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
