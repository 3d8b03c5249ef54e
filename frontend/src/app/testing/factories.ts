import type {
  Agent,
  Conversation,
  Message,
  Note,
  Ticket,
  TicketEvent,
  TicketList,
  TicketRow,
} from '../api/schema';

export const ANA: Agent = {
  agentId: 'agent-ana',
  name: 'Ana Torres',
  email: 'ana@example.test',
  role: 'agent',
  active: true,
};

export function aRow(overrides: Partial<TicketRow> = {}): TicketRow {
  return {
    ticketId: 'TICKET-2026-000001',
    version: 1,
    subject: 'No puedo entrar',
    category: 'account',
    subcategory: null,
    priority: 'medium',
    status: 'new',
    escalated: false,
    escalation: null,
    customer: { customerId: 'customer-1', name: 'Lucía Ferrer', phone: '+34612345678' },
    conversationId: null,
    assignedTo: null,
    tags: [],
    location: null,
    source: 'assistant',
    sla: {
      firstResponseDueAt: '2026-11-20T14:00:00Z',
      resolutionDueAt: '2026-11-23T10:00:00Z',
      firstRespondedAt: null,
      resolvedAt: null,
      pausedAt: null,
      state: 'on_track',
    },
    resolution: null,
    feedback: null,
    relatedTickets: [],
    createdAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:00:00Z',
    closedAt: null,
    ...overrides,
  };
}

export function aTicket(overrides: Partial<Ticket> = {}): Ticket {
  return {
    ...aRow(),
    description: 'Desde ayer.',
    attachments: [],
    notes: [],
    statusHistory: [
      {
        from: null,
        to: 'new',
        changedBy: { type: 'assistant', id: 'assistant', name: 'Asistente' },
        changedAt: '2026-11-20T10:00:00Z',
        reason: null,
      },
    ],
    ...overrides,
  };
}

export function aNote(overrides: Partial<Note> = {}): Note {
  return {
    noteId: 'note-1',
    content: 'He llamado al cliente.',
    isInternal: true,
    author: { type: 'agent', id: ANA.agentId, name: ANA.name },
    createdAt: '2026-11-20T11:00:00Z',
    ...overrides,
  };
}

export function aConversation(overrides: Partial<Conversation> = {}): Conversation {
  return {
    conversationId: 'conversation-1',
    customer: { customerId: 'customer-1', name: 'Lucía Ferrer', phone: '+34612345678' },
    channel: 'web',
    mode: 'human',
    flagged: null,
    lastMessageAt: '2026-11-20T10:00:00.000Z',
    lastMessage: { text: 'Hola', mediaType: null, authorType: 'customer' },
    unanswered: true,
    createdAt: '2026-11-20T10:00:00.000Z',
    ...overrides,
  };
}

export function aMessage(overrides: Partial<Message> = {}): Message {
  return {
    messageId: 'message-1',
    conversationId: 'conversation-1',
    author: { type: 'customer', id: 'customer-1', name: 'Lucía Ferrer' },
    text: 'Hola',
    media: null,
    toolCalls: [],
    delivery: null,
    createdAt: '2026-11-20T10:00:00Z',
    ...overrides,
  };
}

export function pageOf(...rows: TicketRow[]): TicketList {
  return {
    data: rows,
    pagination: {
      page: 1,
      limit: 20,
      total: rows.length,
      totalIsExact: true,
      pages: 1,
      nextCursor: null,
    },
  };
}

/** Returns the event that is sent when somebody else has changed the ticket. */
export function eventOf(ticket: TicketRow, more: Partial<TicketEvent> = {}): TicketEvent {
  return {
    ticketId: ticket.ticketId,
    version: ticket.version,
    ticket,
    changes: {},
    actor: { type: 'agent', id: 'other', name: 'Luis' },
    at: ticket.updatedAt,
    ...more,
  };
}
