import { Injectable } from '@angular/core';
import { interval, map, shareReplay, startWith } from 'rxjs';

/** One tick for every relative time on the screen. */
@Injectable({ providedIn: 'root' })
export class ClockService {
  readonly now$ = interval(15_000).pipe(
    startWith(0),
    map(() => Date.now()),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
}
