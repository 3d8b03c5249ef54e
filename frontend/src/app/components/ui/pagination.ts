import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronLeft, lucideChevronRight } from '@ng-icons/lucide';

import type { Pagination } from '../../api/schema';
import { ButtonComponent } from './button';

@Component({
  selector: 'app-pagination',
  imports: [ButtonComponent, NgIcon, TranslocoPipe],
  template: `
    @let total = pagination().total;
    @let number = shown();
    @if (total > 0) {
      <nav
        class="flex items-center justify-between gap-3 px-4 py-2 text-xs text-ink-soft md:px-6"
        [attr.aria-label]="'page.navigation' | transloco"
      >
        <span class="figures" aria-live="polite">
          {{
            (pagination().totalIsExact ? 'page.range' : 'page.range_at_least')
              | transloco: { from: from(), to: to(), total }
          }}
        </span>
        @if (pagination().pages > 1) {
          <span class="flex gap-1">
            <button
              appButton="quiet"
              type="button"
              size="icon"
              [disabled]="number <= 1"
              [attr.aria-label]="'page.previous' | transloco"
              (click)="pageChange.emit(number - 1)"
            >
              <ng-icon [svg]="left" size="16" />
            </button>
            <button
              appButton="quiet"
              type="button"
              size="icon"
              [disabled]="number >= pagination().pages && !pagination().nextCursor"
              [attr.aria-label]="'page.next' | transloco"
              (click)="pageChange.emit(number + 1)"
            >
              <ng-icon [svg]="right" size="16" />
            </button>
          </span>
        }
      </nav>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PaginationComponent {
  readonly pagination = input.required<Pagination>();
  /** Counted from 1; to be told where it was asked for by cursor and does not know itself. */
  readonly page = input<number>();
  readonly pageChange = output<number>();

  protected readonly shown = computed(() => this.page() ?? this.pagination().page ?? 1);
  protected readonly from = computed(() => (this.shown() - 1) * this.pagination().limit + 1);
  protected readonly to = computed(() => {
    const { limit, total, totalIsExact } = this.pagination();
    const to = this.from() + limit - 1;
    return totalIsExact ? Math.min(to, total) : to;
  });
  protected readonly left = lucideChevronLeft;
  protected readonly right = lucideChevronRight;
}
