import { ChangeDetectionStrategy, Component, inject, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideX } from '@ng-icons/lucide';

import { ButtonComponent } from '../../ui/button';
import type { ApiError } from '../../../services/core/api-error';
import { ErrorTextService } from '../../../services/core/error-text';

export interface BulkOutcome {
  readonly changed: number;
  readonly refused: readonly { readonly ticketId: string; readonly error: ApiError }[];
}

/** Shows how many tickets were changed, and which were refused and why. */
@Component({
  selector: 'app-bulk-outcome',
  imports: [ButtonComponent, NgIcon, RouterLink, TranslocoPipe],
  template: `
    <div class="min-w-0 flex-1">
      <p class="font-medium">
        {{
          'bulk.outcome'
            | transloco: { changed: outcome().changed, refused: outcome().refused.length }
        }}
      </p>
      <ul class="max-h-40 overflow-y-auto">
        @for (refusal of outcome().refused; track refusal.ticketId) {
          <li>
            <a
              [routerLink]="['/tickets', refusal.ticketId]"
              class="figures underline underline-offset-2"
              >{{ refusal.ticketId }}</a
            >: {{ text.of(refusal.error) }}
          </li>
        }
      </ul>
    </div>
    <button
      type="button"
      appButton="quiet"
      size="icon"
      class="-m-1"
      [attr.aria-label]="'action.dismiss' | transloco"
      (click)="dismissed.emit()"
    >
      <ng-icon [svg]="cross" size="14" aria-hidden="true" />
    </button>
  `,
  host: { class: 'flex gap-3 bg-amber-soft px-4 py-2.5 text-amber md:px-6', role: 'alert' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BulkOutcomeComponent {
  readonly outcome = input.required<BulkOutcome>();
  readonly dismissed = output();

  protected readonly text = inject(ErrorTextService);
  protected readonly cross = lucideX;
}
