import { Injectable } from '@angular/core';
import { filter, interval, map, share, shareReplay, startWith } from 'rxjs';

@Injectable({ providedIn: 'root' })
export class ClockService {
  /** A shared clock for the relative times on the screen. */
  readonly now$ = interval(15_000).pipe(
    startWith(0),
    map(() => Date.now()),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  /** Emits every minute while the page is visible, for data that ages on the server. */
  readonly minute$ = interval(60_000).pipe(
    filter(() => document.visibilityState === 'visible'),
    share(),
  );
}
