import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, ElementRef, inject, input } from '@angular/core';
import { ActivatedRoute, type Params, Router } from '@angular/router';
import { map } from 'rxjs';

import { FilterChipsComponent } from '../../components/tickets/ticket-filters/filter-chips';
import { TicketFiltersComponent } from '../../components/tickets/ticket-filters/ticket-filters';
import { AgentService } from '../../services/agent';
import { FILTERS, filtersOf } from '../../services/tickets/ticket-query';

/** Search and filters of the tickets on the screen; they live in the address. */
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
        [agents]="agents"
        [customer]="customer()"
        (remove)="narrow($event, '')"
        (clear)="clear()"
      />
    }
  `,
  host: { class: 'block space-y-2' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FilterBarComponent {
  /** The name of the customer whose tickets are on the screen, where they are one customer's. */
  readonly customer = input('');

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);

  protected readonly filters$ = this.route.queryParamMap.pipe(map(filtersOf));
  protected readonly sort$ = this.route.queryParamMap.pipe(
    map((params) => params.get('sort') ?? ''),
  );
  protected readonly agents$ = inject(AgentService).agents$;

  /** To the search box. */
  focus(): void {
    this.element.querySelector<HTMLElement>('input[type=search]')?.focus();
  }

  /** Sets a filter or the order, or takes it off when there is no value. */
  narrow(name: string, value: string): void {
    this.show({ [name]: value || null });
  }

  clear(): void {
    this.show(Object.fromEntries(FILTERS.map((name) => [name, null])));
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
