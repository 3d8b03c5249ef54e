import type { Ticket } from '../../../api/schema';

export interface FieldChange {
  readonly field: string;
  /** Where the value's translation lies; empty for free text. */
  readonly prefix: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The fields whose values differ, as far as a person can weigh them against their own change. */
export function changesBetween(before: Ticket, after: Ticket): readonly FieldChange[] {
  const candidates: FieldChange[] = [
    { field: 'status', prefix: 'status.', from: before.status, to: after.status },
    { field: 'priority', prefix: 'priority.', from: before.priority, to: after.priority },
    { field: 'category', prefix: 'category.', from: before.category, to: after.category },
    {
      field: 'assigned',
      prefix: '',
      from: before.assignedTo?.name ?? null,
      to: after.assignedTo?.name ?? null,
    },
    { field: 'subject', prefix: '', from: before.subject, to: after.subject },
    { field: 'description', prefix: '', from: before.description, to: after.description },
    {
      field: 'notes',
      prefix: '',
      from: String(before.notes.length),
      to: String(after.notes.length),
    },
  ];
  return candidates.filter(({ from, to }) => from !== to);
}
