import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

const TONES = [
  'bg-blue-soft text-blue',
  'bg-purple-soft text-purple',
  'bg-green-soft text-green',
  'bg-orange-soft text-orange',
  'bg-accent-soft text-accent-ink',
];

const SIZES = { small: 'size-5', medium: 'size-6', large: 'size-7' };

/** Initials of a person whose name stands beside it, so it says nothing to a screen reader. */
@Component({
  selector: 'app-avatar',
  template: `{{ initials() }}`,
  host: { '[class]': 'classes()', 'aria-hidden': 'true' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AvatarComponent {
  readonly name = input.required<string | null>();
  readonly size = input<'small' | 'medium' | 'large'>('small');

  protected readonly initials = computed(() => {
    const words = (this.name() ?? '').split(/\s+/).filter((word) => /^\p{L}/u.test(word));
    const [first, last] = [words[0], words.length > 1 ? words[words.length - 1] : ''];
    return ((first?.[0] ?? '#') + (last?.[0] ?? '')).toUpperCase();
  });

  protected readonly classes = computed(() => {
    const sum = [...(this.name() ?? '')].reduce((total, letter) => total + letter.charCodeAt(0), 0);
    return (
      'inline-flex shrink-0 items-center justify-center rounded-full text-[0.625rem] ' +
      `font-semibold select-none ${SIZES[this.size()]} ${TONES[sum % TONES.length]}`
    );
  });
}
