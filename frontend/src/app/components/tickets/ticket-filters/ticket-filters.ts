import { KeyValuePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideListFilter, lucideSearch } from '@ng-icons/lucide';

import type { Agent } from '../../../api/schema';
import {
  type FilterControl,
  type FilterName,
  OFFERED_FILTERS,
  type TicketFilters,
} from '../../../services/tickets/list-filters';
import { SORTS } from '../../../services/tickets/ticket-query';
import { ChoicesComponent } from '../../ui/choices';
import { DebouncedDirective } from '../../ui/debounced';
import { FieldComponent } from '../../ui/field';
import { PopupComponent } from '../../ui/popup';

type Kind = FilterControl['kind'];

export interface FilterChange {
  readonly name: FilterName;
  /** Empty to remove the filter. */
  readonly value: string;
}

/** The search box, and a popup with all other filters. */
@Component({
  selector: 'app-ticket-filters',
  imports: [
    ChoicesComponent,
    DebouncedDirective,
    FieldComponent,
    KeyValuePipe,
    NgIcon,
    PopupComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-filters.html',
  host: { class: 'contents' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketFiltersComponent {
  readonly filters = input.required<TicketFilters>();
  /** Empty for the default order. */
  readonly sort = input.required<string>();
  /** The agents to filter by; empty for agents who only see their own tickets. */
  readonly agents = input.required<readonly Agent[]>();
  readonly filterChange = output<FilterChange>();
  readonly sortChange = output<string>();

  protected readonly lists = offered('choices');
  protected readonly singles = [...offered('select'), ...offered('date'), ...offered('text')];
  protected readonly asListed = (): number => 0;
  protected readonly sorts = SORTS;
  protected readonly searchIcon = lucideSearch;
  protected readonly filterIcon = lucideListFilter;
  protected set(name: FilterName, { target }: Event): void {
    this.filterChange.emit({ name, value: (target as HTMLInputElement | HTMLSelectElement).value });
  }

  /** The first Escape empties the box, the second leaves it. */
  protected leaveSearch(event: Event): void {
    const field = event.target as HTMLInputElement;
    if (!field.value) field.blur();
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
