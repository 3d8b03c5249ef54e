import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon, provideIcons } from '@ng-icons/core';
import {
  lucideChevronLeft,
  lucideCircleCheck,
  lucideFlag,
  lucideFlagOff,
  lucideMessagesSquare,
  lucideUser,
} from '@ng-icons/lucide';

import type { Agent, AgentRef, Ticket, TicketRow } from '../../../api/schema';
import type { Priority, Status } from '../../../api/types';
import { LEGAL_MOVES } from '../../../services/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { StatusMenuComponent } from '../status-menu/status-menu';
import { TicketListComponent } from '../ticket-list/ticket-list';
import type { NewNote } from '../ticket-notes/note-composer';
import { TicketNotesComponent } from '../ticket-notes/ticket-notes';
import { TicketPropertiesComponent } from '../ticket-properties/ticket-properties';

export const TABS = ['overview', 'notes', 'related'] as const;
export type Tab = (typeof TABS)[number];

/** One ticket: what it is, what has been done about it, and what belongs to it. */
@Component({
  selector: 'app-ticket-detail',
  imports: [
    ButtonComponent,
    NgIcon,
    RouterLink,
    StatusMenuComponent,
    TicketListComponent,
    TicketNotesComponent,
    TicketPropertiesComponent,
    TranslocoPipe,
  ],
  providers: [
    provideIcons({
      lucideChevronLeft,
      lucideCircleCheck,
      lucideFlag,
      lucideFlagOff,
      lucideMessagesSquare,
      lucideUser,
    }),
  ],
  templateUrl: './ticket-detail.html',
  host: { class: 'flex min-h-full flex-col' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketDetailComponent {
  readonly ticket = input.required<Ticket>();
  readonly tab = input.required<Tab>();
  readonly me = input.required<Agent>();
  readonly agents = input.required<readonly Agent[]>();
  /** Other tickets of the same customer. */
  readonly related = input.required<readonly TicketRow[]>();
  readonly draft = input.required<NewNote>();
  readonly savingNote = input(false);

  readonly statusChange = output<Status>();
  readonly priorityChange = output<Priority>();
  readonly assign = output<AgentRef | null>();
  readonly resolve = output();
  readonly escalate = output();
  readonly lowerEscalation = output();
  readonly draftChange = output<NewNote>();
  readonly noteAdded = output<NewNote>();

  protected readonly tabs = TABS;
  protected readonly canResolve = computed(() =>
    LEGAL_MOVES[this.ticket().status].includes('resolved'),
  );

  /** Resolving asks how; every other move is made at once. */
  protected move(status: Status): void {
    if (status === 'resolved') this.resolve.emit();
    else this.statusChange.emit(status);
  }
}
