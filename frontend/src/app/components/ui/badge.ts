import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

export type Tone = 'gray' | 'blue' | 'amber' | 'orange' | 'purple' | 'green' | 'red' | 'accent';

// Whole class names, so that Tailwind finds them in the source.
const TONES: Record<Tone, string> = {
  gray: 'bg-gray-soft text-gray',
  blue: 'bg-blue-soft text-blue',
  amber: 'bg-amber-soft text-amber',
  orange: 'bg-orange-soft text-orange',
  purple: 'bg-purple-soft text-purple',
  green: 'bg-green-soft text-green',
  red: 'bg-red-soft text-red',
  accent: 'bg-accent-soft text-accent-ink',
};

@Component({
  selector: 'app-badge',
  template: `<ng-content />`,
  host: { '[class]': 'classes()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BadgeComponent {
  readonly tone = input<Tone>('gray');

  protected readonly classes = computed(
    () =>
      'inline-flex h-5 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap ' +
      TONES[this.tone()],
  );
}
