import type { Ticket } from '../../../api/schema';
import type { KnownTicket } from '../../../api/types';
import { COMPARED_FIELDS } from '../../../services/tickets/ticket-fields';

export interface FieldChange {
  /** Its name in events. */
  readonly field: string;
  /** Translation key of its name. */
  readonly label: string;
  /** Where the value's translation lies; empty for free text. */
  readonly prefix: string;
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Returns the fields whose values differ between two versions of a ticket. Of the earlier one only
 * its list row may be known: then the fields that rows lack are left out.
 */
export function changesBetween(before: KnownTicket, after: Ticket): readonly FieldChange[] {
  return COMPARED_FIELDS.filter(({ name }) => name in before)
    .map(({ name, label, prefix, read }) => ({
      field: name,
      label,
      prefix: prefix ?? '',
      from: read(before as Ticket) || null,
      to: read(after) || null,
    }))
    .filter(({ from, to }) => from !== to);
}
