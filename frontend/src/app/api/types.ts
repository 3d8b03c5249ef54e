// Short names for parts of the generated types, which stay the only source of their meaning.
import type {
  Conversation,
  MessageEvent,
  Sla,
  Ticket,
  TicketEvent,
  TicketRow,
  TicketSightLost,
} from './schema';

export type Status = TicketRow['status'];
export type Priority = TicketRow['priority'];
export type Category = TicketRow['category'];
export type SlaState = Sla['state'];
export type ConversationMode = Conversation['mode'];

/** A ticket as far as it is known: a list row, or whole once its own page has been opened. */
export type KnownTicket = TicketRow | Ticket;

/** What a `ticket_*` event carries: the ticket, or the bare fact that it is out of sight now. */
export type AnyTicketEvent = TicketEvent | TicketSightLost;

export type NewMessage = Pick<MessageEvent, 'conversationId' | 'message'>;
