import { Injectable } from '@angular/core';
import { filter, interval, map, share, shareReplay, startWith } from 'rxjs';

@Injectable({ providedIn: 'root' })
export class ClockService {
  /** One tick for every relative time on the screen. */
  readonly now$ = interval(15_000).pipe(
    startWith(0),
    map(() => Date.now()),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  /** For what the server knows of the time, while somebody can see it. */
  readonly minute$ = interval(60_000).pipe(
    filter(() => document.visibilityState === 'visible'),
    share(),
  );
}
