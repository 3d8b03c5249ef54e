import { inject, Injectable } from '@angular/core';
import { type Params } from '@angular/router';
import { BehaviorSubject, combineLatest, filter, map } from 'rxjs';

import { AuthService } from '../auth';
import { type Persisted, persisted } from '../core/persisted';

/** A saved list: its name and the query of its address. */
export interface SavedView {
  readonly name: string;
  readonly query: Params;
}

const KEY = 'mostrador.views.';

/** The agent's saved views, kept in this browser. */
@Injectable({ providedIn: 'root' })
export class SavedViewService {
  private readonly auth = inject(AuthService);
  private readonly changedSubject = new BehaviorSubject<void>(undefined);

  readonly views$ = combineLatest([
    this.auth.agent$.pipe(filter((agent) => agent !== null)),
    this.changedSubject,
  ]).pipe(map(() => this.read()));

  /** Saves a view, replacing one of the same name. */
  save(view: SavedView): void {
    const others = this.read().filter(({ name }) => name !== view.name);
    this.write([...others, view].sort((one, other) => one.name.localeCompare(other.name)));
  }

  delete(name: string): void {
    this.write(this.read().filter((view) => view.name !== name));
  }

  private read(): readonly SavedView[] {
    return this.stored.read().filter(isView);
  }

  private write(views: readonly SavedView[]): void {
    this.stored.write(views);
    this.changedSubject.next();
  }

  private get stored(): Persisted<readonly SavedView[]> {
    return persisted<readonly SavedView[]>(KEY + (this.auth.agent?.agentId ?? ''), []);
  }
}

function isView(value: unknown): value is SavedView {
  const view = value as Partial<SavedView> | null;
  return typeof view?.name === 'string' && typeof view.query === 'object' && view.query !== null;
}
