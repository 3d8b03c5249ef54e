import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

/** Grey lines where rows are about to be. Shown only after a moment, so that fast answers do not flicker. */
@Component({
  selector: 'app-skeleton',
  imports: [TranslocoPipe],
  template: `
    <span class="sr-only">{{ 'state.loading' | transloco }}</span>
    @for (row of list(); track row) {
      <div
        class="flex h-11 items-center gap-4 border-b border-line px-4 last:border-0"
        aria-hidden="true"
      >
        <span class="h-3 w-28 rounded bg-hover"></span>
        <span
          class="h-3 flex-1 rounded bg-hover"
          [style.max-width.%]="80 - ((row * 17) % 45)"
        ></span>
        <span class="h-3 w-16 rounded bg-hover"></span>
      </div>
    }
  `,
  host: { class: 'block appear-late', role: 'status' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SkeletonComponent {
  readonly rows = input(8);

  protected readonly list = computed(() => Array.from({ length: this.rows() }, (_, row) => row));
}
