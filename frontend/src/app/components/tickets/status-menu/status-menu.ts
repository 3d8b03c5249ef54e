import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  output,
  viewChild,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';

import type { Status } from '../../../api/types';
import { ALLOWED_TRANSITIONS } from '../../../services/tickets/ticket-rules';
import {
  MenuComponent,
  MenuHeadingDirective,
  MenuItemComponent,
  MenuTriggerDirective,
} from '../../ui/menu';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

/** The status, and a menu of the allowed transitions. */
@Component({
  selector: 'app-status-menu',
  imports: [
    MenuComponent,
    MenuHeadingDirective,
    MenuItemComponent,
    MenuTriggerDirective,
    NgIcon,
    TicketStatusBadgeComponent,
    TranslocoPipe,
  ],
  template: `
    <button
      type="button"
      class="-mx-1 inline-flex items-center gap-1 rounded-full p-1 transition-colors hover:bg-hover"
      [appMenuTrigger]="menu"
      [attr.aria-label]="
        ('ticket.change_status' | transloco) + ': ' + ('status.' + status() | transloco)
      "
    >
      <app-ticket-status-badge [status]="status()" />
      <ng-icon [svg]="chevron" size="12" class="text-ink-faint" aria-hidden="true" />
    </button>
    <ng-template #menu>
      <app-menu>
        <p appMenuHeading>{{ 'ticket.change_status_to' | transloco }}</p>
        @for (move of moves(); track move) {
          <button appMenuItem (chosen)="statusChange.emit(move)">
            <app-ticket-status-badge [status]="move" />
          </button>
        }
      </app-menu>
    </ng-template>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StatusMenuComponent {
  readonly status = input.required<Status>();
  readonly statusChange = output<Status>();

  private readonly trigger = viewChild.required(MenuTriggerDirective);
  protected readonly moves = computed(() => ALLOWED_TRANSITIONS[this.status()]);
  protected readonly chevron = lucideChevronDown;

  open(): void {
    this.trigger().open();
  }
}
