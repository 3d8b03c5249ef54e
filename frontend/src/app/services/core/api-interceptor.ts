import type { HttpEvent, HttpHandlerFn, HttpRequest } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, type Observable, switchMap, throwError } from 'rxjs';

import { ApiError } from './api-error';
import { AuthService, ownCredentials } from '../auth';

/** Adds the agent's token, renews it once after a 401, and turns every failure into an ApiError. */
export function apiInterceptor(
  request: HttpRequest<unknown>,
  next: HttpHandlerFn,
): Observable<HttpEvent<unknown>> {
  const auth = inject(AuthService);
  const asAgent = !request.context.get(ownCredentials);

  const send = (): Observable<HttpEvent<unknown>> =>
    next(asAgent ? withToken(request, auth.token) : request).pipe(
      catchError((failure: unknown) => throwError(() => ApiError.from(failure))),
    );

  return send().pipe(
    catchError((error: ApiError) =>
      asAgent && error.status === 401
        ? auth.refresh().pipe(switchMap(send))
        : throwError(() => error),
    ),
  );
}

function withToken(request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> {
  return token ? request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }) : request;
}
