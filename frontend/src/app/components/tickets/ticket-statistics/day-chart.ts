import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { DayCount } from '../../../api/schema';
import { type Language, localeOf } from '../../../services/core/language';
import { PanelComponent } from '../../ui/panel';
import { LocalNumberPipe } from '../../ui/local';

/** Tickets opened and resolved per day: bars, and a table for screen readers. */
@Component({
  selector: 'app-day-chart',
  imports: [LocalNumberPipe, PanelComponent, TranslocoPipe],
  template: `
    <app-panel [heading]="'chart.heading' | transloco" class="flex h-full flex-col">
      <div class="flex flex-1 flex-col px-4 pt-1 pb-3" aria-hidden="true">
        <p class="flex flex-wrap gap-x-3 text-xs text-ink-soft">
          <span class="inline-flex items-center gap-1.5">
            <span class="size-2 rounded-xs bg-accent"></span>{{ 'chart.created' | transloco }}
          </span>
          <span class="inline-flex items-center gap-1.5">
            <span class="size-2 rounded-xs bg-ink-faint"></span>{{ 'chart.resolved' | transloco }}
          </span>
          <span class="ml-auto whitespace-nowrap text-ink-faint figures">
            {{ 'chart.most' | transloco: { count: most() } }}
          </span>
        </p>
        <div class="mt-3 flex min-h-32 flex-1 items-stretch gap-1">
          @for (day of days(); track day.date) {
            <div
              class="flex flex-1 flex-col rounded-sm hover:bg-hover"
              [title]="
                day.name +
                ' · ' +
                ('chart.created' | transloco) +
                ': ' +
                day.created +
                ' · ' +
                ('chart.resolved' | transloco) +
                ': ' +
                day.resolved
              "
            >
              <div class="flex flex-1 items-end justify-center gap-px border-b border-line">
                <div
                  class="w-full max-w-2 rounded-t-xs bg-accent"
                  [style.height.%]="(100 * day.created) / most()"
                ></div>
                <div
                  class="w-full max-w-2 rounded-t-xs bg-ink-faint"
                  [style.height.%]="(100 * day.resolved) / most()"
                ></div>
              </div>
              <span class="h-4 pt-0.5 text-center text-[0.6875rem] text-ink-faint figures">
                {{ $odd ? day.number : '' }}
              </span>
            </div>
          }
        </div>
      </div>
      <table class="sr-only">
        <caption>
          {{
            'chart.heading' | transloco
          }}
        </caption>
        <thead>
          <tr>
            <th scope="col">{{ 'chart.day' | transloco }}</th>
            <th scope="col">{{ 'chart.created' | transloco }}</th>
            <th scope="col">{{ 'chart.resolved' | transloco }}</th>
          </tr>
        </thead>
        <tbody>
          @for (day of days(); track day.date) {
            <tr>
              <th scope="row">{{ day.name }}</th>
              <td>{{ day.created | localNumber }}</td>
              <td>{{ day.resolved | localNumber }}</td>
            </tr>
          }
        </tbody>
      </table>
    </app-panel>
  `,
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DayChartComponent {
  /** The last days in the agent's time zone. */
  readonly perDay = input.required<readonly DayCount[]>();
  readonly language = input.required<Language>();

  protected readonly days = computed(() => {
    // Dates are parsed as midnight UTC, so they are formatted in UTC.
    const name = new Intl.DateTimeFormat(localeOf(this.language()), {
      dateStyle: 'medium',
      timeZone: 'UTC',
    });
    return this.perDay().map((day) => ({
      ...day,
      name: name.format(new Date(day.date)),
      number: new Date(day.date).getUTCDate(),
    }));
  });
  protected readonly most = computed(() =>
    Math.max(1, ...this.perDay().flatMap(({ created, resolved }) => [created, resolved])),
  );
}
