import type { HttpClient } from '@angular/common/http';
import { map, type Observable, of } from 'rxjs';

import type { Pagination, TicketList } from '../../api/schema';
import { type ListQuery, toParams } from '../core/query';
import type { TicketStore } from './ticket-store';

/** One page of a list as the ids of its tickets. The store has their current state. */
export interface IdPage {
  readonly ids: readonly string[];
  readonly pagination: Pagination;
  /** Increases with each full reload. */
  readonly epoch: number;
}

type KeptPage = IdPage & { readonly at: number };

const KEPT_MS = 5 * 60_000;
const MOST = 50;

/** Caches pages of lists for five minutes or until something changes. */
export class PageCache {
  private readonly kept = new Map<string, KeptPage>();
  /** Increases with every change that may affect a list. */
  private generation = 0;
  private epoch = 0;

  constructor(
    private readonly http: HttpClient,
    private readonly url: string,
    private readonly store: Pick<TicketStore, 'upsert' | 'get'>,
  ) {}

  get(query: ListQuery): Observable<IdPage> {
    const params = toParams(query);
    const key = params.toString();
    const known = this.kept.get(key);
    const isFresh = known && Date.now() - known.at < KEPT_MS;
    if (isFresh && known.ids.every((id) => this.store.get(id))) return of(known);
    const { generation, epoch } = this;
    return this.http.get<TicketList>(this.url, { params }).pipe(
      map(({ data, pagination }) => {
        this.store.upsert(...data);
        const ids = data.map((row) => row.ticketId);
        const page = { at: Date.now(), epoch, ids, pagination };
        // A response that was pending when something changed is used, but not cached.
        if (generation === this.generation) this.keep(key, page);
        return page;
      }),
    );
  }

  private keep(key: string, page: KeptPage): void {
    this.kept.set(key, page);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST && oldest !== undefined) this.kept.delete(oldest);
  }

  clear(): void {
    this.generation++;
    this.kept.clear();
  }

  /** Drops everything, because events may have been missed. */
  restart(): void {
    this.epoch++;
    this.clear();
  }
}
