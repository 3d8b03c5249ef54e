import { HttpClient, HttpContext } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { shareReplay } from 'rxjs';

import type { Config } from '../../api/schema';
import { ownCredentials } from '../auth';

/** The configuration of this installation: demo or not, and which assistant answers. */
@Injectable({ providedIn: 'root' })
export class ConfigService {
  readonly config$ = inject(HttpClient)
    .get<Config>('/api/v2/config', { context: new HttpContext().set(ownCredentials, true) })
    .pipe(shareReplay(1));
}
