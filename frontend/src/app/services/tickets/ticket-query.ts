import type { ParamMap, Params } from '@angular/router';

import type { StatusCounts } from '../../api/schema';
import type { ListQuery } from '../core/query';
import { type FilterControl, OFFERED_FILTERS, type TicketFilters } from './list-filters';
import { ACTIVE } from './ticket-rules';

/** Tabs by status. The first is the default; `all` lifts the filter. */
export const TABS = [
  { key: 'active', status: ACTIVE.join(',') },
  { key: 'new', status: 'new' },
  { key: 'working', status: 'open,in_progress,reopened' },
  { key: 'waiting', status: 'pending_customer,waiting_internal' },
  { key: 'resolved', status: 'resolved' },
  { key: 'closed', status: 'closed' },
  { key: 'all', status: 'all' },
] as const;

export const SORTS = [
  '-updatedAt',
  'updatedAt',
  '-createdAt',
  'createdAt',
  'resolutionDueAt',
  '-resolutionDueAt',
  '-priority',
  'priority',
  'status',
  '-status',
  '-ticketId',
  'ticketId',
] as const;

const ROWS = 50;

export function filtersOf(params: ParamMap): TicketFilters {
  const given = OFFERED_FILTERS.map(({ name }) => [name, params.get(name) ?? '']);
  return Object.fromEntries(given) as TicketFilters;
}

export function isFiltered(params: ParamMap): boolean {
  return OFFERED_FILTERS.some(({ name }) => params.has(name));
}

export function statusOf(params: ParamMap): string {
  return params.get('status') ?? TABS[0].status;
}

/** Returns how many tickets each tab has, by key: `12`, or `12+` if not all were counted. */
export function tabCounts({ byStatus, isExact }: StatusCounts): Record<string, string> {
  const sum = (statuses: readonly string[]): number =>
    statuses.reduce((total, status) => total + (byStatus[status] ?? 0), 0);
  return Object.fromEntries(
    TABS.map(({ key, status }) => [
      key,
      sum(status === 'all' ? Object.keys(byStatus) : status.split(',')) + (isExact ? '' : '+'),
    ]),
  );
}

/** Returns the parameters for the API, except status and page. */
export function filterQuery(params: ParamMap): ListQuery {
  const filters = OFFERED_FILTERS.map(({ name, control }) => [
    name,
    asSent(params.get(name) ?? '', control),
  ]);
  // Without an order a search returns the best match first.
  return { ...Object.fromEntries(filters), sort: params.get('sort') ?? undefined };
}

export function listQuery(params: ParamMap): ListQuery {
  const status = statusOf(params);
  const cursor = params.get('cursor') ?? undefined;
  return {
    ...filterQuery(params),
    status: status === 'all' ? undefined : status,
    cursor,
    page: cursor ? undefined : pageOf(params),
    limit: ROWS,
  };
}

export function pageOf(params: ParamMap): number {
  return Math.max(1, Math.trunc(Number(params.get('page'))) || 1);
}

/** Returns the part of an address that a saved view keeps: everything but the page. */
export function viewOf(params: ParamMap): Params {
  const kept = params.keys.filter((name) => name !== 'page' && name !== 'cursor');
  return Object.fromEntries(kept.map((name) => [name, params.get(name)]));
}

/** Converts days of the agent's calendar to timestamps. */
function asSent(value: string, control: FilterControl): string | undefined {
  if (control.kind !== 'date') return value;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const moment = new Date(isDay ? `${value}T${control.time}` : value);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
