import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import {
  lucideCircle,
  lucideCircleCheck,
  lucideCircleDashed,
  lucideCircleDot,
  lucideCirclePause,
  lucideCircleSlash,
  lucideHourglass,
  lucideRotateCcw,
} from '@ng-icons/lucide';

import type { Status } from '../../../api/types';
import { BadgeComponent, type Tone } from '../../ui/badge';

const LOOKS: Readonly<Record<Status, { tone: Tone; icon: string }>> = {
  new: { tone: 'accent', icon: lucideCircleDashed },
  open: { tone: 'blue', icon: lucideCircle },
  in_progress: { tone: 'amber', icon: lucideCircleDot },
  pending_customer: { tone: 'purple', icon: lucideHourglass },
  waiting_internal: { tone: 'orange', icon: lucideCirclePause },
  resolved: { tone: 'green', icon: lucideCircleCheck },
  closed: { tone: 'gray', icon: lucideCircleSlash },
  reopened: { tone: 'red', icon: lucideRotateCcw },
};

@Component({
  selector: 'app-ticket-status-badge',
  imports: [BadgeComponent, NgIcon, TranslocoPipe],
  template: `
    <app-badge [tone]="look().tone" [attr.data-status]="status()">
      <ng-icon [svg]="look().icon" size="12" aria-hidden="true" />
      {{ 'status.' + status() | transloco }}
    </app-badge>
  `,
  host: { class: 'inline-flex align-middle' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketStatusBadgeComponent {
  readonly status = input.required<Status>();

  protected readonly look = computed(() => LOOKS[this.status()]);
}
