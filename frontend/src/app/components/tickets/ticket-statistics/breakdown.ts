import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { type Params, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';

import { PanelComponent } from '../../ui/panel';
import { LocalNumberPipe } from '../../ui/local';

export interface Share {
  /** Translation key. */
  readonly label: string;
  readonly count: number;
  /** The query of the list that it counts. */
  readonly query: Params;
}

/** Counts side by side, each linked to its tickets. */
@Component({
  selector: 'app-breakdown',
  imports: [LocalNumberPipe, PanelComponent, RouterLink, TranslocoPipe],
  template: `
    <app-panel [heading]="heading()" class="h-full">
      <ul class="px-2 pb-2">
        @for (share of shares(); track share.label) {
          <li>
            <a
              routerLink="/tickets"
              [queryParams]="share.query"
              class="grid h-8 grid-cols-[7.5rem_minmax(0,1fr)_2rem] items-center gap-2 rounded-md px-2 transition-colors hover:bg-hover"
            >
              <span class="truncate">{{ share.label | transloco }}</span>
              <span class="h-1.5 rounded-full bg-hover" aria-hidden="true">
                <span
                  class="block h-full rounded-full bg-accent"
                  [style.width.%]="(100 * share.count) / most()"
                ></span>
              </span>
              <span class="text-right figures">{{ share.count | localNumber }}</span>
            </a>
          </li>
        }
      </ul>
    </app-panel>
  `,
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BreakdownComponent {
  readonly heading = input.required<string>();
  readonly shares = input.required<readonly Share[]>();

  protected readonly most = computed(() => Math.max(1, ...this.shares().map(({ count }) => count)));
}
