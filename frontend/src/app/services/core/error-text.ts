import { inject, Injectable } from '@angular/core';
import { TranslocoService } from '@jsverse/transloco';

import type { ApiError } from './api-error';

const KNOWN = new Set([
  'network',
  'unauthenticated',
  'forbidden',
  'not_found',
  'invalid_transition',
  'conflict',
  'version_conflict',
  'too_large',
  'validation_error',
  'rate_limited',
  'database_unavailable',
  'busy',
]);

/** Returns what went wrong, in the agent's language. */
@Injectable({ providedIn: 'root' })
export class ErrorTextService {
  private readonly transloco = inject(TranslocoService);

  /** Returns why the sign-in failed. */
  ofSignIn(error: ApiError): string {
    return error.status === 401 ? this.transloco.translate('login.wrong') : this.of(error);
  }

  of(error: ApiError): string {
    if (KNOWN.has(error.code)) return this.transloco.translate(`error.${error.code}`);
    return error.detail || this.transloco.translate('error.unexpected');
  }
}
