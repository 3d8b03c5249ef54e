import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon, provideIcons } from '@ng-icons/core';
import { lucideLink, lucideMessagesSquare, lucideUnlink, lucideUser } from '@ng-icons/lucide';

import type { Ticket, TicketRow } from '../../../api/schema';
import type { Loadable } from '../../../services/core/loadable';
import { LoadedComponent } from '../../ui/loaded';
import { ButtonComponent } from '../../ui/button';
import { ComboboxDirective, OptionDirective, OptionsDirective } from '../../ui/combobox';
import { ErrorStateComponent } from '../../ui/error-state';
import { TicketCardComponent } from '../ticket-card/ticket-card';

/** A related ticket; without a row if the agent cannot see it. */
export interface RelatedTicket {
  readonly ticketId: string;
  readonly row: TicketRow | null;
}

/** The customer, the conversation and the related tickets of a ticket. */
@Component({
  selector: 'app-ticket-related',
  imports: [
    OptionsDirective,
    LoadedComponent,
    ButtonComponent,
    ComboboxDirective,
    ErrorStateComponent,
    NgIcon,
    OptionDirective,
    ReactiveFormsModule,
    RouterLink,
    TicketCardComponent,
    TranslocoPipe,
  ],
  providers: [provideIcons({ lucideLink, lucideMessagesSquare, lucideUnlink, lucideUser })],
  templateUrl: './ticket-related.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketRelatedComponent {
  readonly ticket = input.required<Ticket>();
  readonly related = input.required<readonly RelatedTicket[]>();
  readonly sameCustomer = input.required<Loadable<readonly TicketRow[]> | null>();
  /** The results of the last search; null before the first. */
  readonly found = input.required<Loadable<readonly TicketRow[]> | null>();
  readonly searchChange = output<string>();
  readonly retry = output();
  readonly relate = output<string>();
  readonly unrelate = output<string>();

  protected readonly search = new FormControl('', { nonNullable: true });
  /** The results without the ticket itself and those already related. */
  protected readonly candidates = computed(() => {
    const taken = new Set([this.ticket().ticketId, ...this.ticket().relatedTickets]);
    return this.found()?.data?.filter(({ ticketId }) => !taken.has(ticketId)) ?? null;
  });

  protected choose(ticketId: string): void {
    this.search.setValue('');
    this.searchChange.emit('');
    this.relate.emit(ticketId);
  }
}
