import { inject, Injectable } from '@angular/core';
import { BehaviorSubject, filter } from 'rxjs';

import { AuthService } from '../auth';

/** Something the agent has had open. */
export interface RecentItem {
  readonly path: string;
  readonly name: string;
  /** What tells it from others of the same name. */
  readonly detail: string;
}

const MOST = 6;

/** What the agent has had open lately, the latest first; kept per agent in this browser. */
@Injectable({ providedIn: 'root' })
export class RecentService {
  private readonly itemsSubject = new BehaviorSubject<readonly RecentItem[]>([]);
  private key = '';

  readonly items$ = this.itemsSubject.asObservable();

  constructor() {
    inject(AuthService)
      .agent$.pipe(filter((agent) => agent !== null))
      .subscribe(({ agentId }) => {
        this.key = `mostrador.recent.${agentId}`;
        this.itemsSubject.next(stored(this.key));
      });
  }

  visit(item: RecentItem): void {
    const others = this.itemsSubject.value.filter(({ path }) => path !== item.path);
    const items = [item, ...others].slice(0, MOST);
    localStorage.setItem(this.key, JSON.stringify(items));
    this.itemsSubject.next(items);
  }
}

function stored(key: string): readonly RecentItem[] {
  try {
    const items: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(items) ? (items as RecentItem[]) : [];
  } catch {
    return [];
  }
}
