import { booleanAttribute, ChangeDetectionStrategy, Component, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon, provideIcons } from '@ng-icons/core';
import { lucideArrowDown, lucideArrowUp, lucideMinus } from '@ng-icons/lucide';

import type { Priority } from '../../../api/types';

/** Low is grey, medium blue, high orange and bold, urgent a pulsing red dot. */
@Component({
  selector: 'app-ticket-priority',
  imports: [NgIcon, TranslocoPipe],
  providers: [provideIcons({ lucideArrowDown, lucideArrowUp, lucideMinus })],
  template: `
    @let label = 'priority.' + priority() | transloco;
    <span class="inline-flex size-3.5 items-center justify-center" aria-hidden="true">
      @switch (priority()) {
        @case ('low') {
          <ng-icon name="lucideArrowDown" size="14" class="text-ink-faint" />
        }
        @case ('medium') {
          <ng-icon name="lucideMinus" size="14" class="text-blue" />
        }
        @case ('high') {
          <ng-icon name="lucideArrowUp" size="14" class="text-orange" />
        }
        @case ('urgent') {
          <span class="size-2 pulse-dot rounded-full bg-red"></span>
        }
      }
    </span>
    <span
      class="self-baseline"
      [class.sr-only]="iconOnly()"
      [class.text-ink-soft]="priority() === 'low'"
      [class.text-orange]="priority() === 'high'"
      [class.text-red]="priority() === 'urgent'"
      [class.font-semibold]="priority() === 'high' || priority() === 'urgent'"
    >
      {{ label }}
    </span>
  `,
  host: {
    class: 'inline-flex items-center gap-1.5 whitespace-nowrap',
    '[attr.data-priority]': 'priority()',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketPriorityComponent {
  readonly priority = input.required<Priority>();
  readonly iconOnly = input(false, { transform: booleanAttribute });
}
