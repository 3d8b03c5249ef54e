import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Conversation, Customer } from '../../../api/schema';
import type { Loadable } from '../../../services/core/loadable';
import type { TicketPage } from '../../../services/ticket';
import { TicketCardComponent } from '../../tickets/ticket-card/ticket-card';
import { LoadedComponent } from '../../ui/loaded';
import { TimeComponent } from '../../ui/time';

/** The panel beside a conversation: the customer and their tickets. */
@Component({
  selector: 'app-conversation-side',
  imports: [LoadedComponent, RouterLink, TicketCardComponent, TimeComponent, TranslocoPipe],
  templateUrl: './conversation-side.html',
  host: { class: 'block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationSideComponent {
  readonly conversation = input.required<Conversation>();
  /** Null while loading. */
  readonly customer = input.required<Customer | null>();
  readonly tickets = input.required<Loadable<TicketPage> | null>();
  readonly retry = output();

  protected readonly groups = computed(() => {
    const { conversationId } = this.conversation();
    const tickets = this.tickets()?.data?.rows;
    if (!tickets) return [];
    const ours = tickets.filter((ticket) => ticket.conversationId === conversationId);
    const others = tickets.filter((ticket) => ticket.conversationId !== conversationId);
    return [
      { heading: 'conversation.tickets', tickets: ours, empty: 'conversation.no_tickets' },
      { heading: 'conversation.other_tickets', tickets: others, empty: '' },
    ].filter((group) => group.tickets.length || group.empty);
  });
}
