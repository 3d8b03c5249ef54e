import {
  CdkDrag,
  type CdkDragDrop,
  CdkDragPlaceholder,
  CdkDropList,
  CdkDropListGroup,
} from '@angular/cdk/drag-drop';
import { AsyncPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  Injector,
  input,
  output,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideEllipsis, lucideFlag } from '@ng-icons/lucide';
import { BehaviorSubject } from 'rxjs';

import type { TicketRow } from '../../../api/schema';
import type { Status } from '../../../api/types';
import { ALLOWED_TRANSITIONS } from '../../../services/tickets/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { AvatarComponent } from '../../ui/avatar';
import {
  MenuComponent,
  MenuHeadingDirective,
  MenuItemComponent,
  MenuTriggerDirective,
} from '../../ui/menu';
import { LocalNumberPipe } from '../../ui/local';
import { TicketPriorityComponent } from '../ticket-priority/ticket-priority';
import { TicketSlaComponent } from '../ticket-sla/ticket-sla';
import { TicketStatusBadgeComponent } from '../ticket-status-badge/ticket-status-badge';

export interface BoardColumn {
  readonly status: Status;
  readonly tickets: readonly TicketRow[];
  readonly total: number;
}

export interface BoardMove {
  readonly ticket: TicketRow;
  readonly status: Status;
}

/** Tickets in a column for each status. A column accepts only allowed transitions. */
@Component({
  selector: 'app-ticket-board',
  imports: [
    ButtonComponent,
    LocalNumberPipe,
    AsyncPipe,
    AvatarComponent,
    CdkDrag,
    CdkDragPlaceholder,
    CdkDropList,
    CdkDropListGroup,
    MenuComponent,
    MenuHeadingDirective,
    MenuItemComponent,
    MenuTriggerDirective,
    NgIcon,
    RouterLink,
    TicketPriorityComponent,
    TicketSlaComponent,
    TicketStatusBadgeComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-board.html',
  host: { class: 'block overflow-x-auto' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketBoardComponent {
  readonly columns = input.required<readonly BoardColumn[]>();
  readonly moved = output<BoardMove>();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly injector = inject(Injector);
  protected readonly more = lucideEllipsis;
  protected readonly flag = lucideFlag;
  protected readonly dragged$ = new BehaviorSubject<TicketRow | null>(null);

  protected readonly accepts = (
    { data }: CdkDrag<TicketRow>,
    { data: status }: CdkDropList<Status>,
  ): boolean => this.mayMove(data, status);

  protected movesOf(ticket: TicketRow): readonly Status[] {
    return ALLOWED_TRANSITIONS[ticket.status];
  }

  protected canMove(ticket: TicketRow, status: Status): boolean {
    return ALLOWED_TRANSITIONS[ticket.status].includes(status);
  }

  /** Returns whether a ticket can be dropped in a column; its own column counts. */
  protected mayMove(ticket: TicketRow, status: Status): boolean {
    return ticket.status === status || this.canMove(ticket, status);
  }

  /** Moves the focus with the ticket. */
  protected move(ticket: TicketRow, status: Status): void {
    this.moved.emit({ ticket, status });
    const button = `[data-ticket="${ticket.ticketId}"] button`;
    const focus = (): void => this.element.querySelector<HTMLElement>(button)?.focus();
    afterNextRender(focus, { injector: this.injector });
  }

  protected drop({
    item,
    container,
    previousContainer,
    isPointerOverContainer,
  }: CdkDragDrop<Status, Status, TicketRow>): void {
    // Dropped on a column that refuses it, a ticket would go to the last one that it passed.
    if (container !== previousContainer && isPointerOverContainer) {
      this.moved.emit({ ticket: item.data, status: container.data });
    }
  }
}
