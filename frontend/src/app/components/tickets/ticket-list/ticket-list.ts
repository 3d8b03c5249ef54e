import { AsyncPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  Injector,
  input,
  linkedSignal,
  output,
} from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideArrowDown, lucideArrowUp } from '@ng-icons/lucide';
import { tap } from 'rxjs';

import type { TicketRow } from '../../../api/schema';
import { TICKET_FIELDS } from '../../../services/tickets/ticket-fields';
import { ViewportService } from '../../../services/core/viewport';
import { bySlices } from '../../ui/by-slices';
import { TicketCardComponent } from '../ticket-card/ticket-card';
import { TicketRowComponent } from '../ticket-row/ticket-row';

const COLUMNS = [
  { field: 'ticketId', sort: 'ticketId', look: 'w-48 pl-4' },
  { field: 'subject', sort: null, look: '' },
  { field: 'status', sort: 'status', look: 'w-38' },
  { field: 'priority', sort: 'priority', look: 'hidden w-24 2xl:table-cell' },
  { field: 'assignedTo', sort: null, look: 'hidden w-36 xl:table-cell' },
  { field: 'sla', sort: 'resolutionDueAt', look: 'hidden w-28 lg:table-cell' },
  { field: 'updatedAt', sort: 'updatedAt', look: 'w-30 pr-4 text-right md:pr-6' },
] as const;

/** The order that the first click on a column sets: the most urgent first. */
const FIRST: Readonly<Record<string, string>> = { priority: '-priority', updatedAt: '-updatedAt' };
const NONE: ReadonlySet<string> = new Set();

/** Tickets as a table, or as cards on narrow screens. */
@Component({
  selector: 'app-ticket-list',
  imports: [AsyncPipe, NgIcon, TicketCardComponent, TicketRowComponent, TranslocoPipe],
  templateUrl: './ticket-list.html',
  host: { class: 'block', '(focusin)': 'follow($event)' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketListComponent {
  readonly tickets = input.required<readonly TicketRow[]>();
  readonly gone = input(NONE);
  readonly unseen = input(NONE);
  /** Ids of the selected tickets; null where nothing can be selected. */
  readonly selection = input<ReadonlySet<string> | null>(null);
  /** The order as the API names it; null where it cannot be changed. */
  readonly sort = input<string | null>(null);
  /** The focus returns to the first of these that is in the list. */
  readonly returnTo = input<readonly string[]>([]);
  readonly selectionChange = output<ReadonlySet<string>>();
  readonly sortChange = output<string>();

  private readonly injector = inject(Injector);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  /** The focused ticket and those below it, which move up if it leaves. */
  private fromFocus: readonly string[] = [];
  /** The selection, ahead of the parent: keys can be faster than its update. */
  private readonly chosen = linkedSignal(() => this.selection());
  /** Where a range begins. */
  private anchor = '';

  protected readonly wide$ = inject(ViewportService).wide$;
  protected readonly rows$ = bySlices(toObservable(this.tickets), ({ ticketId }) => ticketId).pipe(
    tap((rows) => this.comeBack(rows)),
  );
  private isBack = false;
  protected readonly columns = COLUMNS;
  protected readonly described = TICKET_FIELDS;
  protected readonly up = lucideArrowUp;
  protected readonly down = lucideArrowDown;
  protected readonly allSelected = computed(() =>
    this.tickets().every(({ ticketId }) => this.selection()?.has(ticketId)),
  );

  /** The focused ticket. */
  get current(): TicketRow | undefined {
    return this.tickets()[this.cursor];
  }

  private get cursor(): number {
    const ids = this.tickets().map(({ ticketId }) => ticketId);
    const first = this.fromFocus.find((ticketId) => ids.includes(ticketId));
    if (first !== undefined) return ids.indexOf(first);
    return this.fromFocus.length ? ids.length : -1;
  }

  /** Whether a row shows the keyboard focus. */
  get hasFocus(): boolean {
    return this.element.querySelector(':focus-visible') !== null;
  }

  /** Moves the focus by a number of rows. */
  move(by: number): void {
    // If the focused row has left, the next one is now in its place.
    const hasFocus = this.element.contains(document.activeElement);
    const from = hasFocus || by < 0 ? this.cursor : Math.max(-1, this.cursor - 1);
    this.focus(Math.max(0, Math.min(from + by, this.tickets().length - 1)));
  }

  /** Returns the focus to its row after the next render. */
  restoreFocus(): void {
    afterNextRender(() => this.focus(Math.min(this.cursor, this.tickets().length - 1)), {
      injector: this.injector,
    });
  }

  toggleCurrent(): void {
    if (this.current) this.toggle(this.current.ticketId, false);
  }

  protected follow(event: Event): void {
    const row = (event.target as Element).closest('[data-ticket]');
    const ticketId = row?.getAttribute('data-ticket');
    const ids = this.tickets().map((ticket) => ticket.ticketId);
    this.fromFocus = ticketId && ids.includes(ticketId) ? ids.slice(ids.indexOf(ticketId)) : [];
  }

  protected orderOf(column: string | null): 'ascending' | 'descending' | null {
    if (column === null || this.sort() === null) return null;
    if (this.sort() === column) return 'ascending';
    return this.sort() === `-${column}` ? 'descending' : null;
  }

  protected sortBy(column: string): void {
    const order = this.orderOf(column);
    if (!order) this.sortChange.emit(FIRST[column] ?? column);
    else this.sortChange.emit(order === 'ascending' ? `-${column}` : column);
  }

  /** Selects or deselects a row; with `range` also the rows up to the anchor. */
  protected toggle(ticketId: string, range: boolean): void {
    const before = this.chosen();
    if (!before) return;
    const ids = this.tickets().map((ticket) => ticket.ticketId);
    const [from, to] = [ids.indexOf(this.anchor), ids.indexOf(ticketId)];
    const among = range && from >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [];
    const after = new Set(before);
    const select = !before.has(ticketId);
    for (const id of [...among, ticketId]) {
      if (select) after.add(id);
      else after.delete(id);
    }
    this.anchor = ticketId;
    this.chosen.set(after);
    this.selectionChange.emit(after);
  }

  protected selectAll(): void {
    const all = this.allSelected() ? [] : this.tickets().map(({ ticketId }) => ticketId);
    this.selectionChange.emit(new Set(all));
  }

  private comeBack(rows: readonly TicketRow[]): void {
    if (this.isBack) return;
    const known = new Set(this.tickets().map(({ ticketId }) => ticketId));
    const wanted = this.returnTo().find((ticketId) => known.has(ticketId));
    const index = rows.findIndex(({ ticketId }) => ticketId === wanted);
    if (index < 0) return;
    this.isBack = true;
    afterNextRender(() => this.focus(index, 'center'), { injector: this.injector });
  }

  private focus(index: number, block: ScrollLogicalPosition = 'nearest'): void {
    const rows = this.element.querySelectorAll<HTMLElement>('[data-ticket] a[href]');
    rows[index]?.focus();
    rows[index]?.scrollIntoView({ block });
  }
}
