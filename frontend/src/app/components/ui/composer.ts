import {
  ChangeDetectionStrategy,
  Component,
  computed,
  type ElementRef,
  input,
  model,
  output,
  viewChild,
} from '@angular/core';

import { ButtonComponent, type ButtonLook } from './button';
import { RoomLeftComponent } from './room-left';

export type ComposerLook = 'line' | 'internal' | 'public';

const LOOKS: Record<ComposerLook, string> = {
  line: 'flex items-end gap-2 border-line-strong bg-surface p-1.5',
  internal: 'border-dashed border-amber-line bg-amber-soft',
  public: 'border-accent bg-accent-soft',
};

/**
 * A text and the button that sends it. Projected: the button's content, `[composerTop]` above the
 * text, and `[composerExtras]` beside the button. A one-line composer (`look="line"`) sends on
 * Enter, the others on Ctrl+Enter or ⌘+Enter.
 */
@Component({
  selector: 'app-composer',
  imports: [ButtonComponent, RoomLeftComponent],
  template: `
    <form
      class="rounded-lg border transition-colors has-[textarea:focus-visible]:outline-2 has-[textarea:focus-visible]:outline-accent"
      [class]="looks[look()]"
      (submit)="$event.preventDefault(); submit()"
    >
      <ng-content select="[composerTop]" />
      <textarea
        #field
        class="block field-sizing-content min-w-0 flex-1 bg-transparent text-sm placeholder:text-ink-faint focus-visible:outline-none"
        [class]="
          isLine()
            ? 'max-h-40 min-h-8 resize-none px-2 py-1.5 leading-5 placeholder:overflow-hidden placeholder:text-ellipsis placeholder:whitespace-nowrap'
            : 'max-h-[50vh] min-h-20 w-full resize-y px-3.5 py-2.5 leading-relaxed'
        "
        [rows]="isLine() ? 1 : 3"
        [value]="text()"
        [attr.enterkeyhint]="isLine() ? 'send' : null"
        [attr.aria-label]="label()"
        [placeholder]="label()"
        (input)="text.set(field.value)"
        (keydown.enter)="pressed($event, isLine())"
        (keydown.control.enter)="pressed($event, true)"
        (keydown.meta.enter)="pressed($event, true)"
      ></textarea>
      <div
        class="flex flex-wrap items-center justify-end gap-x-3 gap-y-2"
        [class]="isLine() ? '' : 'px-2 pb-2'"
      >
        <ng-content select="[composerExtras]" />
        <app-room-left class="empty:hidden" [used]="text().length" [limit]="limit()" />
        <button
          type="submit"
          [appButton]="buttonLook()"
          [busy]="busy()"
          [disabled]="!isComplete()"
          [attr.aria-label]="buttonLabel() || null"
          [title]="buttonLabel()"
        >
          <ng-content />
        </button>
      </div>
    </form>
  `,
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ComposerComponent {
  readonly text = model.required<string>();
  /** What to write, for the field. */
  readonly label = input.required<string>();
  readonly limit = input.required<number>();
  readonly look = input<ComposerLook>('line');
  readonly buttonLook = input<ButtonLook>('primary');
  /** For a button whose content is an icon. */
  readonly buttonLabel = input('');
  readonly busy = input(false);
  /** The text, trimmed; never empty, never beyond the limit. */
  readonly submitted = output<string>();

  private readonly field = viewChild.required<ElementRef<HTMLTextAreaElement>>('field');
  protected readonly looks = LOOKS;
  protected readonly isLine = computed(() => this.look() === 'line');
  protected readonly isComplete = computed(
    () => !!this.text().trim() && this.text().length <= this.limit(),
  );

  focus(): void {
    this.field().nativeElement.focus();
  }

  clear(): void {
    this.text.set('');
    this.field().nativeElement.value = '';
  }

  protected pressed(key: Event, sends: boolean): void {
    if (!sends || (key as KeyboardEvent).isComposing) return; // Enter ends a word there
    key.preventDefault();
    this.submit();
  }

  protected submit(): void {
    if (this.isComplete() && !this.busy()) this.submitted.emit(this.text().trim());
  }
}
