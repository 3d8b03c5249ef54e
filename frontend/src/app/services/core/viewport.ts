import { Injectable } from '@angular/core';
import { fromEvent, map, shareReplay, startWith } from 'rxjs';

/** The size of the window. */
@Injectable({ providedIn: 'root' })
export class ViewportService {
  private readonly wide = matchMedia('(min-width: 48rem)');

  /** Whether there is room for tables; the width of Tailwind's `md`. */
  readonly wide$ = fromEvent(this.wide, 'change').pipe(
    startWith(null),
    map(() => this.wide.matches),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
}
