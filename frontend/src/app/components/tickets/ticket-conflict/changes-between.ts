import type { Ticket } from '../../../api/schema';

export interface FieldChange {
  /** As events name it. */
  readonly field: string;
  /** Translation key of its name. */
  readonly label: string;
  /** Where the value's translation lies; empty for free text. */
  readonly prefix: string;
  readonly from: string | null;
  readonly to: string | null;
}

interface Compared {
  readonly field: string;
  readonly label?: string;
  readonly prefix?: string;
  readonly value: (ticket: Ticket) => string | null;
}

const COMPARED: readonly Compared[] = [
  { field: 'status', prefix: 'status.', value: ({ status }) => status },
  { field: 'priority', prefix: 'priority.', value: ({ priority }) => priority },
  { field: 'category', prefix: 'category.', value: ({ category }) => category },
  { field: 'subcategory', value: ({ subcategory }) => subcategory },
  {
    field: 'assignedTo',
    label: 'assigned',
    value: ({ assignedTo }) => assignedTo?.name ?? null,
  },
  { field: 'subject', value: ({ subject }) => subject },
  { field: 'description', value: ({ description }) => description },
  { field: 'tags', value: ({ tags }) => tags.join(', ') || null },
  { field: 'location', value: ({ location }) => location?.address ?? null },
  {
    field: 'escalated',
    label: 'escalation',
    value: ({ escalation }) => escalation?.reason ?? null,
  },
  {
    field: 'relatedTickets',
    label: 'tab_related',
    value: ({ relatedTickets }) => relatedTickets.join(', ') || null,
  },
  { field: 'notes', value: ({ notes }) => String(notes.length) },
  {
    field: 'attachments',
    value: ({ attachments }) => String(attachments.length),
  },
];

/** The fields whose values differ, as far as a person can weigh them against their own change. */
export function changesBetween(before: Ticket, after: Ticket): readonly FieldChange[] {
  return COMPARED.map(({ field, label, prefix, value }) => ({
    field,
    label: `ticket.${label ?? field}`,
    prefix: prefix ?? '',
    from: value(before),
    to: value(after),
  })).filter(({ from, to }) => from !== to);
}
