import { inject, Injectable } from '@angular/core';
import { type NavigationError, type PreloadingStrategy, type Route, Router } from '@angular/router';
import { type Observable, switchMap, timer } from 'rxjs';

import { ToastService } from '../toast';

const AFTER_MS = 2_000;

/** The code of all pages is fetched once the first one has what it needs: no other waits for its own. */
@Injectable({ providedIn: 'root' })
export class PagePreloader implements PreloadingStrategy {
  preload(_route: Route, load: () => Observable<unknown>): Observable<unknown> {
    return timer(AFTER_MS).pipe(switchMap(load));
  }
}

/**
 * A page whose code cannot be had. After an update of the application the code has other names, so
 * the page is opened anew as a whole, unless there is no connection or that has just been tried.
 */
export function pageFailed({ url }: NavigationError): void {
  if (inject(Router).navigated && navigator.onLine) location.assign(url);
  else inject(ToastService).show('error', 'toast.page_failed');
}
