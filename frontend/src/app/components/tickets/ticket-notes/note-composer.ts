import {
  ChangeDetectionStrategy,
  Component,
  input,
  linkedSignal,
  output,
  viewChild,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideEye, lucideLock } from '@ng-icons/lucide';

import { LIMITS } from '../../../services/tickets/ticket-rules';
import { ComposerComponent } from '../../ui/composer';

export interface NewNote {
  content: string;
  isInternal: boolean;
}

export const NO_DRAFT: NewNote = { content: '', isInternal: true };

const AUDIENCES = [
  { key: 'internal', isInternal: true, icon: lucideLock, look: 'has-checked:text-amber' },
  { key: 'public', isInternal: false, icon: lucideEye, look: 'has-checked:text-accent-ink' },
];

/** Box and button have the colour of the audience of the note. */
@Component({
  selector: 'app-note-composer',
  imports: [ComposerComponent, NgIcon, TranslocoPipe],
  templateUrl: './note-composer.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NoteComposerComponent {
  readonly busy = input(false);
  readonly draft = input.required<NewNote>();
  readonly draftChange = output<NewNote>();
  readonly noteAdded = output<NewNote>();

  private readonly composer = viewChild.required(ComposerComponent);
  protected readonly limit = LIMITS.note;
  protected readonly lock = lucideLock;
  protected readonly eye = lucideEye;
  protected readonly note = linkedSignal(() => this.draft());
  protected readonly audiences = AUDIENCES;

  focus(): void {
    this.composer().focus();
  }

  protected change(change: Partial<NewNote>): void {
    this.note.update((note) => ({ ...note, ...change }));
    this.draftChange.emit(this.note());
  }
}
