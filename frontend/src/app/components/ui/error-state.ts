import {
  booleanAttribute,
  ChangeDetectionStrategy,
  Component,
  inject,
  input,
  output,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideCloudOff } from '@ng-icons/lucide';

import type { ApiError } from '../../services/core/api-error';
import { ErrorTextService } from '../../services/core/error-text';
import { ButtonComponent } from './button';

/** Why something could not be loaded, and the way to try again. */
@Component({
  selector: 'app-error-state',
  imports: [ButtonComponent, NgIcon, TranslocoPipe],
  template: `
    <ng-icon [svg]="icon" size="22" class="text-ink-faint" aria-hidden="true" />
    <p class="pt-2 font-medium">{{ 'state.failed' | transloco }}</p>
    <p class="max-w-sm text-ink-soft">{{ text.of(error()) }}</p>
    <button appButton type="button" class="mt-3" (click)="retry.emit()">
      {{ 'action.retry' | transloco }}
    </button>
  `,
  host: {
    class: 'flex flex-col items-center px-6 text-center',
    '[class]': "compact() ? 'py-4' : 'py-14'",
    role: 'alert',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ErrorStateComponent {
  readonly error = input.required<ApiError>();
  /** In a small place. */
  readonly compact = input(false, { transform: booleanAttribute });
  readonly retry = output();

  protected readonly text = inject(ErrorTextService);
  protected readonly icon = lucideCloudOff;
}
