import type { Ticket, TicketUpdate } from '../../api/schema';
import { LIMITS } from './ticket-rules';

/** The texts of a ticket that are edited where they stand. */
export const EDITED_FIELDS = ['subject', 'description', 'tags', 'location'] as const;
export type EditedField = (typeof EDITED_FIELDS)[number];

/** What is being typed into which field. */
export type TicketEdits = Readonly<Partial<Record<EditedField, string>>>;

export interface FieldText {
  readonly field: EditedField;
  readonly text: string;
}

/** A text as it is being typed; null closes the field. */
export interface FieldEdit {
  readonly field: EditedField;
  readonly text: string | null;
}

/** A field as one text. */
export function textOf(ticket: Ticket, field: EditedField): string {
  switch (field) {
    case 'tags':
      return ticket.tags.join(', ');
    case 'location':
      return ticket.location?.address ?? '';
    default:
      return ticket[field];
  }
}

export function updateOf({ field, text }: FieldText): TicketUpdate {
  switch (field) {
    case 'tags':
      return { tags: tagsIn(text) };
    case 'location':
      // The coordinates were those of the former address.
      return { location: text ? { address: text } : null };
    default:
      return { [field]: text };
  }
}

/** Tags that tickets get and lose, beside those that stay. */
export interface Retagging {
  readonly addTags: string[];
  readonly removeTags: string[];
}

export function retagged(tags: readonly string[], { addTags, removeTags }: Retagging): string[] {
  const kept = tags.filter((tag) => !removeTags.includes(tag));
  return [...new Set([...kept, ...addTags])];
}

/** `a, b,a` → a and b. */
export function tagsIn(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter(Boolean);
}

/** Translation key of what is wrong with a text of tags. */
export function problemOfTags(text: string): string | null {
  const tags = tagsIn(text);
  const within = tags.length <= LIMITS.tags && tags.every((tag) => tag.length <= LIMITS.tag);
  return within ? null : 'form.tags_limit';
}
