import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideCircleAlert, lucideWrench } from '@ng-icons/lucide';

import type { ToolCall } from '../../../api/schema';

interface Deed {
  readonly key: string;
  readonly failed: boolean;
  readonly ticketId: string | null;
}

const KNOWN = [
  'add_ticket_comment',
  'create_ticket_report',
  'get_ticket_information',
  'reopen_ticket',
  'request_human',
  'submit_ticket_feedback',
];

/** What the assistant did on the way to its answer, in words. */
@Component({
  selector: 'app-tool-calls',
  imports: [NgIcon, RouterLink, TranslocoPipe],
  template: `
    <ul class="space-y-0.5 text-xs text-ink-soft">
      @for (deed of deeds(); track $index) {
        <li class="flex items-center gap-1.5">
          <ng-icon
            [svg]="deed.failed ? alert : wrench"
            size="12"
            [class.text-red]="deed.failed"
            aria-hidden="true"
          />
          {{ deed.key | transloco }}
          @if (deed.ticketId; as ticketId) {
            <a
              [routerLink]="['/tickets', ticketId]"
              class="text-accent-ink figures underline underline-offset-2"
              >{{ ticketId }}</a
            >
          }
        </li>
      }
    </ul>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ToolCallsComponent {
  readonly calls = input.required<readonly ToolCall[]>();

  protected readonly wrench = lucideWrench;
  protected readonly alert = lucideCircleAlert;
  protected readonly deeds = computed(() => this.calls().map(deedOf));
}

function deedOf({ name, result }: ToolCall): Deed {
  const failed = result['success'] !== true;
  const ticketId = result['ticketId'];
  const known = KNOWN.includes(name) ? name : 'other';
  return {
    key: `tool.${known}${failed ? '_failed' : ''}`,
    failed,
    ticketId: typeof ticketId === 'string' ? ticketId : null,
  };
}
