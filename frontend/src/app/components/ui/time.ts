import { AsyncPipe } from '@angular/common';
import { booleanAttribute, ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { combineLatest, map } from 'rxjs';

import { ClockService } from '../../services/clock';
import { LanguageService } from '../../services/language';
import { exactTime, relativeTime, timeLeft } from './time-format';

/** How long ago, or in how long; the exact time, in the agent's zone, on hover. */
@Component({
  selector: 'app-time',
  imports: [AsyncPipe],
  template: `
    @if (view$ | async; as view) {
      <time [attr.datetime]="value()" [title]="view.exact">{{ view.shown }}</time>
    }
  `,
  host: { class: 'whitespace-nowrap figures' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TimeComponent {
  /** ISO 8601. */
  readonly value = input.required<string>();
  /** Counts down to a deadline, and on beyond it. */
  readonly countdown = input(false, { transform: booleanAttribute });

  protected readonly view$ = combineLatest([
    toObservable(this.value),
    toObservable(this.countdown),
    inject(ClockService).now$,
    inject(LanguageService).language$,
  ]).pipe(
    map(([value, countdown, now, language]) => ({
      shown: (countdown ? timeLeft : relativeTime)(value, now, language),
      exact: exactTime(value, language),
    })),
  );
}
