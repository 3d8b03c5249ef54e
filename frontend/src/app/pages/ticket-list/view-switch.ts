import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideColumns3, lucideRows3 } from '@ng-icons/lucide';

/** Switches between list and board. */
@Component({
  selector: 'app-view-switch',
  imports: [NgIcon, RouterLink, RouterLinkActive, TranslocoPipe],
  template: `
    <nav
      class="flex rounded-md border border-line-strong p-0.5"
      [attr.aria-label]="'board.switch' | transloco"
    >
      @for (view of views; track view.path) {
        <a
          [routerLink]="view.path"
          [queryParams]="{ page: null, cursor: null }"
          queryParamsHandling="merge"
          routerLinkActive="bg-hover text-ink"
          [routerLinkActiveOptions]="{
            paths: 'exact',
            queryParams: 'ignored',
            matrixParams: 'ignored',
            fragment: 'ignored',
          }"
          ariaCurrentWhenActive="page"
          class="inline-flex size-6.5 items-center justify-center rounded-sm text-ink-soft hover:text-ink"
          [attr.aria-label]="view.label | transloco"
          [title]="view.label | transloco"
        >
          <ng-icon [svg]="view.icon" size="14" aria-hidden="true" />
        </a>
      }
    </nav>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ViewSwitchComponent {
  protected readonly views = [
    { path: '/tickets', label: 'board.as_list', icon: lucideRows3 },
    { path: '/tickets/board', label: 'board.as_board', icon: lucideColumns3 },
  ];
}
