import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideEye, lucideLock } from '@ng-icons/lucide';

import { LIMITS } from '../../../services/tickets/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { RoomLeftComponent } from '../../ui/room-left';

export interface NewNote {
  content: string;
  isInternal: boolean;
}

export const NO_DRAFT: NewNote = { content: '', isInternal: true };

/** The whole box takes the colour of who will read the note, and so does the button. */
@Component({
  selector: 'app-note-composer',
  imports: [ButtonComponent, NgIcon, ReactiveFormsModule, RoomLeftComponent, TranslocoPipe],
  templateUrl: './note-composer.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NoteComposerComponent {
  readonly busy = input(false);
  readonly draft = input.required<NewNote>();
  readonly draftChange = output<NewNote>();
  readonly noteAdded = output<NewNote>();

  private readonly field = viewChild.required<ElementRef<HTMLElement>>('field');
  protected readonly limit = LIMITS.note;
  protected readonly lock = lucideLock;
  protected readonly eye = lucideEye;
  protected readonly form = inject(NonNullableFormBuilder).group({
    content: ['', Validators.maxLength(LIMITS.note)],
    isInternal: true,
  });

  constructor() {
    toObservable(this.draft)
      .pipe(takeUntilDestroyed())
      .subscribe((draft) => this.form.setValue(draft, { emitEvent: false }));
    this.form.valueChanges
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.draftChange.emit(this.form.getRawValue()));
  }

  focus(): void {
    this.field().nativeElement.focus();
  }

  protected submit(): void {
    const { content, isInternal } = this.form.getRawValue();
    if (content.trim() && this.form.valid && !this.busy()) {
      this.noteAdded.emit({ content: content.trim(), isInternal });
    }
  }
}
