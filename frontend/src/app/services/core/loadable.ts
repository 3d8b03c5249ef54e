import {
  catchError,
  map,
  type Observable,
  of,
  type OperatorFunction,
  scan,
  startWith,
  switchMap,
} from 'rxjs';

import { ApiError } from './api-error';

/** Something fetched: what there is of it, whether it is on its way, why it failed. */
export interface Loadable<T> {
  readonly data: T | null;
  readonly loading: boolean;
  readonly error: ApiError | null;
}

/**
 * Fetches at every tick of `refresh$`. What was there stays while it is fetched again, and also
 * when that fails: an old list is better than none.
 */
export function loadable<T>(
  refresh$: Observable<unknown>,
  fetch: () => Observable<T>,
): Observable<Loadable<T>> {
  const nothing: Loadable<T> = { data: null, loading: true, error: null };
  return refresh$.pipe(
    switchMap(() =>
      fetch().pipe(
        map((data): Partial<Loadable<T>> => ({ data, loading: false, error: null })),
        catchError((failure: unknown) =>
          of<Partial<Loadable<T>>>({ loading: false, error: ApiError.from(failure) }),
        ),
        startWith<Partial<Loadable<T>>>({ loading: true, error: null }),
      ),
    ),
    scan((before, change) => ({ ...before, ...change }), nothing),
    startWith(nothing),
  );
}

/** Of several after one another; `stale` while what is there is still that of the one before. */
export interface Kept<T> extends Loadable<T> {
  readonly stale: boolean;
}

/** What was there stays until the next has something of its own to show, so that nothing flickers. */
export function keepData<T>(): OperatorFunction<Loadable<T>, Kept<T>> {
  const nothing: Kept<T> = { data: null, loading: true, error: null, stale: false };
  return scan((before: Kept<T>, now: Loadable<T>): Kept<T> => {
    const stale = !now.data && !now.error && before.data !== null;
    return { ...now, data: stale ? before.data : now.data, stale };
  }, nothing);
}
