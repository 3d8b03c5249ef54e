import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  output,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon, provideIcons } from '@ng-icons/core';
import {
  lucideChevronDown,
  lucideChevronLeft,
  lucideChevronUp,
  lucideCircleCheck,
  lucideFlag,
  lucideFlagOff,
  lucideRotateCcw,
} from '@ng-icons/lucide';

import type { Ticket, TicketViewer } from '../../../api/schema';
import type { Status } from '../../../api/types';
import type { Neighbours } from '../../../services/tickets/list-position';
import type { DecisionKind } from '../../../services/tickets/ticket-actions';
import type { FieldEdit, FieldText, TicketEdits } from '../../../services/tickets/ticket-edits';
import type { EditedField } from '../../../services/tickets/ticket-fields';
import { ALLOWED_TRANSITIONS } from '../../../services/tickets/ticket-rules';
import { TabsDirective, TabDirective } from '../../ui/tabs';
import { BackDirective } from '../../ui/back';
import { ButtonComponent } from '../../ui/button';
import { LocalNumberPipe } from '../../ui/local';
import { StatusMenuComponent } from '../status-menu/status-menu';
import { TicketViewersComponent } from '../ticket-viewers/ticket-viewers';
import { TicketFieldComponent } from '../ticket-field/ticket-field';

export const TABS = ['overview', 'notes', 'related'] as const;
export type Tab = (typeof TABS)[number];

/** The frame of a ticket: heading and tabs. The tab's content and the properties are projected. */
@Component({
  selector: 'app-ticket-detail',
  imports: [
    LocalNumberPipe,
    TabDirective,
    TabsDirective,
    BackDirective,
    ButtonComponent,
    TicketFieldComponent,
    NgIcon,
    RouterLink,
    StatusMenuComponent,
    TicketViewersComponent,
    TranslocoPipe,
  ],
  providers: [
    provideIcons({
      lucideChevronDown,
      lucideChevronLeft,
      lucideChevronUp,
      lucideCircleCheck,
      lucideFlag,
      lucideFlagOff,
      lucideRotateCcw,
    }),
  ],
  templateUrl: './ticket-detail.html',
  host: { class: 'flex min-h-full flex-col' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketDetailComponent {
  readonly ticket = input.required<Ticket>();
  readonly tab = input.required<Tab>();
  /** Who else has the ticket open. */
  readonly viewers = input.required<readonly TicketViewer[]>();
  /** The tickets before and after it in the list it was opened from. */
  readonly neighbours = input.required<Neighbours | null>();
  readonly edits = input.required<TicketEdits>();
  readonly saving = input.required<EditedField | null>();

  readonly turnTo = output<string | null>();
  readonly statusChange = output<Status>();
  readonly decide = output<DecisionKind>();
  readonly deescalate = output();
  readonly editChange = output<FieldEdit>();
  readonly edited = output<FieldText>();

  private readonly statusMenu = viewChild.required(StatusMenuComponent);
  protected readonly tabs = TABS;
  protected readonly counts = computed<Record<Tab, number>>(() => ({
    overview: 0,
    notes: this.ticket().notes.length,
    related: this.ticket().relatedTickets.length,
  }));

  openStatusMenu(): void {
    this.statusMenu().open();
  }

  /** Opens the decision if its button is shown. */
  askFor(kind: DecisionKind): void {
    const offered = kind === 'resolve' ? this.can('resolved') : !this.ticket().escalated;
    if (offered) this.decide.emit(kind);
  }

  protected can(status: Status): boolean {
    return ALLOWED_TRANSITIONS[this.ticket().status].includes(status);
  }

  /** Asks how before resolving; every other transition is made at once. */
  protected move(status: Status): void {
    if (status === 'resolved') this.decide.emit('resolve');
    else this.statusChange.emit(status);
  }
}
