import {
  AsyncSubject,
  defer,
  finalize,
  forkJoin,
  type Observable,
  of,
  ReplaySubject,
  switchMap,
} from 'rxjs';

/** Sends requests that share a key one after another, and all others at the same time. */
export class RequestQueue {
  /** The end of the last request of each key that has one under way or waiting. */
  private readonly ends = new Map<string, Observable<void>>();

  /** Sends the request in its turn, whether or not somebody subscribes to the answer. */
  add<T>(keys: readonly string[], request: () => Observable<T>): Observable<T> {
    const before = keys.flatMap((key) => this.ends.get(key) ?? []);
    const end = new AsyncSubject<void>();
    for (const key of keys) this.ends.set(key, end);
    const answer = new ReplaySubject<T>(1);
    const turn$: Observable<unknown> = before.length ? forkJoin(before) : of(null);
    turn$
      .pipe(
        switchMap(() => defer(request)),
        finalize(() => {
          for (const key of keys) if (this.ends.get(key) === end) this.ends.delete(key);
          end.next();
          end.complete();
        }),
      )
      .subscribe(answer);
    return answer;
  }
}
