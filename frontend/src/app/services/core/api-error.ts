import { HttpErrorResponse } from '@angular/common/http';

import type { Problem } from '../../api/schema';

/** The shape of every failed request. */
export class ApiError extends Error {
  /** HTTP status; 0 if there was no response. */
  readonly status: number;
  /** The API's `code`, `network` if there was no response, or `unexpected`. */
  readonly code: string;
  readonly detail: string;
  /** Messages by field name. */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** With `version_conflict`: the ticket as it is now. */
  readonly current: unknown;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'network' : 'unexpected');
    this.detail = problem.detail ?? '';
    this.errors = (problem.errors ?? {}) as Record<string, string[]>;
    this.current = problem.current;
  }

  static from(failure: unknown): ApiError {
    if (failure instanceof ApiError) return failure;
    if (failure instanceof HttpErrorResponse) {
      const body: unknown = failure.error;
      return new ApiError(failure.status, isProblem(body) ? body : {});
    }
    return new ApiError(-1, { detail: String(failure) });
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body;
}
