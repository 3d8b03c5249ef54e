import {
  booleanAttribute,
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Sla } from '../../../api/schema';
import type { SlaState } from '../../../api/types';
import { TimeComponent } from '../../ui/time';

const TONES: Readonly<Record<SlaState, string>> = {
  on_track: 'text-ink-soft',
  at_risk: 'text-orange',
  breached: 'text-red font-medium',
  paused: 'text-ink-faint',
  met: 'text-green',
  missed: 'text-red',
};

/** The next target of the ticket and how near it is; once resolved, how that went. */
@Component({
  selector: 'app-ticket-sla',
  imports: [TimeComponent, TranslocoPipe],
  template: `
    @if (running()) {
      @if (sla().state !== 'on_track') {
        <span class="sr-only">{{ 'sla.' + sla().state | transloco }}:</span>
      }
      @if (awaitsResponse()) {
        <span [title]="'ticket.first_response' | transloco">
          {{ 'sla.response' | transloco }} <app-time [value]="sla().firstResponseDueAt" countdown />
        </span>
      } @else {
        <app-time [value]="sla().resolutionDueAt" countdown />
      }
    } @else {
      {{ 'sla.' + sla().state | transloco }}
    }
  `,
  host: { '[class]': 'tone()', '[attr.data-sla]': 'sla().state' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketSlaComponent {
  readonly sla = input.required<Sla>();
  /** Where the first response is told elsewhere. */
  readonly resolutionOnly = input(false, { transform: booleanAttribute });

  protected readonly tone = computed(() => 'whitespace-nowrap ' + TONES[this.sla().state]);
  protected readonly running = computed(() =>
    ['on_track', 'at_risk', 'breached'].includes(this.sla().state),
  );
  /** The first response comes first, unless the resolution is due before it. */
  protected readonly awaitsResponse = computed(() => {
    const { firstRespondedAt, firstResponseDueAt, resolutionDueAt } = this.sla();
    if (firstRespondedAt || this.resolutionOnly()) return false;
    return Date.parse(firstResponseDueAt) < Date.parse(resolutionDueAt);
  });
}
