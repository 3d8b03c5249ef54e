import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import { ShortcutService } from '../../../services/core/shortcuts';
import { ButtonComponent } from '../../ui/button';
import { DialogComponent } from '../../ui/dialog';
import { KeysComponent } from './keys';

/** All keyboard shortcuts that apply on the current page. */
@Component({
  selector: 'app-shortcut-sheet',
  imports: [AsyncPipe, ButtonComponent, KeysComponent, DialogComponent, TranslocoPipe],
  template: `
    <app-dialog [heading]="'shortcuts.heading' | transloco" (dismissed)="dismissed.emit()">
      @let allowed = service.singleKeys$ | async;
      @for (group of service.groups$ | async; track group) {
        <section class="pb-4">
          <h3 class="pb-1 text-xs font-medium text-ink-faint">{{ group.heading | transloco }}</h3>
          <dl>
            @for (shortcut of group.shortcuts; track shortcut.keys) {
              <div
                class="flex min-h-8 items-center justify-between gap-4 border-b border-line last:border-0"
                [class.opacity-50]="!allowed && !shortcut.keys.startsWith('$mod')"
              >
                <dt>{{ shortcut.label | transloco }}</dt>
                <dd><app-keys [keys]="shortcut.keys" /></dd>
              </div>
            }
          </dl>
        </section>
      }
      <div class="flex items-center justify-between gap-4">
        <label class="flex items-center gap-2 text-ink-soft">
          <input
            #single
            type="checkbox"
            class="accent-accent"
            [checked]="allowed"
            (change)="service.allowSingleKeys(single.checked)"
          />
          {{ 'shortcuts.single' | transloco }}
        </label>
        <button appButton type="button" (click)="dismissed.emit()">
          {{ 'action.close' | transloco }}
        </button>
      </div>
    </app-dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ShortcutSheetComponent {
  readonly dismissed = output();

  protected readonly service = inject(ShortcutService);
}
