import { type MonoTypeOperatorFunction, throwError, timeout } from 'rxjs';

import { ApiError } from './api-error';

const REQUEST_TIMEOUT_MS = 30_000;

/** A line that says nothing for so long counts as cut, so that what waits behind it goes on. */
export function withRequestTimeout<T>(): MonoTypeOperatorFunction<T> {
  return timeout({ first: REQUEST_TIMEOUT_MS, with: () => throwError(() => new ApiError(0, {})) });
}
