import {
  booleanAttribute,
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
} from '@angular/core';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'text' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border border-transparent',
  plain: 'border border-line-strong bg-surface text-ink hover:bg-hover',
  quiet: 'border border-transparent text-ink-soft hover:bg-hover hover:text-ink',
  text: 'border border-transparent hover:bg-hover',
  danger: 'border border-line-strong bg-surface text-red hover:bg-red-soft',
};

export type ButtonSize =
  | 'normal'
  | 'small'
  | 'icon'
  | 'icon-small'
  | 'collapsing'
  | 'round'
  | 'inline';

const SIZES: Record<ButtonSize, string> = {
  normal: 'h-8 rounded-md px-3 text-sm font-medium shrink-0 whitespace-nowrap',
  small: 'h-8 rounded-md px-2 text-sm font-medium shrink-0 whitespace-nowrap',
  /** For an icon alone; the button carries an `aria-label`. */
  icon: 'size-8 rounded-md text-sm shrink-0 whitespace-nowrap',
  'icon-small': 'size-6 rounded-md text-sm shrink-0 whitespace-nowrap',
  /** For an icon and a text that is hidden on narrow screens. */
  collapsing: 'h-8 rounded-md px-2 text-sm font-medium shrink-0 whitespace-nowrap sm:px-3',
  /** For what floats above a list. */
  round: 'h-7 rounded-full px-3 text-xs font-medium shadow-raised shrink-0 whitespace-nowrap',
  /** For a value within a text that can be changed. */
  inline: '-mx-1 max-w-full rounded-md px-1 py-0.5 text-sm text-left',
};

/** The one button, for `<button>` and for links that act as one. */
@Component({
  // eslint-disable-next-line @angular-eslint/component-selector -- it dresses native elements
  selector: 'button[appButton], a[appButton]',
  template: `
    @if (busy()) {
      <span
        class="size-3.5 animate-spin rounded-full border-2 border-current border-r-transparent"
        aria-hidden="true"
      ></span>
    }
    <ng-content />
  `,
  host: {
    '[class]': 'classes()',
    '[attr.aria-busy]': 'busy() || null',
    '[attr.disabled]': 'disabled() ? "" : null',
    // It keeps the focus for what comes after.
    '[attr.aria-disabled]': 'busy() || null',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ButtonComponent {
  readonly appButton = input<ButtonLook | ''>('plain');
  readonly size = input<ButtonSize>('normal');
  readonly busy = input(false, { transform: booleanAttribute });
  readonly disabled = input(false, { transform: booleanAttribute });

  constructor() {
    const ignore = (event: Event): void => {
      if (!this.busy()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    // Before whoever else listens to it.
    inject<ElementRef<HTMLElement>>(ElementRef).nativeElement.addEventListener('click', ignore, {
      capture: true,
    });
  }

  protected readonly classes = computed(
    () =>
      'inline-flex items-center justify-center gap-1.5 select-none transition-colors disabled:opacity-50 aria-disabled:opacity-50 ' +
      `${SIZES[this.size()]} ${LOOKS[this.appButton() || 'plain']}`,
  );
}
