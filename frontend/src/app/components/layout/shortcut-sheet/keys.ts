import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

const IS_MAC = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const NAMES: Readonly<Record<string, string>> = {
  $mod: IS_MAC ? '⌘' : 'Ctrl',
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** Returns a shortcut as printed on the keys. */
@Component({
  selector: 'app-keys',
  template: `
    @for (key of pressed(); track $index) {
      <kbd
        class="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line-strong bg-canvas px-1 font-sans text-xs text-ink-soft"
        >{{ key }}</kbd
      >
    }
  `,
  host: { class: 'inline-flex gap-1' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class KeysComponent {
  /** In tinykeys' syntax. */
  readonly keys = input.required<string>();

  protected readonly pressed = computed(() =>
    this.keys()
      .split(/[\s]|(?<=\w)\+/)
      .map((key) => NAMES[key] ?? key.toUpperCase()),
  );
}
