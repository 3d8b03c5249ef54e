import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** A page's sticky heading. Projected: its actions and the back link. */
@Component({
  selector: 'app-page-header',
  template: `
    <div class="flex min-w-0 items-center gap-2">
      <ng-content select="[pageBack]" />
      <h1 class="truncate text-lg font-semibold" [title]="heading()">{{ heading() }}</h1>
    </div>
    <div class="flex items-center gap-2"><ng-content /></div>
  `,
  host: {
    class:
      'sticky top-0 z-10 flex h-13 items-center justify-between gap-3 border-b border-line bg-surface px-4 md:px-6',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PageHeaderComponent {
  readonly heading = input.required<string>();
}
