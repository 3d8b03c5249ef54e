import {
  ChangeDetectionStrategy,
  Component,
  type ElementRef,
  input,
  output,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { FormControl, ReactiveFormsModule, Validators } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideSendHorizontal } from '@ng-icons/lucide';

import { LIMITS } from '../../../services/tickets/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { RoomLeftComponent } from '../../ui/room-left';

/** Enter sends, Shift+Enter starts a new line. */
@Component({
  selector: 'app-message-composer',
  imports: [ButtonComponent, NgIcon, ReactiveFormsModule, RoomLeftComponent, TranslocoPipe],
  template: `
    <form
      class="flex items-end gap-2 rounded-lg border border-line-strong bg-surface p-1.5 transition-colors focus-within:border-accent focus-within:outline-1 focus-within:outline-accent"
      (submit)="$event.preventDefault(); submit()"
    >
      <textarea
        #box
        class="field-sizing-content max-h-40 min-h-8 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 text-sm leading-5 placeholder:overflow-hidden placeholder:text-ellipsis placeholder:whitespace-nowrap placeholder:text-ink-faint focus-visible:outline-none"
        rows="1"
        enterkeyhint="send"
        [formControl]="text"
        [placeholder]="placeholder()"
        [attr.aria-label]="placeholder()"
        (keydown.enter)="submitBy($event)"
      ></textarea>
      <app-room-left class="py-1.5 empty:hidden" [used]="text.value.length" [limit]="limit" />
      <button
        appButton="primary"
        type="submit"
        [disabled]="!text.value.trim() || text.invalid"
        [attr.aria-label]="'action.send' | transloco"
        [title]="'action.send' | transloco"
      >
        <ng-icon [svg]="icon" size="14" aria-hidden="true" />
      </button>
    </form>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageComposerComponent {
  readonly placeholder = input.required<string>();
  /** To start with; another object begins anew. */
  readonly draft = input<{ readonly text: string }>({ text: '' });
  readonly draftChange = output<string>();
  readonly sent = output<string>();

  private readonly box = viewChild.required<ElementRef<HTMLTextAreaElement>>('box');
  protected readonly limit = LIMITS.message;
  protected readonly icon = lucideSendHorizontal;
  protected readonly text = new FormControl('', {
    nonNullable: true,
    validators: Validators.maxLength(LIMITS.message),
  });

  constructor() {
    toObservable(this.draft)
      .pipe(takeUntilDestroyed())
      .subscribe(({ text }) => this.text.setValue(text, { emitEvent: false }));
    this.text.valueChanges
      .pipe(takeUntilDestroyed())
      .subscribe((text) => this.draftChange.emit(text));
  }

  focus(): void {
    this.box().nativeElement.focus();
  }

  protected submitBy(key: Event): void {
    if ((key as KeyboardEvent).isComposing) return; // Enter ends a word there
    key.preventDefault();
    this.submit();
  }

  protected submit(): void {
    const text = this.text.value.trim();
    if (!text || this.text.invalid) return;
    this.sent.emit(text);
    this.text.setValue('');
    this.focus();
  }
}
