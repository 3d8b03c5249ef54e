import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { TranslocoPipe } from '@jsverse/transloco';
import { BehaviorSubject } from 'rxjs';

import type { TicketRow } from '../../../api/schema';
import { type TagChange, tagsIn } from '../../../services/tickets/tags';
import { TICKET_FIELDS } from '../../../services/tickets/ticket-fields';
import { ButtonComponent } from '../../ui/button';
import { FieldComponent } from '../../ui/field';
import { DialogComponent } from '../../ui/dialog';
import { LocalNumberPipe } from '../../ui/local';
import { fieldValidators } from '../field-validators';

/** Asks which tags to add to the selected tickets and which to remove. */
@Component({
  selector: 'app-bulk-tags',
  imports: [
    LocalNumberPipe,
    AsyncPipe,
    ButtonComponent,
    FieldComponent,
    DialogComponent,
    ReactiveFormsModule,
    TranslocoPipe,
  ],
  template: `
    @let removed = (removed$ | async) ?? none;
    <app-dialog [heading]="'bulk.tags' | transloco" (dismissed)="dismissed.emit()">
      <form class="space-y-4" (submit)="submit($event)">
        <app-field
          for="bulk-tags"
          [label]="'bulk.tags_add' | transloco"
          [hint]="'form.tags_hint' | transloco"
          [error]="added.invalid ? ('form.tags_limit' | transloco) : null"
        >
          <input id="bulk-tags" class="control" autocomplete="off" [formControl]="added" />
        </app-field>
        @if (present().length) {
          <fieldset>
            <legend class="pb-1 text-xs font-medium text-ink-soft">
              {{ 'bulk.tags_remove' | transloco }}
            </legend>
            <div class="flex flex-wrap gap-1">
              @for (tag of present(); track tag.name) {
                <label class="choice has-checked:line-through">
                  <input
                    type="checkbox"
                    class="sr-only"
                    [checked]="removed.has(tag.name)"
                    (change)="toggle(tag.name)"
                  />
                  {{ tag.name }}
                  <span class="text-ink-faint figures">{{ tag.count | localNumber }}</span>
                </label>
              }
            </div>
          </fieldset>
        }
        <div class="flex justify-end gap-2">
          <button appButton="quiet" type="button" (click)="dismissed.emit()">
            {{ 'action.cancel' | transloco }}
          </button>
          <button
            appButton="primary"
            type="submit"
            [disabled]="added.invalid || !(added.value.trim() || removed.size)"
          >
            {{ 'action.save' | transloco }}
          </button>
        </div>
      </form>
    </app-dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BulkTagsComponent {
  readonly tickets = input.required<readonly TicketRow[]>();
  readonly retagged = output<TagChange>();
  readonly dismissed = output();

  protected readonly none: ReadonlySet<string> = new Set();
  protected readonly added = new FormControl('', {
    nonNullable: true,
    validators: fieldValidators(TICKET_FIELDS.tags),
  });
  protected readonly removed$ = new BehaviorSubject(this.none);
  /** The tags of the tickets, with how many tickets have each. */
  protected readonly present = computed(() => {
    const counts = new Map<string, number>();
    for (const tag of this.tickets().flatMap(({ tags }) => tags)) {
      counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    return [...counts].map(([name, count]) => ({ name, count }));
  });

  protected toggle(tag: string): void {
    const removed = new Set(this.removed$.value);
    if (!removed.delete(tag)) removed.add(tag);
    this.removed$.next(removed);
  }

  protected submit(event: Event): void {
    event.preventDefault();
    if (this.added.invalid) return;
    this.retagged.emit({
      addTags: tagsIn(this.added.value),
      removeTags: [...this.removed$.value],
    });
  }
}
