import type { HttpClient } from '@angular/common/http';
import { map, type Observable, of } from 'rxjs';

import type { Pagination, TicketList, TicketRow } from '../../api/schema';
import { type ListQuery, toParams } from '../core/query';

/** One page of a list, as the ids of its tickets: what these look like now, the store knows. */
export interface IdPage {
  readonly ids: readonly string[];
  readonly pagination: Pagination;
  /** How often everything had been reloaded when this was asked for. */
  readonly epoch: number;
}

const KEPT_MS = 5 * 60_000;

/** Pages of lists, kept for five minutes or until something changes. */
export class PageCache {
  private readonly kept = new Map<string, IdPage & { readonly at: number }>();
  /** Grows with every change that may concern a list. */
  private generation = 0;
  private epoch = 0;

  constructor(
    private readonly http: HttpClient,
    private readonly url: string,
    private readonly learn: (rows: readonly TicketRow[]) => void,
  ) {}

  get(query: ListQuery): Observable<IdPage> {
    const params = toParams(query);
    const key = params.toString();
    const known = this.kept.get(key);
    if (known && Date.now() - known.at < KEPT_MS) return of(known);
    const { generation, epoch } = this;
    return this.http.get<TicketList>(this.url, { params }).pipe(
      map(({ data, pagination }) => {
        this.learn(data);
        const ids = data.map((row) => row.ticketId);
        const page = { at: Date.now(), epoch, ids, pagination };
        // An answer that was on its way when something changed is shown, but not kept.
        if (generation === this.generation) this.kept.set(key, page);
        return page;
      }),
    );
  }

  clear(): void {
    this.generation++;
    this.kept.clear();
  }

  /** Everything is fetched anew: nothing that was missed may go on being shown. */
  restart(): void {
    this.epoch++;
    this.clear();
  }
}
