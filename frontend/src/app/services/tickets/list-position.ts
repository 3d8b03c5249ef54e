import { BehaviorSubject, map, type Observable } from 'rxjs';

/** The position of a ticket in the list that was last on the screen. */
export interface Neighbours {
  readonly previous: string | null;
  readonly next: string | null;
  /** Counted from 1, over all pages of the list. */
  readonly position: number;
  readonly total: number;
}

interface OpenList {
  readonly ids: readonly string[];
  /** How many tickets of the list come before these. */
  readonly offset: number;
  readonly total: number;
}

/** Remembers the list that was last on the screen, for going through its tickets one by one. */
export class ListPosition {
  private readonly listSubject = new BehaviorSubject<OpenList>({ ids: [], offset: 0, total: 0 });

  remember(ids: readonly string[], offset: number, total: number): void {
    this.listSubject.next({ ids, offset, total });
  }

  clear(): void {
    this.remember([], 0, 0);
  }

  from(ticketId: string | null): readonly string[] {
    const { ids } = this.listSubject.value;
    return ticketId !== null && ids.includes(ticketId) ? ids.slice(ids.indexOf(ticketId)) : [];
  }

  /** Returns null for a ticket that was not opened from a list. */
  neighbours$(ticketId: string): Observable<Neighbours | null> {
    return this.listSubject.pipe(
      map(({ ids, offset, total }) => {
        const index = ids.indexOf(ticketId);
        if (index < 0) return null;
        return {
          previous: ids[index - 1] ?? null,
          next: ids[index + 1] ?? null,
          position: offset + index + 1,
          total: Math.max(total, offset + ids.length),
        };
      }),
    );
  }
}
