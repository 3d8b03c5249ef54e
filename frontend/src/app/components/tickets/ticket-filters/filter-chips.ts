import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideX } from '@ng-icons/lucide';

import { LanguageService } from '../../../services/core/language';
import {
  type FilterControl,
  type FilterName,
  OFFERED_FILTERS,
  type TicketFilters,
} from '../../../services/tickets/list-filters';
import { ButtonComponent } from '../../ui/button';
import { dateText } from '../../ui/time-format';

/** The names of what is filtered by id (an agent, a customer), by filter. */
export type FilterNames = Readonly<Partial<Record<FilterName, string>>>;

interface Chip {
  readonly name: FilterName;
  /** Translation keys. */
  readonly keys: readonly string[];
  /** Text without a translation key. */
  readonly text: string;
}

/** The active filters, each with a button to remove it. */
@Component({
  selector: 'app-filter-chips',
  imports: [ButtonComponent, NgIcon, TranslocoPipe],
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
          appButton="quiet"
          size="icon-small"
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
  readonly names = input.required<FilterNames>();
  readonly remove = output<FilterName>();
  readonly clear = output();

  private readonly language = inject(LanguageService);
  protected readonly cross = lucideX;
  protected readonly chips = computed<readonly Chip[]>(() =>
    OFFERED_FILTERS.filter(
      ({ name, control }) => control.kind !== 'search' && this.filters()[name],
    ).map(({ name, control }) => {
      const value = this.filters()[name];
      const keys = keysOf(control, value);
      return { name, keys, text: keys.length ? '' : this.textOf(name, control, value) };
    }),
  );

  private textOf(name: FilterName, control: FilterControl, value: string): string {
    if (control.kind === 'date') return dateText(value, this.language.current);
    return control.kind === 'text' ? value : (this.names()[name] ?? '…');
  }
}

function keysOf(control: FilterControl, value: string): readonly string[] {
  if (control.kind === 'choices') return value.split(',').map((one) => control.prefix + one);
  const key = control.kind === 'select' && control.options[value];
  return key ? [key] : [];
}
