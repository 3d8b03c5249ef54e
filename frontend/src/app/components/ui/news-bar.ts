import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideRefreshCw } from '@ng-icons/lucide';

import { ButtonComponent } from './button';

/** Says that a list at rest has become another one, and shows it at a click. */
@Component({
  selector: 'app-news-bar',
  imports: [ButtonComponent, NgIcon, TranslocoPipe],
  template: `
    @if (shown()) {
      <button
        appButton="primary"
        size="round"
        type="button"
        class="pointer-events-auto mt-0.5"
        data-news
        (click)="renew.emit()"
      >
        <ng-icon [svg]="icon" size="14" aria-hidden="true" />
        @if (count()) {
          {{ 'list.new_count' | transloco: { count: count() } }}
        } @else {
          {{ 'list.refresh' | transloco }}
        }
      </button>
    }
  `,
  host: {
    // It takes no room, as it is there so that nothing moves.
    class: 'pointer-events-none sticky top-1 z-10 flex h-0 items-start justify-center',
    'aria-live': 'polite',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NewsBarComponent {
  readonly shown = input.required<boolean>();
  /** How much has come; none when the list has changed otherwise. */
  readonly count = input.required<number>();
  readonly renew = output();

  protected readonly icon = lucideRefreshCw;
}
