import { AsyncPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideCircleDot, lucideFlag, lucideTag, lucideUserRound, lucideX } from '@ng-icons/lucide';
import { BehaviorSubject } from 'rxjs';

import type { Agent, TicketRow } from '../../../api/schema';
import type { Status } from '../../../api/types';
import type { ManyChange } from '../../../services/tickets/ticket-writer';
import { ALLOWED_TRANSITIONS, PRIORITIES } from '../../../services/tickets/ticket-rules';
import { AvatarComponent } from '../../ui/avatar';
import { ButtonComponent } from '../../ui/button';
import {
  MenuComponent,
  MenuHeadingDirective,
  MenuItemComponent,
  MenuTriggerDirective,
} from '../../ui/menu';
import { BulkTagsComponent } from '../bulk-tags/bulk-tags';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

export type BulkAction = 'assign' | 'status' | 'priority';

/** The actions on the selected tickets. */
@Component({
  selector: 'app-bulk-actions',
  imports: [
    AsyncPipe,
    AvatarComponent,
    BulkTagsComponent,
    ButtonComponent,
    MenuComponent,
    MenuHeadingDirective,
    MenuItemComponent,
    MenuTriggerDirective,
    NgIcon,
    TicketPriorityComponent,
    TicketStatusBadgeComponent,
    TranslocoPipe,
  ],
  templateUrl: './bulk-actions.html',
  host: { class: 'block max-w-full' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BulkActionsComponent {
  readonly tickets = input.required<readonly TicketRow[]>();
  readonly agents = input.required<readonly Agent[]>();
  readonly me = input.required<Agent>();
  readonly changed = output<ManyChange>();
  readonly cleared = output();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected readonly all = PRIORITIES;
  protected readonly tagging$ = new BehaviorSubject(false);
  /**
   * The statuses that at least one of the tickets can change to. The others are refused one by one.
   */
  protected readonly moves = computed(() => {
    const moves = new Set<Status>(
      this.tickets().flatMap(({ status }) => ALLOWED_TRANSITIONS[status]),
    );
    return (Object.keys(ALLOWED_TRANSITIONS) as Status[]).filter((status) => moves.has(status));
  });
  protected readonly icons = {
    assign: lucideUserRound,
    status: lucideCircleDot,
    priority: lucideFlag,
    tags: lucideTag,
    clear: lucideX,
  };

  /** Opens an action's menu. */
  open(action: BulkAction): void {
    this.element.querySelector<HTMLElement>(`[data-action=${action}]`)?.click();
  }
}
