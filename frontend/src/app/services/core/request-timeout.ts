import { type MonoTypeOperatorFunction, throwError, timeout } from 'rxjs';

import { ApiError } from './api-error';

const REQUEST_TIMEOUT_MS = 30_000;

/** Fails with a network error when nothing comes for 30 seconds: no answer, and no progress. */
export function withRequestTimeout<T>(): MonoTypeOperatorFunction<T> {
  return timeout({ each: REQUEST_TIMEOUT_MS, with: () => throwError(() => new ApiError(0, {})) });
}
