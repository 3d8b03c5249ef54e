import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { map } from 'rxjs';

import { AuthService } from '../auth';

/** Redirects to the login, and back afterwards, when nobody is signed in. */
export const agentsOnly: CanActivateFn = (_route, state) => {
  const router = inject(Router);
  const login = router.createUrlTree(['/login'], { queryParams: { returnTo: state.url } });
  return inject(AuthService)
    .restore()
    .pipe(map((signedIn) => signedIn || login));
};

/** Redirects everybody but administrators to the dashboard. */
export const adminsOnly: CanActivateFn = () =>
  inject(AuthService).agent?.role === 'admin' || inject(Router).createUrlTree(['/dashboard']);
