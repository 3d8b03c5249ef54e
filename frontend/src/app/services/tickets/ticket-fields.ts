import type { Ticket, TicketCreate, TicketUpdate } from '../../api/schema';
import type { Category, Priority } from '../../api/types';
import { problemOfTags, tagsIn } from './tags';
import { CATEGORIES, LIMITS, PRIORITIES, SUBCATEGORY_REQUIRED } from './ticket-rules';

/** The values of a form, by field, each as one text. */
export type FieldValues = Readonly<Record<FormField, string>>;

/** A field that people read. Its name in the API is its key in the table below. */
export interface TicketField {
  /** Translation key of its name. */
  readonly label: string;
  /**
   * Returns the value as one text, empty for none, for editors and for comparing two versions.
   * Absent where a colleague's change cannot collide with one's own.
   */
  readonly read?: (ticket: Ticket) => string;
  /** Where the translations of its values lie, for example `priority.`; absent for free text. */
  readonly prefix?: string;
}

/** A field that agents fill in when they open a ticket. */
export interface FormTicketField extends TicketField {
  readonly control: 'line' | 'paragraph' | 'tags' | 'choice' | 'agent';
  /** Returns the part of the API's request that sets the field. */
  readonly write: (text: string) => Partial<TicketCreate>;
  /** What a new ticket has; empty if absent. */
  readonly initial?: string;
  readonly choices?: readonly string[];
  /** Characters that the API takes. */
  readonly limit?: number;
  readonly required?: boolean | ((values: Partial<FieldValues>) => boolean);
  /** Returns the translation key of what is wrong with a text, or null. */
  readonly check?: (text: string) => string | null;
  /** Translation key. */
  readonly hint?: string;
  /** Where the field is edited on the page of its ticket; absent where it has a menu of its own. */
  readonly editedIn?: 'header' | 'overview' | 'properties';
  /** As wide as the form. */
  readonly wide?: boolean;
}

type Fillable = Exclude<keyof TicketCreate & keyof Ticket, 'conversationId'>;

/**
 * Every field of a ticket, in the order of forms and comparisons; null for what no person reads as
 * a field. The compiler reports a field of the API that is missing, and one that agents can set
 * but that has no control.
 */
export const TICKET_FIELDS = {
  status: { label: 'ticket.status', read: ({ status }) => status, prefix: 'status.' },
  subject: {
    label: 'ticket.subject',
    read: ({ subject }) => subject,
    control: 'line',
    write: (subject) => ({ subject }),
    limit: LIMITS.subject,
    required: true,
    editedIn: 'header',
    wide: true,
  },
  description: {
    label: 'ticket.description',
    read: ({ description }) => description,
    control: 'paragraph',
    write: (description) => ({ description }),
    limit: LIMITS.description,
    required: true,
    editedIn: 'overview',
    wide: true,
  },
  category: {
    label: 'ticket.category',
    read: ({ category }) => category,
    prefix: 'category.',
    control: 'choice',
    choices: CATEGORIES,
    write: (category) => ({ category: category as Category }),
    initial: 'general_inquiry',
    required: true,
  },
  subcategory: {
    label: 'ticket.subcategory',
    read: ({ subcategory }) => subcategory ?? '',
    control: 'line',
    write: (subcategory) => ({ subcategory: subcategory || null }),
    limit: LIMITS.subcategory,
    required: ({ category }) => SUBCATEGORY_REQUIRED.includes(category as Category),
  },
  priority: {
    label: 'ticket.priority',
    read: ({ priority }) => priority,
    prefix: 'priority.',
    control: 'choice',
    choices: PRIORITIES,
    write: (priority) => ({ priority: priority as Priority }),
    initial: 'medium',
    required: true,
    editedIn: 'properties',
  },
  assignedTo: {
    label: 'ticket.assigned',
    read: ({ assignedTo }) => assignedTo?.name ?? '',
    control: 'agent',
    write: (agentId) => ({ assignedTo: agentId || null }),
  },
  tags: {
    label: 'ticket.tags',
    read: ({ tags }) => tags.join(', '),
    control: 'tags',
    write: (text) => ({ tags: tagsIn(text) }),
    limit: LIMITS.tags * (LIMITS.tag + 2),
    check: problemOfTags,
    hint: 'form.tags_hint',
    editedIn: 'properties',
  },
  location: {
    label: 'ticket.location',
    read: ({ location }) => location?.address ?? '',
    control: 'line',
    // The coordinates belong to the former address.
    write: (address) => ({ location: address ? { address } : null }),
    limit: LIMITS.address,
    editedIn: 'properties',
  },
  escalated: { label: 'ticket.escalation', read: ({ escalation }) => escalation?.reason ?? '' },
  relatedTickets: {
    label: 'ticket.tab_related',
    read: ({ relatedTickets }) => relatedTickets.join(', '),
  },
  notes: { label: 'ticket.notes', read: ({ notes }) => String(notes.length) },
  attachments: {
    label: 'ticket.attachments',
    read: ({ attachments }) => String(attachments.length),
  },
  ticketId: { label: 'ticket.id' },
  customer: { label: 'ticket.customer' },
  source: { label: 'ticket.source', prefix: 'source.' },
  sla: { label: 'ticket.deadline' },
  createdAt: { label: 'ticket.created' },
  updatedAt: { label: 'ticket.updated' },
  closedAt: null,
  conversationId: null,
  escalation: null,
  feedback: null,
  resolution: null,
  statusHistory: null,
  version: null,
} satisfies Record<Fillable, FormTicketField> &
  Record<Exclude<keyof Ticket, Fillable>, TicketField | null>;

type Fields = typeof TICKET_FIELDS;
export type FormField = Fillable;
/** A field that is edited on the page of its ticket. */
export type EditedField = {
  [F in keyof Fields]: Fields[F] extends { editedIn: string } ? F : never;
}[keyof Fields];

type Named<Field, Name> = Field & { readonly name: Name };

/** The fields of a form for a new ticket. */
export const FORM_FIELDS = named<FormTicketField, FormField>((field) => 'control' in field);

/** The fields that are edited among the properties of a ticket. */
export const PROPERTY_FIELDS = named<FormTicketField, EditedField>(
  (field) => 'editedIn' in field && field.editedIn === 'properties',
);

/** The fields in which two versions of a ticket are compared. */
export const COMPARED_FIELDS = named<
  TicketField & Required<Pick<TicketField, 'read'>>,
  keyof Ticket
>((field) => 'read' in field);

export const EMPTY_VALUES: FieldValues = Object.fromEntries(
  FORM_FIELDS.map(({ name, initial }) => [name, initial ?? '']),
) as Record<FormField, string>;

/** Returns what the API is sent for the values of a form. */
export function ticketOf(values: FieldValues): Omit<TicketCreate, 'customerId' | 'conversationId'> {
  const parts = FORM_FIELDS.map(({ name, write }) => write(values[name].trim()));
  return Object.assign({}, ...parts) as TicketCreate;
}

export function textOf(ticket: Ticket, field: EditedField): string {
  return TICKET_FIELDS[field].read(ticket);
}

export function updateOf(field: EditedField, text: string): TicketUpdate {
  return TICKET_FIELDS[field].write(text);
}

export function isRequired({ required }: FormTicketField, values: Partial<FieldValues>): boolean {
  return typeof required === 'function' ? required(values) : !!required;
}

function named<Field, Name>(isOne: (field: object) => boolean): readonly Named<Field, Name>[] {
  return Object.entries(TICKET_FIELDS).flatMap(([name, field]) =>
    field && isOne(field) ? [{ name, ...field } as unknown as Named<Field, Name>] : [],
  );
}
