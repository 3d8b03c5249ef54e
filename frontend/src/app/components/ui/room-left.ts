import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { LocalNumberPipe } from './local';

/** How many characters are left when it is worth saying so. */
const FEW_LEFT = 200;

/** How much a text can still take, or how much of it is too much: what was pasted is never cut off. */
@Component({
  selector: 'app-room-left',
  imports: [LocalNumberPipe, TranslocoPipe],
  template: `
    @if (left() < 0) {
      <span class="text-red">{{ 'form.over_limit' | transloco: { count: -left() } }}</span>
    } @else if (left() < few) {
      {{ left() | localNumber }}
    }
  `,
  host: { class: 'text-xs text-ink-faint figures', 'aria-live': 'polite' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RoomLeftComponent {
  readonly used = input.required<number>();
  readonly limit = input.required<number>();

  protected readonly few = FEW_LEFT;
  protected readonly left = computed(() => this.limit() - this.used());
}
