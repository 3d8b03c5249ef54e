import { type paths, slaStateValues, type TicketRow } from '../../api/schema';
import type { ListQuery } from '../core/query';
import { CATEGORIES, LIMITS, PRIORITIES } from './ticket-rules';

type Parameters = NonNullable<paths['/api/v2/tickets']['get']['parameters']['query']>;
type Parameter = Exclude<keyof Parameters, 'page' | 'limit' | 'cursor' | 'sort'>;

/** How a filter is set, and with it how its value is named. Texts are translation keys. */
export type FilterControl =
  /** The search box, whose words stay on the screen. */
  | { readonly kind: 'search' }
  /** Several of a few values, in a comma list; `prefix` is that of their translations. */
  | { readonly kind: 'choices'; readonly values: readonly string[]; readonly prefix: string }
  /** One of a few values, or of all agents. */
  | {
      readonly kind: 'select';
      readonly any: string;
      readonly options: Readonly<Record<string, string>>;
      readonly agents?: true;
    }
  /** A day of the agent's calendar, which begins or ends at `time`. */
  | { readonly kind: 'date'; readonly time: string }
  | { readonly kind: 'text'; readonly limit: number }
  /** Set by links from the page of a customer or of a conversation. */
  | { readonly kind: 'customer' | 'conversation' };

/** What a list of tickets can be narrowed to. Its name is `filter_by.` and its key in the table. */
export interface ListFilter {
  /** Null for what the filter bar does not offer. */
  readonly control: FilterControl | null;
  /** Returns whether a ticket belongs to the list, as far as its row can tell. */
  readonly accepts: (wanted: string, ticket: TicketRow, me: string | undefined) => boolean;
}

const among = (list: string, value: string): boolean => list.split(',').includes(value);
const time = (iso: string): number => Date.parse(iso);

/** Every filter of the API. The compiler reports one that is missing. */
export const LIST_FILTERS = {
  search: { control: { kind: 'search' }, accepts: () => true }, // the server alone can tell
  priority: {
    control: { kind: 'choices', values: PRIORITIES, prefix: 'priority.' },
    accepts: (wanted, ticket) => among(wanted, ticket.priority),
  },
  sla: {
    control: { kind: 'choices', values: slaStateValues, prefix: 'sla.' },
    accepts: (wanted, ticket) => among(wanted, ticket.sla.state),
  },
  category: {
    control: { kind: 'choices', values: CATEGORIES, prefix: 'category.' },
    accepts: (wanted, ticket) => among(wanted, ticket.category),
  },
  assignedTo: {
    control: {
      kind: 'select',
      any: 'filter.anyone',
      options: { me: 'filter.me', unassigned: 'ticket.unassigned' },
      agents: true,
    },
    accepts: (wanted, { assignedTo }, me) => {
      if (wanted === 'unassigned') return assignedTo === null;
      return assignedTo?.agentId === (wanted === 'me' ? me : wanted);
    },
  },
  escalated: {
    control: {
      kind: 'select',
      any: 'filter.any',
      options: { true: 'filter.escalated', false: 'filter.not_escalated' },
    },
    accepts: (wanted, ticket) => wanted === String(ticket.escalated),
  },
  createdFrom: {
    control: { kind: 'date', time: '00:00:00' },
    accepts: (wanted, ticket) => time(ticket.createdAt) >= time(wanted),
  },
  createdTo: {
    control: { kind: 'date', time: '23:59:59.999' },
    accepts: (wanted, ticket) => time(ticket.createdAt) <= time(wanted),
  },
  updatedSince: {
    control: { kind: 'date', time: '00:00:00' },
    accepts: (wanted, ticket) => time(ticket.updatedAt) >= time(wanted),
  },
  tag: {
    control: { kind: 'text', limit: LIMITS.tag },
    accepts: (wanted, ticket) => ticket.tags.includes(wanted),
  },
  customerId: {
    control: { kind: 'customer' },
    accepts: (wanted, ticket) => wanted === ticket.customer.customerId,
  },
  conversationId: {
    control: { kind: 'conversation' },
    accepts: (wanted, ticket) => wanted === ticket.conversationId,
  },
  status: { control: null, accepts: (wanted, ticket) => among(wanted, ticket.status) }, // the tabs
  ticketId: { control: null, accepts: (wanted, ticket) => among(wanted, ticket.ticketId) },
} satisfies Record<Parameter, ListFilter>;

export type FilterName = Exclude<Parameter, 'status' | 'ticketId'>;
/** As in the address; empty when it is not there. */
export type TicketFilters = Readonly<Record<FilterName, string>>;

/** The filters that the filter bar offers, in its order. */
export const OFFERED_FILTERS = Object.entries(LIST_FILTERS).flatMap(([name, { control }]) =>
  control ? [{ name: name as FilterName, control: control as FilterControl }] : [],
);

/** Returns whether a ticket belongs to a list, as far as its row can tell. */
export function matches(query: ListQuery, ticket: TicketRow, me: string | undefined): boolean {
  const filters: Readonly<Record<string, ListFilter>> = LIST_FILTERS;
  return Object.entries(query).every(([name, wanted]) => {
    if (wanted === undefined || wanted === '') return true;
    return filters[name]?.accepts(String(wanted), ticket, me) ?? true;
  });
}
