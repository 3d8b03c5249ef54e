import { inject, Injectable } from '@angular/core';

import { AuthService } from '../auth';
import { type Persisted, persisted } from './persisted';

/** Text that was typed but not sent, kept across reloads, separately for each agent. */
@Injectable({ providedIn: 'root' })
export class DraftService {
  private readonly auth = inject(AuthService);

  /** Returns a new object each time, so that a field that shows it starts over. */
  read<T extends object>(name: string, empty: T): T {
    return { ...this.stored(name, empty).read() };
  }

  write(name: string, draft: object): void {
    this.stored(name, {}).write(draft);
  }

  forget(name: string): void {
    this.stored(name, {}).forget();
  }

  private stored<T extends object>(name: string, empty: T): Persisted<T> {
    return persisted(`mostrador.draft.${this.auth.agent?.agentId}.${name}`, empty);
  }
}
