import { Injectable } from '@angular/core';

const PREFIX = 'mostrador.draft.';

/** What was typed and not sent yet, kept across a reload of the page. */
@Injectable({ providedIn: 'root' })
export class DraftService {
  read<T extends object>(name: string, empty: T): T {
    try {
      const saved: unknown = JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null');
      return { ...empty, ...(saved as Partial<T> | null) };
    } catch {
      return empty;
    }
  }

  write(name: string, draft: object): void {
    localStorage.setItem(PREFIX + name, JSON.stringify(draft));
  }

  forget(name: string): void {
    localStorage.removeItem(PREFIX + name);
  }
}
