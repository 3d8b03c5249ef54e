import { KeyValuePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideListFilter, lucideSearch } from '@ng-icons/lucide';
import { debounceTime, EMPTY, map, merge, type Observable } from 'rxjs';

import type { Agent } from '../../../api/schema';
import {
  type FilterControl,
  type FilterName,
  OFFERED_FILTERS,
  type TicketFilters,
} from '../../../services/tickets/list-filters';
import { SORTS } from '../../../services/tickets/ticket-query';
import { ChoicesComponent } from '../../ui/choices';
import { FieldComponent } from '../../ui/field';
import { PopupComponent } from '../../ui/popup';

type Kind = FilterControl['kind'];

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
    KeyValuePipe,
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

  protected readonly lists = offered('choices');
  protected readonly singles = [...offered('select'), ...offered('date'), ...offered('text')];
  protected readonly asListed = (): number => 0;
  protected readonly sorts = SORTS;
  protected readonly searchIcon = lucideSearch;
  protected readonly filterIcon = lucideListFilter;
  /** The filters of one value each. */
  private readonly controlled = [...offered('search'), ...this.singles];
  protected readonly form = inject(NonNullableFormBuilder).record<string>(
    Object.fromEntries(this.controlled.map(({ name }) => [name, ''])),
  );

  /** What was last asked for by typing, or by the address. */
  private readonly asked: Record<string, string> = {};

  constructor() {
    // What the address says; but an address that only catches up with the typing changes nothing.
    toObservable(this.filters)
      .pipe(takeUntilDestroyed())
      .subscribe((filters) => {
        for (const { name } of this.controlled) {
          if (this.asked[name] !== filters[name]) {
            this.form.controls[name]?.setValue(filters[name], { emitEvent: false });
          }
          this.asked[name] = filters[name];
        }
      });
    merge(...this.controlled.map(({ name, control }) => this.changes(name, control)))
      .pipe(takeUntilDestroyed())
      .subscribe(({ name, value }) => {
        this.asked[name] = value;
        this.filterChange.emit({ name, value });
      });
  }

  private changes(name: FilterName, { kind }: FilterControl): Observable<FilterChange> {
    const isTyped = kind === 'search' || kind === 'text';
    return (this.form.controls[name]?.valueChanges ?? EMPTY).pipe(
      debounceTime(isTyped ? TYPING_MS : 0),
      map((value) => ({ name, value: value.trim() })),
    );
  }

  /** Escape empties the box first and leaves it second. */
  protected leaveSearch(event: Event): void {
    if (!this.form.value['search']) (event.target as HTMLElement).blur();
  }
}

function offered<K extends Kind>(
  kind: K,
): readonly { name: FilterName; control: Extract<FilterControl, { kind: K }> }[] {
  return OFFERED_FILTERS.flatMap(({ name, control }) =>
    control.kind === kind
      ? [{ name, control: control as Extract<FilterControl, { kind: K }> }]
      : [],
  );
}
