import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideSendHorizontal } from '@ng-icons/lucide';

import { LIMITS } from '../../../services/ticket-rules';
import { ButtonComponent } from '../../ui/button';

/** Enter sends, Shift+Enter starts a new line. */
@Component({
  selector: 'app-message-composer',
  imports: [ButtonComponent, NgIcon, ReactiveFormsModule, TranslocoPipe],
  template: `
    <form
      class="flex items-end gap-2 rounded-lg border border-line-strong bg-surface p-1.5 transition-colors focus-within:border-accent"
      (submit)="$event.preventDefault(); submit()"
    >
      <textarea
        class="field-sizing-content max-h-40 min-h-8 flex-1 resize-none bg-transparent px-2 py-1.5 text-sm leading-5 placeholder:text-ink-faint focus-visible:outline-none"
        rows="1"
        [formControl]="text"
        [attr.maxlength]="limit"
        [placeholder]="placeholder()"
        [attr.aria-label]="placeholder()"
        (keydown.enter)="$event.preventDefault(); submit()"
      ></textarea>
      <button
        appButton="primary"
        type="submit"
        [busy]="busy()"
        [disabled]="!text.value.trim()"
        [attr.aria-label]="'action.send' | transloco"
      >
        <ng-icon [svg]="icon" size="14" aria-hidden="true" />
      </button>
    </form>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageComposerComponent {
  readonly placeholder = input.required<string>();
  readonly busy = input(false);
  /** Text to start with; set anew once a message is on its way. */
  readonly draft = input('');
  readonly draftChange = output<string>();
  readonly sent = output<string>();

  protected readonly limit = LIMITS.message;
  protected readonly icon = lucideSendHorizontal;
  protected readonly text = new FormControl('', { nonNullable: true });

  constructor() {
    toObservable(this.draft)
      .pipe(takeUntilDestroyed())
      .subscribe((draft) => this.text.setValue(draft, { emitEvent: false }));
    this.text.valueChanges
      .pipe(takeUntilDestroyed())
      .subscribe((text) => this.draftChange.emit(text));
  }

  protected submit(): void {
    const text = this.text.value.trim();
    if (text && !this.busy()) this.sent.emit(text);
  }
}
