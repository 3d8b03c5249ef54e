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

/** Fetched data, whether it is loading, and the error if fetching failed. */
export interface Loadable<T> {
  readonly data: T | null;
  readonly loading: boolean;
  readonly error: ApiError | null;
}

/**
 * Fetches each time `refresh$` emits. Earlier data stays while it is fetched again, and also if
 * that fails: then both `data` and `error` are set.
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

/** A Loadable that keeps earlier data; `stale` while the data belongs to the previous source. */
export interface Kept<T> extends Loadable<T> {
  readonly stale: boolean;
}

/** Keeps the previous source's data until the next one has some, so that nothing flickers. */
export function keepData<T>(): OperatorFunction<Loadable<T>, Kept<T>> {
  const nothing: Kept<T> = { data: null, loading: true, error: null, stale: false };
  return scan((before: Kept<T>, now: Loadable<T>): Kept<T> => {
    const stale = !now.data && !now.error && before.data !== null;
    return { ...now, data: stale ? before.data : now.data, stale };
  }, nothing);
}
