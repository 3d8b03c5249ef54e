import { inject, Injectable } from '@angular/core';

import { AuthService } from '../auth';

/** What was typed and not sent yet, kept across a reload of the page; each agent has their own. */
@Injectable({ providedIn: 'root' })
export class DraftService {
  private readonly auth = inject(AuthService);

  read<T extends object>(name: string, empty: T): T {
    try {
      const saved: unknown = JSON.parse(localStorage.getItem(this.key(name)) ?? 'null');
      return { ...empty, ...(saved as Partial<T> | null) };
    } catch {
      return empty;
    }
  }

  write(name: string, draft: object): void {
    try {
      localStorage.setItem(this.key(name), JSON.stringify(draft));
    } catch {
      // The browser's store is full: the text stays on the screen, but would not survive a reload.
    }
  }

  forget(name: string): void {
    localStorage.removeItem(this.key(name));
  }

  private key(name: string): string {
    return `mostrador.draft.${this.auth.agent?.agentId}.${name}`;
  }
}
