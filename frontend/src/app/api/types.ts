// Short names for parts of the generated types.
import type {
  AssistantTyping,
  Conversation,
  ConversationEvent,
  ConversationTyping,
  MessageEvent,
  Sla,
  Ticket,
  TicketEvent,
  TicketRow,
  TicketSightLost,
  TicketViewersEvent,
} from './schema';

export type Status = TicketRow['status'];
export type Priority = TicketRow['priority'];
export type Category = TicketRow['category'];
export type SlaState = Sla['state'];
export type ConversationMode = Conversation['mode'];

/** A ticket as far as it is known: a list row, or whole once its page has been opened. */
export type KnownTicket = TicketRow | Ticket;

/** The payload of a `ticket_*` event: the ticket, or only that the agent can no longer see it. */
export type AnyTicketEvent = TicketEvent | TicketSightLost;

/** A message after a change of its delivery state. */
export type MessageUpdate = Pick<MessageEvent, 'conversationId' | 'message'>;

export const TICKET_EVENTS = [
  'ticket_created',
  'ticket_updated',
  'ticket_assigned',
  'ticket_status_changed',
  'ticket_resolved',
  'ticket_note_added',
  'ticket_escalated',
] as const;

/** The payloads of the server's events, by the name of the event. */
export interface ServerEvents extends Record<(typeof TICKET_EVENTS)[number], AnyTicketEvent> {
  ticket_viewers: TicketViewersEvent;
  message_created: MessageEvent;
  message_updated: MessageUpdate;
  conversation_updated: ConversationEvent;
  conversation_typing: ConversationTyping;
  assistant_typing: AssistantTyping;
}

/** The payloads of the client's events, by the name of the event. */
export interface ClientEvents {
  authenticate: { token: string };
  note_typing: { ticketId: string; typing: boolean };
  leave_ticket: { ticketId: string };
  conversation_typing: { conversationId: string };
}
