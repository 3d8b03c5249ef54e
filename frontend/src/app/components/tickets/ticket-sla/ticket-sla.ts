import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Sla } from '../../../api/schema';
import type { SlaState } from '../../../api/types';
import { ClockService } from '../../../services/core/clock';
import { TimeComponent } from '../../ui/time';

type Target = 'response' | 'resolution';

const TONES: Readonly<Record<SlaState, string>> = {
  on_track: 'text-ink-soft',
  at_risk: 'text-orange',
  breached: 'text-red font-medium',
  paused: 'text-ink-faint',
  met: 'text-green',
  missed: 'text-red',
};
const RUNNING: readonly SlaState[] = ['on_track', 'at_risk', 'breached'];

/** An SLA target and the time left; after the resolution, whether it was met. */
@Component({
  selector: 'app-ticket-sla',
  imports: [AsyncPipe, TimeComponent, TranslocoPipe],
  template: `
    @if (now$ | async; as now) {
      @let state = stateAt(now);
      <span [class]="tones[state]" [attr.data-sla]="state">
        @if (isRunning()) {
          @if (state !== 'on_track') {
            <span class="sr-only">{{ 'sla.' + state | transloco }}:</span>
          }
          @if (isResponse() && !target()) {
            <span [title]="'ticket.first_response' | transloco">
              {{ 'sla.response' | transloco }}
            </span>
          }
          <app-time [value]="due()" countdown />
        } @else {
          {{ 'sla.' + state | transloco }}
        }
      </span>
    }
  `,
  host: { class: 'whitespace-nowrap' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketSlaComponent {
  readonly sla = input.required<Sla>();
  /** Which one; null for the next one due: the first response, then the resolution. */
  readonly target = input<Target | null>(null);

  protected readonly now$ = inject(ClockService).now$;
  protected readonly tones = TONES;
  protected readonly isRunning = computed(() => RUNNING.includes(this.sla().state));
  private readonly nextDeadline = computed<Target>(() =>
    this.sla().firstRespondedAt ? 'resolution' : 'response',
  );
  protected readonly isResponse = computed(
    () => (this.target() ?? this.nextDeadline()) === 'response',
  );
  protected readonly due = computed(() =>
    this.isResponse() ? this.sla().firstResponseDueAt : this.sla().resolutionDueAt,
  );

  protected stateAt(now: number): SlaState {
    if (!this.isRunning()) return this.sla().state;
    // The state the server sends is that of the next deadline, at the time of the request.
    if (Date.parse(this.due()) <= now) return 'breached';
    return (this.target() ?? this.nextDeadline()) === this.nextDeadline()
      ? this.sla().state
      : 'on_track';
  }
}
