import { inject, Injectable } from '@angular/core';
import { BehaviorSubject, filter } from 'rxjs';

import { AuthService } from '../auth';
import { type Persisted, persisted } from './persisted';

/** A page that the agent had open. */
export interface RecentItem {
  readonly path: string;
  readonly name: string;
  /** Distinguishes it from others of the same name. */
  readonly detail: string;
}

const MOST = 6;

/** The pages that the agent had open recently, latest first, kept per agent in this browser. */
@Injectable({ providedIn: 'root' })
export class RecentService {
  private readonly itemsSubject = new BehaviorSubject<readonly RecentItem[]>([]);
  private stored = storedFor('');

  readonly items$ = this.itemsSubject.asObservable();

  constructor() {
    inject(AuthService)
      .agent$.pipe(filter((agent) => agent !== null))
      .subscribe(({ agentId }) => {
        this.stored = storedFor(agentId);
        this.itemsSubject.next(this.stored.read());
      });
  }

  visit(item: RecentItem): void {
    const others = this.itemsSubject.value.filter(({ path }) => path !== item.path);
    const items = [item, ...others].slice(0, MOST);
    this.stored.write(items);
    this.itemsSubject.next(items);
  }
}

function storedFor(agentId: string): Persisted<readonly RecentItem[]> {
  return persisted<readonly RecentItem[]>(`mostrador.recent.${agentId}`, []);
}
