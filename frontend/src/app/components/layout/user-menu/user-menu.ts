import { AsyncPipe } from '@angular/common';
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
import { lucideChevronsUpDown } from '@ng-icons/lucide';

import type { Agent } from '../../../api/schema';
import { AlertService } from '../../../services/core/alerts';
import { LanguageService, LANGUAGES } from '../../../services/core/language';
import { THEMES, ThemeService } from '../../../services/core/theme';
import { ToastService } from '../../../services/toast';
import { AvatarComponent } from '../../ui/avatar';
import {
  MenuComponent,
  MenuHeadingDirective,
  MenuItemComponent,
  MenuTriggerDirective,
} from '../../ui/menu';
import { KeysComponent } from '../shortcut-sheet/keys';

/** The signed-in agent; appearance, language, notifications and signing out. */
@Component({
  selector: 'app-user-menu',
  imports: [
    AsyncPipe,
    AvatarComponent,
    MenuComponent,
    MenuHeadingDirective,
    MenuItemComponent,
    MenuTriggerDirective,
    KeysComponent,
    NgIcon,
    TranslocoPipe,
  ],
  templateUrl: './user-menu.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class UserMenuComponent {
  readonly agent = input.required<Agent>();
  readonly compact = input(false, { transform: booleanAttribute });
  readonly shortcuts = output();
  readonly logout = output();

  private readonly toasts = inject(ToastService);
  protected readonly alerts = inject(AlertService);
  protected readonly theme = inject(ThemeService);
  protected readonly language = inject(LanguageService);
  protected readonly themes = THEMES;
  protected readonly languages = LANGUAGES;
  protected readonly chevrons = lucideChevronsUpDown;

  protected setDesktop(wanted: boolean): void {
    void this.alerts.setDesktop(wanted).then((done) => {
      if (!done) this.toasts.show('error', 'alerts.denied');
    });
  }
}
