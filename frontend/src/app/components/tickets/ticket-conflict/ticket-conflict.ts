import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { Ticket } from '../../../api/schema';
import type { KnownTicket } from '../../../api/types';
import { ButtonComponent } from '../../ui/button';
import { DialogComponent } from '../../ui/dialog';
import { changesBetween } from './changes-between';

/** Shows what a colleague changed in the meantime, and lets the agent choose. */
@Component({
  selector: 'app-ticket-conflict',
  imports: [ButtonComponent, DialogComponent, TranslocoPipe],
  template: `
    <app-dialog [heading]="'conflict.heading' | transloco" (dismissed)="dismissed.emit()">
      <p class="text-ink-soft">{{ 'conflict.text' | transloco }}</p>
      <dl
        class="my-3 max-h-[50dvh] divide-y divide-line overflow-y-auto rounded-md border border-line"
        tabindex="0"
      >
        @for (change of changes(); track change.field) {
          <div class="grid gap-x-2 px-3 py-2 sm:grid-cols-[7rem_1fr]">
            <dt class="text-ink-soft">{{ change.label | transloco }}</dt>
            <dd class="min-w-0 break-words">
              <del class="text-ink-faint">{{ shown(change.prefix, change.from) | transloco }}</del>
              →
              <ins class="font-medium no-underline">
                {{ shown(change.prefix, change.to) | transloco }}
              </ins>
              @if (changedBy().get(change.field); as name) {
                <span class="block text-xs text-ink-faint">{{ name }}</span>
              }
            </dd>
          </div>
        } @empty {
          <div class="px-3 py-2">{{ 'conflict.other' | transloco }}</div>
        }
      </dl>
      <div class="flex flex-wrap justify-end gap-2">
        <button appButton type="button" (click)="keepTheirs.emit()">
          {{ 'conflict.keep_current' | transloco }}
        </button>
        <button appButton="primary" type="button" (click)="applyMine.emit()">
          {{ 'conflict.apply_change' | transloco }}
        </button>
      </div>
    </app-dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketConflictComponent {
  /** The ticket as the agent saw it, and as it is now. */
  readonly seen = input.required<KnownTicket>();
  readonly current = input.required<Ticket>();
  /** Who changed which field, as far as known. */
  readonly changedBy = input<ReadonlyMap<string, string>>(new Map());
  readonly keepTheirs = output();
  readonly applyMine = output();
  /** Closed without a choice. */
  readonly dismissed = output();

  protected readonly changes = computed(() => changesBetween(this.seen(), this.current()));

  /** Returns a translation key for fixed values. Transloco shows other text as it is. */
  protected shown(prefix: string, value: string | null): string {
    return value ? prefix + value : 'conflict.none';
  }
}
