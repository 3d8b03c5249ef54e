import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideX } from '@ng-icons/lucide';

import type { Agent } from '../../../api/schema';
import {
  type FilterName,
  FILTERS,
  type TicketFilters,
} from '../../../services/tickets/ticket-query';

interface Chip {
  readonly name: FilterName;
  /** Translation keys. */
  readonly keys: readonly string[];
  /** What is said as it is, for lack of a key. */
  readonly text: string;
}

const WORDS: Partial<Record<FilterName, Readonly<Record<string, string>>>> = {
  assignedTo: { me: 'filter.me', unassigned: 'ticket.unassigned' },
  escalated: { true: 'filter.escalated', false: 'filter.not_escalated' },
};
const LISTS: readonly FilterName[] = ['priority', 'category', 'sla'];

/** The filters in force, each with the way to take it off. */
@Component({
  selector: 'app-filter-chips',
  imports: [NgIcon, TranslocoPipe],
  template: `
    @for (chip of chips(); track chip.name) {
      <span
        class="inline-flex h-6 max-w-full items-center gap-1 rounded-md bg-accent-soft pl-2 text-xs text-accent-ink"
      >
        <span class="truncate">
          {{ 'filter_by.' + chip.name | transloco }}:
          @for (key of chip.keys; track key) {
            <span class="font-medium">{{ key | transloco }}{{ $last ? '' : ', ' }}</span>
          }
          <span class="font-medium">{{ chip.text }}</span>
        </span>
        <button
          type="button"
          class="inline-flex size-6 shrink-0 items-center justify-center rounded-md hover:bg-hover"
          [attr.aria-label]="
            ('filter.remove' | transloco) + ': ' + ('filter_by.' + chip.name | transloco)
          "
          (click)="remove.emit(chip.name)"
        >
          <ng-icon [svg]="cross" size="12" aria-hidden="true" />
        </button>
      </span>
    }
    @if (chips().length > 1) {
      <button
        type="button"
        class="h-6 px-1 text-xs text-ink-soft underline-offset-2 hover:text-ink hover:underline"
        (click)="clear.emit()"
      >
        {{ 'action.clear_filters' | transloco }}
      </button>
    }
  `,
  host: { class: 'flex flex-wrap items-center gap-1.5', '[class.hidden]': '!chips().length' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FilterChipsComponent {
  readonly filters = input.required<TicketFilters>();
  readonly agents = input.required<readonly Agent[]>();
  /** The name of the customer that is filtered by. */
  readonly customer = input.required<string>();
  readonly remove = output<FilterName>();
  readonly clear = output();

  protected readonly cross = lucideX;
  protected readonly chips = computed<readonly Chip[]>(() =>
    FILTERS.filter((name) => name !== 'search' && this.filters()[name]).map((name) => {
      const value = this.filters()[name];
      const keys = keysOf(name, value);
      return { name, keys, text: keys.length ? '' : this.textOf(name, value) };
    }),
  );

  private textOf(name: FilterName, value: string): string {
    const agent = this.agents().find(({ agentId }) => agentId === value);
    return agent?.name ?? ((name === 'customerId' && this.customer()) || value);
  }
}

function keysOf(name: FilterName, value: string): readonly string[] {
  if (LISTS.includes(name)) return value.split(',').map((one) => `${name}.${one}`);
  const key = WORDS[name]?.[value];
  return key ? [key] : [];
}
