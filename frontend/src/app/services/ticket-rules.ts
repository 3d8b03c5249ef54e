import type { Category, Priority, Status } from '../api/types';

/** The legal moves; the API refuses any other. */
export const LEGAL_MOVES: Readonly<Record<Status, readonly Status[]>> = {
  new: ['open', 'in_progress', 'resolved', 'closed'],
  open: ['in_progress', 'pending_customer', 'waiting_internal', 'resolved', 'closed'],
  in_progress: ['pending_customer', 'waiting_internal', 'resolved'],
  pending_customer: ['in_progress', 'resolved', 'closed'],
  waiting_internal: ['in_progress', 'resolved'],
  resolved: ['closed', 'reopened'],
  closed: ['reopened'],
  reopened: ['in_progress', 'pending_customer', 'waiting_internal', 'resolved'],
};

/** Somebody still has to do something about these. */
export const ACTIVE: readonly Status[] = [
  'new',
  'open',
  'in_progress',
  'pending_customer',
  'waiting_internal',
  'reopened',
];

export const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'medium', 'low'];

export const CATEGORIES: readonly Category[] = [
  'technical_support',
  'billing',
  'account',
  'general_inquiry',
  'complaint',
  'feature_request',
  'other',
];

/** An agent must refine these with a subcategory. */
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
