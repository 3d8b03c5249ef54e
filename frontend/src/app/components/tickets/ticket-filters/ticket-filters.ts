import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideListFilter, lucideSearch } from '@ng-icons/lucide';
import { debounceTime, map, merge, type Observable } from 'rxjs';

import { type Agent, slaStateValues } from '../../../api/schema';
import { type FilterName, SORTS, type TicketFilters } from '../../../services/tickets/ticket-query';
import { CATEGORIES, PRIORITIES } from '../../../services/tickets/ticket-rules';
import { ChoicesComponent } from '../../ui/choices';
import { FieldComponent } from '../../ui/field';
import { PopupComponent } from '../../ui/popup';

/** The filters of one value each; those of several are lists of choices. */
const TYPED = ['search', 'tag'] as const;
const PICKED = ['assignedTo', 'escalated', 'createdFrom', 'createdTo', 'updatedSince'] as const;

export interface FilterChange {
  readonly name: FilterName;
  /** Empty to lift the filter. */
  readonly value: string;
}

const TYPING_MS = 200;

/** The search box, and behind a button everything else that a list can be narrowed to. */
@Component({
  selector: 'app-ticket-filters',
  imports: [
    ChoicesComponent,
    FieldComponent,
    NgIcon,
    PopupComponent,
    ReactiveFormsModule,
    TranslocoPipe,
  ],
  templateUrl: './ticket-filters.html',
  host: { class: 'contents' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFiltersComponent {
  readonly filters = input.required<TicketFilters>();
  /** Empty for the server's own order. */
  readonly sort = input.required<string>();
  /** Colleagues to filter by; none for those who only see their own tickets. */
  readonly agents = input.required<readonly Agent[]>();
  readonly filterChange = output<FilterChange>();
  readonly sortChange = output<string>();

  protected readonly lists = [
    { name: 'priority', options: PRIORITIES },
    { name: 'sla', options: slaStateValues },
    { name: 'category', options: CATEGORIES },
  ] as const;
  protected readonly sorts = SORTS;
  protected readonly searchIcon = lucideSearch;
  protected readonly filterIcon = lucideListFilter;
  protected readonly form = inject(NonNullableFormBuilder).group({
    search: '',
    tag: '',
    assignedTo: '',
    escalated: '',
    createdFrom: '',
    createdTo: '',
    updatedSince: '',
  });

  /** What was last asked for by typing, or by the address. */
  private readonly asked: Record<string, string> = {};

  constructor() {
    // What the address says; but an address that only catches up with the typing changes nothing.
    toObservable(this.filters)
      .pipe(takeUntilDestroyed())
      .subscribe((filters) => {
        for (const name of [...TYPED, ...PICKED]) {
          if (this.asked[name] !== filters[name]) {
            this.form.controls[name].setValue(filters[name], { emitEvent: false });
          }
          this.asked[name] = filters[name];
        }
      });
    const changes = (
      name: (typeof TYPED | typeof PICKED)[number],
      wait: number,
    ): Observable<FilterChange> =>
      this.form.controls[name].valueChanges.pipe(
        debounceTime(wait),
        map((value) => ({ name, value: value.trim() })),
      );
    merge(
      ...TYPED.map((name) => changes(name, TYPING_MS)),
      ...PICKED.map((name) => changes(name, 0)),
    )
      .pipe(takeUntilDestroyed())
      .subscribe(({ name, value }) => {
        this.asked[name] = value;
        this.filterChange.emit({ name, value });
      });
  }

  /** Escape empties the box first and leaves it second. */
  protected leaveSearch(event: Event): void {
    if (!this.form.controls.search.value) (event.target as HTMLElement).blur();
  }
}
