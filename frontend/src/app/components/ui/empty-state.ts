import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { NgIcon } from '@ng-icons/core';

/** Nothing here, why that may be, and (projected) the way on. */
@Component({
  selector: 'app-empty-state',
  imports: [NgIcon],
  template: `
    <ng-icon [svg]="icon()" size="22" class="text-ink-faint" aria-hidden="true" />
    <p class="pt-2 font-medium">{{ heading() }}</p>
    @if (text()) {
      <p class="max-w-sm text-ink-soft">{{ text() }}</p>
    }
    <div class="flex gap-2 pt-3 empty:hidden"><ng-content /></div>
  `,
  host: { class: 'flex flex-col items-center px-6 py-14 text-center' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EmptyStateComponent {
  /** The icon's SVG source. */
  readonly icon = input.required<string>();
  readonly heading = input.required<string>();
  readonly text = input('');
}
