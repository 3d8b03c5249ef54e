import type { ToolCall } from '../../../api/schema';

/** A tool call in readable form; `key`, `label` and `term` are translation keys. */
export interface ToolCallSummary {
  readonly key: string;
  readonly failed: boolean;
  readonly tickets: readonly string[];
  readonly arguments: readonly Argument[];
  /** The tool's message to the assistant, in the customer's language; may be empty. */
  readonly said: string;
  readonly outcome: string;
}

interface Argument {
  readonly name: string;
  readonly label: string | null;
  readonly value: string;
  readonly term: string | null;
}

const TOOLS = [
  'add_ticket_comment',
  'create_ticket_report',
  'get_ticket_information',
  'reopen_ticket',
  'request_human',
  'submit_ticket_feedback',
];

const LABELS: Readonly<Record<string, string>> = {
  category: 'ticket.category',
  comment: 'tool.comment',
  description: 'ticket.description',
  location: 'ticket.location',
  lookup_recent: 'tool.lookup_recent',
  priority: 'ticket.priority',
  rating: 'tool.rating',
  reason: 'tool.reason',
  subject: 'ticket.subject',
  ticket_id: 'ticket.id',
};

/** The known values. The model chose the arguments, so an unknown value is shown as it is. */
const TERMS: Readonly<Record<string, readonly string[]>> = {
  category: [
    'account',
    'billing',
    'complaint',
    'feature_request',
    'general_inquiry',
    'other',
    'technical_support',
  ],
  priority: ['low', 'medium', 'high', 'urgent'],
};

export function summaryOf({ name, arguments: given, result }: ToolCall): ToolCallSummary {
  const failed = result['success'] !== true;
  const known = TOOLS.includes(name) ? name : 'other';
  return {
    key: `tool.${known}${failed ? '_failed' : ''}`,
    failed,
    tickets: ticketsOf(result),
    arguments: Object.entries(given).flatMap(([argument, value]) => argumentOf(argument, value)),
    said: textOf(result['message'] ?? result['error']),
    outcome: failed ? 'tool.not_done' : 'tool.found',
  };
}

function ticketsOf(result: ToolCall['result']): readonly string[] {
  const { ticketId, tickets } = result as { ticketId?: unknown; tickets?: unknown };
  const listed = Array.isArray(tickets) ? (tickets as { ticketId?: unknown }[]) : [];
  return [ticketId, ...listed.map((ticket) => ticket.ticketId)].filter(
    (id) => typeof id === 'string',
  );
}

function argumentOf(name: string, value: unknown): readonly Argument[] {
  const text = textOf(value);
  if (!text || value === false) return [];
  const term = value === true ? 'tool.yes' : null;
  const isTerm = TERMS[name]?.includes(text);
  return [
    { name, label: LABELS[name] ?? null, value: text, term: isTerm ? `${name}.${text}` : term },
  ];
}

function textOf(value: unknown): string {
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value);
}
