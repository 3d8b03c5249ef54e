import { ChangeDetectionStrategy, Component, input, output, signal } from '@angular/core';
import { type Params, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideBookmark, lucideTrash2 } from '@ng-icons/lucide';

import type { SavedView } from '../../../services/tickets/saved-views';
import { ButtonComponent } from '../../ui/button';
import { PopupComponent } from '../../ui/popup';

/** The agent's saved views: open, delete, and save the current list. */
@Component({
  selector: 'app-ticket-views',
  imports: [ButtonComponent, NgIcon, PopupComponent, RouterLink, TranslocoPipe],
  template: `
    <app-popup #popup [label]="'view.heading' | transloco" [icon]="icon">
      @if (views().length) {
        <ul class="-mx-2 -mt-2 pb-3">
          @for (view of views(); track view.name) {
            <li class="flex items-center rounded-md hover:bg-hover">
              <a
                routerLink="/tickets"
                [queryParams]="view.query"
                class="min-w-0 flex-1 truncate rounded-md px-2 py-1.5"
                (click)="popup.open.set(false)"
              >
                {{ view.name }}
              </a>
              <button
                type="button"
                appButton="quiet"
                size="icon"
                [attr.aria-label]="'view.delete' | transloco: { name: view.name }"
                (click)="delete.emit(view.name)"
              >
                <ng-icon [svg]="bin" size="14" aria-hidden="true" />
              </button>
            </li>
          }
        </ul>
      } @else {
        <p class="pb-3 text-ink-soft">{{ 'view.none' | transloco }}</p>
      }
      <form class="flex gap-2" (submit)="keep($event, popup)">
        <input
          class="control"
          [value]="name()"
          (input)="name.set($any($event.target).value)"
          maxlength="60"
          autocomplete="off"
          [placeholder]="'view.name' | transloco"
          [attr.aria-label]="'view.name' | transloco"
        />
        <button appButton="primary" type="submit" [disabled]="!name().trim()">
          {{ 'view.save' | transloco }}
        </button>
      </form>
    </app-popup>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketViewsComponent {
  readonly views = input.required<readonly SavedView[]>();
  /** The query of the list on the screen. */
  readonly query = input.required<Params>();
  readonly save = output<SavedView>();
  readonly delete = output<string>();

  protected readonly icon = lucideBookmark;
  protected readonly bin = lucideTrash2;
  protected readonly name = signal('');

  protected keep(event: Event, popup: PopupComponent): void {
    event.preventDefault();
    const name = this.name().trim();
    if (!name) return;
    popup.open.set(false);
    this.save.emit({ name, query: this.query() });
    this.name.set('');
  }
}
