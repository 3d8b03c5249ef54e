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
    @let page = pagination();
    @let number = page.page ?? 1;
    @if (page.total > 0) {
      <nav
        class="flex items-center justify-between gap-3 px-4 py-2 text-xs text-ink-soft md:px-6"
        [attr.aria-label]="'page.navigation' | transloco"
      >
        <span class="figures" aria-live="polite">
          {{
            (page.totalIsExact ? 'page.range' : 'page.range_at_least')
              | transloco: { from: from(), to: to(), total: page.total }
          }}
        </span>
        @if (page.pages > 1) {
          <span class="flex gap-1">
            <button
              appButton="quiet"
              type="button"
              class="!px-2"
              [disabled]="number <= 1"
              [attr.aria-label]="'page.previous' | transloco"
              (click)="pageChange.emit(number - 1)"
            >
              <ng-icon [svg]="left" size="16" />
            </button>
            <button
              appButton="quiet"
              type="button"
              class="!px-2"
              [disabled]="number >= page.pages"
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
  readonly pageChange = output<number>();

  protected readonly from = computed(() => {
    const { page, limit } = this.pagination();
    return ((page ?? 1) - 1) * limit + 1;
  });
  protected readonly to = computed(() =>
    Math.min(this.from() + this.pagination().limit - 1, this.pagination().total),
  );
  protected readonly left = lucideChevronLeft;
  protected readonly right = lucideChevronRight;
}
