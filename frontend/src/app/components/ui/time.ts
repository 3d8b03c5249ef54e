import { AsyncPipe } from '@angular/common';
import { booleanAttribute, ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { ClockService } from '../../services/core/clock';
import { type Language, LanguageService } from '../../services/core/language';
import { exactTime, relativeTime, timeLeft } from './time-format';

/** How long ago, or in how long; the exact time, in the agent's zone, on hover. */
@Component({
  selector: 'app-time',
  imports: [AsyncPipe],
  template: `
    @let now = now$ | async;
    @let language = language$ | async;
    @if (now && language) {
      <time [attr.datetime]="value()" [title]="exact(value(), language)">{{
        shown(value(), now, language)
      }}</time>
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

  protected readonly now$ = inject(ClockService).now$;
  protected readonly language$ = inject(LanguageService).language$;
  protected readonly exact = exactTime;

  protected shown(value: string, now: number, language: Language): string {
    return (this.countdown() ? timeLeft : relativeTime)(value, now, language);
  }
}
