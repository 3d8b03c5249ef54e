import type { Ticket } from '../../../api/schema';
import { COMPARED_FIELDS } from '../../../services/tickets/ticket-fields';

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

/** Returns the fields whose values differ between two versions of a ticket. */
export function changesBetween(before: Ticket, after: Ticket): readonly FieldChange[] {
  return COMPARED_FIELDS.map(({ name, label, prefix, read }) => ({
    field: name,
    label,
    prefix: prefix ?? '',
    from: read(before) || null,
    to: read(after) || null,
  })).filter(({ from, to }) => from !== to);
}
