import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideSearch } from '@ng-icons/lucide';
import { debounceTime, merge } from 'rxjs';

import type { Agent } from '../../../api/schema';
import { PRIORITIES } from '../../../services/ticket-rules';

export interface TicketFilters {
  search: string;
  priority: string;
  assignedTo: string;
}

const TYPING_MS = 200;

/** The search box and the filters above the list. */
@Component({
  selector: 'app-ticket-filters',
  imports: [NgIcon, ReactiveFormsModule, TranslocoPipe],
  templateUrl: './ticket-filters.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFiltersComponent {
  readonly filters = input.required<TicketFilters>();
  /** Colleagues to filter by; none for those who only see their own tickets. */
  readonly agents = input.required<readonly Agent[]>();
  readonly filtersChange = output<TicketFilters>();

  protected readonly priorities = PRIORITIES;
  protected readonly icon = lucideSearch;
  protected readonly form = inject(NonNullableFormBuilder).group({
    search: '',
    priority: '',
    assignedTo: '',
  });

  /** The search last asked for, here or by the address. */
  private asked = '';

  constructor() {
    // What the address says; but an address that only catches up with the typing changes nothing.
    toObservable(this.filters)
      .pipe(takeUntilDestroyed())
      .subscribe((filters) => {
        const search =
          filters.search === this.asked ? this.form.getRawValue().search : filters.search;
        this.form.setValue({ ...filters, search }, { emitEvent: false });
        this.asked = filters.search;
      });
    const { search, priority, assignedTo } = this.form.controls;
    merge(
      search.valueChanges.pipe(debounceTime(TYPING_MS)),
      priority.valueChanges,
      assignedTo.valueChanges,
    )
      .pipe(takeUntilDestroyed())
      .subscribe(() => {
        const value = this.form.getRawValue();
        this.asked = value.search.trim();
        this.filtersChange.emit({ ...value, search: this.asked });
      });
  }
}
