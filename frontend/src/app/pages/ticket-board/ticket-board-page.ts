import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { ActivatedRoute } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { combineLatest, distinctUntilChanged, map, type Observable, switchMap } from 'rxjs';

import { ticketRowStatusValues } from '../../api/schema';
import { PageHeaderComponent } from '../../components/layout/page-header/page-header';
import {
  type BoardColumn,
  type BoardMove,
  TicketBoardComponent,
} from '../../components/tickets/ticket-board/ticket-board';
import { TicketDialogsComponent } from '../../components/tickets/ticket-dialogs/ticket-dialogs';
import { LoadedComponent } from '../../components/ui/loaded';
import { AgentService } from '../../services/agent';
import { keepData, type Loadable } from '../../services/core/loadable';
import type { ListQuery } from '../../services/core/query';
import { TicketService, type TicketPage } from '../../services/ticket';
import { TicketActions } from '../../services/tickets/ticket-actions';
import { filterQuery } from '../../services/tickets/ticket-query';
import { FilterBarComponent } from '../ticket-list/filter-bar';
import { ViewSwitchComponent } from '../ticket-list/view-switch';

/** Maximum number of tickets in a column. The list has the rest. */
const MOST = 30;

@Component({
  selector: 'app-ticket-board-page',
  imports: [
    LoadedComponent,
    AsyncPipe,
    FilterBarComponent,
    PageHeaderComponent,
    TicketBoardComponent,
    TicketDialogsComponent,
    TranslocoPipe,
    ViewSwitchComponent,
  ],
  template: `
    <app-page-header [heading]="'title.tickets' | transloco">
      <app-view-switch />
    </app-page-header>
    <app-filter-bar class="border-b border-line px-4 py-2 md:px-6" />
    @let board = board$ | async;
    <app-loaded class="flex min-h-0 flex-1 flex-col" [state]="board" [rows]="12" (retry)="retry()">
      @if (board?.data; as columns) {
        <app-ticket-board
          class="min-h-0 flex-1"
          [class.outdated]="board?.stale"
          [columns]="columns"
          (moved)="move($event)"
        />
      }
    </app-loaded>
    <app-ticket-dialogs [agents]="(agents$ | async) ?? []" />
  `,
  providers: [TicketActions],
  host: { class: 'flex h-full flex-col' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketBoardPage {
  private readonly service = inject(TicketService);
  private readonly actions = inject(TicketActions);
  protected readonly agents$ = inject(AgentService).agents$;

  protected readonly board$ = inject(ActivatedRoute).queryParamMap.pipe(
    map(filterQuery),
    distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    switchMap((query) => this.columns$(query)),
    keepData(),
  );

  protected move({ ticket, status }: BoardMove): void {
    this.actions.try(ticket, (now) => this.service.updateStatus(now, status));
  }

  protected retry(): void {
    this.service.reload();
  }

  private columns$(query: ListQuery): Observable<Loadable<readonly BoardColumn[]>> {
    const lists = ticketRowStatusValues.map((status) =>
      this.service.list$({ ...query, status, limit: MOST }),
    );
    return combineLatest(lists).pipe(
      map((pages) => ({
        data: columnsOf(pages),
        loading: pages.some(({ loading }) => loading),
        error: pages.find(({ error }) => error)?.error ?? null,
      })),
    );
  }
}

/** Groups tickets by the status they are shown with, including optimistic changes. */
function columnsOf(pages: readonly Loadable<TicketPage>[]): readonly BoardColumn[] | null {
  if (pages.some(({ data }) => !data)) return null;
  const rows = pages.flatMap(({ data }) => data?.rows ?? []);
  const unique = [...new Map(rows.map((row) => [row.ticketId, row])).values()];
  return ticketRowStatusValues.map((status, index) => {
    const tickets = unique.filter((row) => row.status === status);
    const total = pages[index]?.data?.pagination.total ?? 0;
    return { status, tickets, total: Math.max(total, tickets.length) };
  });
}
