import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideMapPinOff } from '@ng-icons/lucide';

import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';

@Component({
  selector: 'app-not-found-page',
  imports: [ButtonComponent, EmptyStateComponent, RouterLink, TranslocoPipe],
  template: `
    <main class="flex min-h-full items-center justify-center">
      <app-empty-state
        [icon]="icon"
        [heading]="'not_found.heading' | transloco"
        [text]="'not_found.text' | transloco"
      >
        <a appButton routerLink="/">{{ 'not_found.home' | transloco }}</a>
      </app-empty-state>
    </main>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotFoundPage {
  protected readonly icon = lucideMapPinOff;
}
