import {
  legalMovesClosedValues,
  legalMovesIn_progressValues,
  legalMovesNewValues,
  legalMovesOpenValues,
  legalMovesPending_customerValues,
  legalMovesReopenedValues,
  legalMovesResolvedValues,
  legalMovesWaiting_internalValues,
  ticketRowCategoryValues,
} from '../../api/schema';
import type { Category, Priority, Status } from '../../api/types';

/** The allowed status transitions. The API refuses any other. */
export const ALLOWED_TRANSITIONS: Readonly<Record<Status, readonly Status[]>> = {
  new: legalMovesNewValues,
  open: legalMovesOpenValues,
  in_progress: legalMovesIn_progressValues,
  pending_customer: legalMovesPending_customerValues,
  waiting_internal: legalMovesWaiting_internalValues,
  resolved: legalMovesResolvedValues,
  closed: legalMovesClosedValues,
  reopened: legalMovesReopenedValues,
};

/** The statuses of unfinished tickets. */
export const ACTIVE: readonly Status[] = [
  'new',
  'open',
  'in_progress',
  'pending_customer',
  'waiting_internal',
  'reopened',
];

export const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'medium', 'low'];

export const CATEGORIES = ticketRowCategoryValues;

/** The categories that require a subcategory. */
export const SUBCATEGORY_REQUIRED: readonly Category[] = ['technical_support', 'billing'];

export const LIMITS = {
  subject: 200,
  description: 10_000,
  subcategory: 100,
  address: 500,
  note: 10_000,
  tags: 20,
  tag: 40,
  message: 4_096,
} as const;
