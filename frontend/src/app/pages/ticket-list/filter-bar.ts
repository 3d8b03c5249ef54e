import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, ElementRef, inject } from '@angular/core';
import { ActivatedRoute, type Params, Router } from '@angular/router';
import { combineLatest, map, type Observable, of, switchMap } from 'rxjs';

import type { Customer } from '../../api/schema';
import {
  FilterChipsComponent,
  type FilterNames,
} from '../../components/tickets/ticket-filters/filter-chips';
import { TicketFiltersComponent } from '../../components/tickets/ticket-filters/ticket-filters';
import { AgentService } from '../../services/agent';
import { ConversationService } from '../../services/conversation';
import type { Loadable } from '../../services/core/loadable';
import { CustomerService } from '../../services/customer';
import {
  type FilterControl,
  OFFERED_FILTERS,
  type TicketFilters,
} from '../../services/tickets/list-filters';
import { filtersOf } from '../../services/tickets/ticket-query';

/** The search and the filters of the tickets on the screen. The address holds their values. */
@Component({
  selector: 'app-filter-bar',
  imports: [AsyncPipe, FilterChipsComponent, TicketFiltersComponent],
  template: `
    @if (filters$ | async; as filters) {
      @let agents = (agents$ | async) ?? [];
      <div class="flex items-center gap-2">
        <app-ticket-filters
          [filters]="filters"
          [sort]="(sort$ | async) ?? ''"
          [agents]="agents"
          (filterChange)="narrow($event.name, $event.value)"
          (sortChange)="narrow('sort', $event)"
        />
      </div>
      <app-filter-chips
        [filters]="filters"
        [names]="(names$ | async) ?? {}"
        (remove)="narrow($event, '')"
        (clear)="clear()"
      />
    }
  `,
  host: { class: 'block space-y-2' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FilterBarComponent {
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly agents = inject(AgentService);
  private readonly customers = inject(CustomerService);
  private readonly conversations = inject(ConversationService);

  protected readonly filters$ = this.route.queryParamMap.pipe(map(filtersOf));
  protected readonly sort$ = this.route.queryParamMap.pipe(
    map((params) => params.get('sort') ?? ''),
  );
  protected readonly agents$ = this.agents.agents$;
  protected readonly names$ = this.filters$.pipe(switchMap((filters) => this.namesOf(filters)));

  /** Focuses the search box. */
  focus(): void {
    this.element.querySelector<HTMLElement>('input[type=search]')?.focus();
  }

  /** Sets a filter or the order; an empty value removes it. */
  narrow(name: string, value: string): void {
    this.show({ [name]: value || null });
  }

  clear(): void {
    this.show(Object.fromEntries(OFFERED_FILTERS.map(({ name }) => [name, null])));
  }

  /** Returns the names of what is filtered by id. */
  private namesOf(filters: TicketFilters): Observable<FilterNames> {
    const names = OFFERED_FILTERS.filter(({ name }) => filters[name]).map(({ name, control }) =>
      this.nameOf(control, filters[name]).pipe(map((text) => [name, text ?? undefined])),
    );
    return names.length ? combineLatest(names).pipe(map(Object.fromEntries)) : of({});
  }

  private nameOf({ kind }: FilterControl, id: string): Observable<string | null> {
    switch (kind) {
      case 'select':
        return this.agents.name$(id);
      case 'customer':
        return this.customers.customer$(id).pipe(map(customerName));
      case 'conversation':
        return this.conversations
          .conversation$(id)
          .pipe(map(({ data, error }) => customerName({ data: data && data.customer, error })));
      default:
        return of(null);
    }
  }

  private show(queryParams: Params): void {
    void this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { ...queryParams, page: null, cursor: null },
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }
}

/** Returns the name of a customer, a dash if they cannot be found, null while loading. */
function customerName({
  data,
  error,
}: Pick<Loadable<Pick<Customer, 'name' | 'phone'>>, 'data' | 'error'>): string | null {
  return (data && (data.name || data.phone)) ?? (error && '—');
}
