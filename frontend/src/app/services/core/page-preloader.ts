import { inject, Injectable } from '@angular/core';
import { type NavigationError, type PreloadingStrategy, type Route, Router } from '@angular/router';
import { type Observable, switchMap, timer } from 'rxjs';

import { ToastService } from '../toast';

const AFTER_MS = 2_000;

/** Preloads the code of all pages after the first one has loaded. */
@Injectable({ providedIn: 'root' })
export class PagePreloader implements PreloadingStrategy {
  preload(_route: Route, load: () => Observable<unknown>): Observable<unknown> {
    return timer(AFTER_MS).pipe(switchMap(load));
  }
}

/**
 * Handles a page whose code cannot be loaded. After an update of the application its files have
 * other names, so the page is reloaded, unless there is no connection or it was just tried.
 */
export function pageFailed({ url }: NavigationError): void {
  if (inject(Router).navigated && navigator.onLine) location.assign(url);
  else inject(ToastService).show('error', 'toast.page_failed');
}
