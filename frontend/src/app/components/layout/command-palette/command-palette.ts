import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, output } from '@angular/core';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { Router } from '@angular/router';
import { TranslocoPipe, TranslocoService } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideSearch } from '@ng-icons/lucide';
import {
  catchError,
  combineLatest,
  debounceTime,
  distinctUntilChanged,
  map,
  type Observable,
  of,
  startWith,
  switchMap,
} from 'rxjs';

import type { Customer, TicketRow } from '../../../api/schema';
import { CustomerService } from '../../../services/customer';
import { type RecentItem, RecentService } from '../../../services/core/recent-items';
import { type Shortcut, ShortcutService } from '../../../services/core/shortcuts';
import { TicketService } from '../../../services/ticket';
import { ComboboxDirective, OptionDirective } from '../../ui/combobox';
import { DialogComponent } from '../../ui/dialog';
import { TakeFocusDirective } from '../../ui/take-focus';
import { KeysComponent } from '../shortcut-sheet/keys';

interface Command {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  /** The equivalent shortcut. */
  readonly keys: string;
  readonly run: () => void;
}

interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly Command[];
}

interface Found {
  readonly searching: boolean;
  readonly failed: boolean;
  readonly groups: readonly CommandGroup[];
}

const TYPING_MS = 150;
const NOTHING: Found = { searching: false, failed: false, groups: [] };

/** Finds everything by name: tickets, customers, pages, and the actions of the current page. */
@Component({
  selector: 'app-command-palette',
  imports: [
    AsyncPipe,
    ComboboxDirective,
    KeysComponent,
    DialogComponent,
    NgIcon,
    OptionDirective,
    ReactiveFormsModule,
    TakeFocusDirective,
    TranslocoPipe,
  ],
  templateUrl: './command-palette.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CommandPaletteComponent {
  readonly dismissed = output();
  /** Runs once the palette has closed. */
  readonly chosen = output<() => void>();

  private readonly router = inject(Router);
  private readonly transloco = inject(TranslocoService);
  private readonly tickets = inject(TicketService);
  private readonly customers = inject(CustomerService);
  private readonly recent = inject(RecentService);
  private readonly shortcuts = inject(ShortcutService);
  protected readonly icon = lucideSearch;
  protected readonly query = new FormControl('', { nonNullable: true });

  private readonly query$ = this.query.valueChanges.pipe(
    startWith(''),
    map((query) => query.trim()),
    distinctUntilChanged(),
  );
  private readonly local$ = combineLatest([
    this.query$,
    this.recent.items$,
    this.shortcuts.groups$,
  ]).pipe(
    map(([query, items, groups]) => {
      const actions = groups
        .flatMap(({ shortcuts }) => shortcuts)
        .filter(({ keys }) => keys !== '$mod+k' && keys !== '/')
        .map((shortcut) => this.action(shortcut))
        .filter(({ name }) => folded(name).includes(folded(query)));
      const recent = query ? [] : items.map((item) => this.visit(item));
      return [
        { heading: 'palette.recent', commands: recent },
        { heading: 'palette.actions', commands: actions },
      ];
    }),
  );
  private readonly found$: Observable<Found> = this.query$.pipe(
    switchMap((query) => (query ? this.search(query) : of(NOTHING))),
  );
  protected readonly view$ = combineLatest([this.local$, this.found$]).pipe(
    map(([local, found]) => ({
      ...found,
      groups: [...local, ...found.groups].filter(({ commands }) => commands.length),
    })),
  );

  private search(query: string): Observable<Found> {
    return of(query).pipe(
      debounceTime(TYPING_MS),
      switchMap((search) =>
        combineLatest([
          this.tickets.list$({ search, limit: 6 }),
          this.customers.search({ search, limit: 4 }).pipe(
            map(({ data }) => data),
            catchError(() => of<Customer[]>([])),
            startWith<Customer[]>([]),
          ),
        ]),
      ),
      map(([tickets, customers]) => ({
        searching: tickets.loading && !tickets.data,
        failed: tickets.error !== null,
        groups: [
          {
            heading: 'title.tickets',
            commands: (tickets.data?.rows ?? []).map((row) => this.ticket(row)),
          },
          {
            heading: 'title.customers',
            commands: customers.map((customer) => this.customer(customer)),
          },
        ],
      })),
      startWith({ ...NOTHING, searching: true }),
    );
  }

  private action({ keys, label, run }: Shortcut): Command {
    return { id: keys, name: this.transloco.translate(label), detail: '', keys, run };
  }

  private ticket({ ticketId, subject }: TicketRow): Command {
    return this.visit({ path: `/tickets/${ticketId}`, name: subject, detail: ticketId });
  }

  private customer({ customerId, name, phone }: Customer): Command {
    return this.visit({ path: `/customers/${customerId}`, name, detail: phone ?? '' });
  }

  private visit(item: RecentItem): Command {
    return {
      id: item.path,
      name: item.name,
      detail: item.detail,
      keys: '',
      run: () => {
        this.recent.visit(item);
        void this.router.navigateByUrl(item.path);
      },
    };
  }
}

/** Returns the text without case and accents, for comparing. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
