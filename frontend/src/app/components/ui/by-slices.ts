import { concatMap, delay, from, type Observable, of, switchMap, tap } from 'rxjs';

/** So few that making them holds up nothing: below 50 ms on a slow machine (web.dev/long-tasks). */
const SLICE = 8;

/**
 * A list as it comes to the screen: at most so many new rows at once, the rest in the tasks that
 * follow, so that the browser can paint and answer keys in between. Known rows are never held back.
 */
export function bySlices<T>(
  list$: Observable<readonly T[]>,
  key: (item: T) => string,
): Observable<readonly T[]> {
  let shown: ReadonlySet<string> = new Set();
  return list$.pipe(
    switchMap((list) => {
      const added = list.flatMap((item, index) => (shown.has(key(item)) ? [] : [index]));
      const cuts = added.filter((_, count) => count > 0 && count % SLICE === 0);
      return from([...cuts.map((cut) => list.slice(0, cut)), list]).pipe(
        concatMap((rows, count) => (count ? of(rows).pipe(delay(0)) : of(rows))),
      );
    }),
    tap((list) => (shown = new Set(list.map(key)))),
  );
}
