import type { EditedField } from './ticket-fields';

/** What is being typed into which field of a ticket. */
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
