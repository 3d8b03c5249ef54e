import { inject, Injectable } from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';
import {
  BehaviorSubject,
  combineLatest,
  filter,
  fromEvent,
  map,
  type Observable,
  startWith,
} from 'rxjs';

import type { TicketRow } from '../../api/schema';
import { AuthService } from '../auth';
import { type Persisted, persisted } from '../core/persisted';
import { TicketService } from '../ticket';

const KEY = 'mostrador.seen.';

/** Tracks which tickets others have created or changed since the agent last viewed them. */
@Injectable({ providedIn: 'root' })
export class UnreadTicketsService {
  private readonly auth = inject(AuthService);
  private readonly tickets = inject(TicketService);
  /** The last change that the agent has seen of each ticket, by the server's clock. */
  private readonly seenSubject = new BehaviorSubject<ReadonlyMap<string, string>>(new Map());
  /** The last change that the agent had seen when this visit began. */
  private since: string | null = null;

  constructor() {
    const router = inject(Router);
    const opened$ = router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      startWith(null),
      map(() => /^\/tickets\/([^/?#]+)/.exec(router.url)?.[1]),
    );
    combineLatest([opened$, this.tickets.tickets$]).subscribe(([opened, tickets]) => {
      const ticket = opened && tickets.get(opened);
      if (ticket) this.see(ticket);
    });
    fromEvent(window, 'pagehide').subscribe(() => {
      const latest = this.tickets.latestChange;
      if (latest) this.stored.write(latest);
    });
  }

  /** Returns the rows that the agent has not seen in their current state. */
  unseen$(rows: readonly TicketRow[]): Observable<ReadonlySet<string>> {
    // On a first visit everything counts as seen.
    this.since ??= this.stored.read() || this.tickets.latestChange;
    const { since } = this;
    return this.seenSubject.pipe(
      map((seen) => {
        const isNews = (row: TicketRow): boolean =>
          row.updatedAt > (seen.get(row.ticketId) ?? since) && !this.tickets.isOwnChange(row);
        return new Set(rows.filter(isNews).map((row) => row.ticketId));
      }),
    );
  }

  private see({ ticketId, updatedAt }: TicketRow): void {
    const seen = this.seenSubject.value;
    if (seen.get(ticketId) !== updatedAt) {
      this.seenSubject.next(new Map(seen).set(ticketId, updatedAt));
    }
  }

  private get stored(): Persisted<string> {
    return persisted(KEY + (this.auth.agent?.agentId ?? ''), '');
  }
}
