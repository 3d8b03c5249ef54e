import type { TicketRow } from '../../api/schema';
import type { ListQuery } from '../core/query';

type Test = (wanted: string, ticket: TicketRow, me: string | undefined) => boolean;

const among = (list: string, value: string): boolean => list.split(',').includes(value);
const time = (iso: string): number => Date.parse(iso);

/** The list's filters but for `search`, of which the server alone can judge. */
const TESTS: Readonly<Record<string, Test>> = {
  ticketId: (wanted, ticket) => among(wanted, ticket.ticketId),
  status: (wanted, ticket) => among(wanted, ticket.status),
  priority: (wanted, ticket) => among(wanted, ticket.priority),
  category: (wanted, ticket) => among(wanted, ticket.category),
  sla: (wanted, ticket) => among(wanted, ticket.sla.state),
  tag: (wanted, ticket) => ticket.tags.includes(wanted),
  escalated: (wanted, ticket) => wanted === String(ticket.escalated),
  customerId: (wanted, ticket) => wanted === ticket.customer.customerId,
  conversationId: (wanted, ticket) => wanted === ticket.conversationId,
  createdFrom: (wanted, ticket) => time(ticket.createdAt) >= time(wanted),
  createdTo: (wanted, ticket) => time(ticket.createdAt) <= time(wanted),
  updatedSince: (wanted, ticket) => time(ticket.updatedAt) >= time(wanted),
  assignedTo: (wanted, { assignedTo }, me) => {
    if (wanted === 'unassigned') return assignedTo === null;
    return assignedTo?.agentId === (wanted === 'me' ? me : wanted);
  },
};

/** Whether a ticket belongs to a list, as far as that can be told from its row. */
export function matches(query: ListQuery, ticket: TicketRow, me: string | undefined): boolean {
  return Object.entries(query).every(([name, wanted]) => {
    if (wanted === undefined || wanted === '') return true;
    return TESTS[name]?.(String(wanted), ticket, me) ?? true;
  });
}
