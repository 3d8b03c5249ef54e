import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { AsyncPipe } from '@angular/common';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideChevronDown } from '@ng-icons/lucide';
import { BehaviorSubject } from 'rxjs';

import type { Ticket } from '../../../api/schema';
import type { Category } from '../../../api/types';
import { TICKET_FIELDS } from '../../../services/tickets/ticket-fields';
import { ButtonComponent } from '../../ui/button';
import { TakeFocusDirective } from '../../ui/take-focus';

export interface Categorization {
  category: Category;
  subcategory: string | null;
}

/** Edits category and subcategory together: some categories require a subcategory. */
@Component({
  selector: 'app-category-editor',
  imports: [
    AsyncPipe,
    ButtonComponent,
    NgIcon,
    ReactiveFormsModule,
    TakeFocusDirective,
    TranslocoPipe,
  ],
  template: `
    @if (editing$ | async) {
      <form
        class="space-y-2 py-1"
        [formGroup]="form"
        (ngSubmit)="save()"
        (keydown.escape)="editing$.next(false)"
      >
        <select
          appTakeFocus
          class="control"
          formControlName="category"
          [attr.aria-label]="'ticket.category' | transloco"
        >
          @for (category of categories; track category) {
            <option [value]="category">{{ 'category.' + category | transloco }}</option>
          }
        </select>
        <input
          class="control"
          formControlName="subcategory"
          autocomplete="off"
          [attr.maxlength]="limit"
          [attr.aria-label]="'ticket.subcategory' | transloco"
          [attr.aria-required]="required()"
          [placeholder]="
            ('ticket.subcategory' | transloco) +
            (required() ? '' : ' · ' + ('form.optional' | transloco))
          "
        />
        <div class="flex gap-2">
          <button appButton="primary" type="submit" [disabled]="incomplete()">
            {{ 'action.save' | transloco }}
          </button>
          <button appButton="quiet" type="button" (click)="editing$.next(false)">
            {{ 'action.cancel' | transloco }}
          </button>
        </div>
      </form>
    } @else {
      <button type="button" [appTakeFocus]="opened" appButton="text" size="inline" (click)="edit()">
        <span class="min-w-0 break-words">
          <span class="sr-only">{{ 'ticket.change_category' | transloco }}:</span>
          {{ 'category.' + ticket().category | transloco }}
          @if (ticket().subcategory) {
            <span class="text-ink-soft">· {{ ticket().subcategory }}</span>
          }
        </span>
        <ng-icon [svg]="chevron" size="12" class="shrink-0 text-ink-faint" aria-hidden="true" />
      </button>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CategoryEditorComponent {
  readonly ticket = input.required<Ticket>();
  readonly categorized = output<Categorization>();

  protected readonly categories = TICKET_FIELDS.category.choices;
  protected readonly limit = TICKET_FIELDS.subcategory.limit;
  protected readonly chevron = lucideChevronDown;
  /** Whether the form was opened, so that the button gets the focus back. */
  protected opened = false;
  protected readonly editing$ = new BehaviorSubject(false);
  protected readonly form = inject(NonNullableFormBuilder).group({
    category: 'other' as Category,
    subcategory: '',
  });

  protected edit(): void {
    const { category, subcategory } = this.ticket();
    this.form.setValue({ category, subcategory: subcategory ?? '' });
    this.opened = true;
    this.editing$.next(true);
  }

  protected required(): boolean {
    return TICKET_FIELDS.subcategory.required(this.form.getRawValue());
  }

  protected incomplete(): boolean {
    return this.required() && !this.form.controls.subcategory.value.trim();
  }

  protected save(): void {
    if (this.incomplete()) return;
    const { category, subcategory } = this.form.getRawValue();
    this.editing$.next(false);
    this.categorized.emit({ category, subcategory: subcategory.trim() || null });
  }
}
