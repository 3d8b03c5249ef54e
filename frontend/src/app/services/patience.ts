import { type MonoTypeOperatorFunction, throwError, timeout } from 'rxjs';

import { ApiError } from './api-error';

const PATIENCE_MS = 30_000;

/** A line that says nothing for so long counts as cut, so that what waits behind it goes on. */
export function withPatience<T>(): MonoTypeOperatorFunction<T> {
  return timeout({ first: PATIENCE_MS, with: () => throwError(() => new ApiError(0, {})) });
}
