import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { map } from 'rxjs';

import { AuthService } from '../auth';

/** Pages for agents lead to the login and back when nobody is signed in. */
export const agentsOnly: CanActivateFn = (_route, state) => {
  const router = inject(Router);
  const login = router.createUrlTree(['/login'], { queryParams: { returnTo: state.url } });
  return inject(AuthService)
    .restore()
    .pipe(map((signedIn) => signedIn || login));
};

/** Everybody else is led to where they may be. */
export const adminsOnly: CanActivateFn = () =>
  inject(AuthService).agent?.role === 'admin' || inject(Router).createUrlTree(['/dashboard']);
