import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';

import { ToastsComponent } from './components/ui/toasts';
import { ToastService } from './services/toast';

@Component({
  selector: 'app-root',
  imports: [AsyncPipe, RouterOutlet, ToastsComponent],
  template: `
    <router-outlet />
    <!-- Screen readers announce what is added to a region, so the region comes first. -->
    <div role="log" aria-live="polite">
      @defer (when (toasts$ | async)?.length) {
        <app-toasts />
      }
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  protected readonly toasts$ = inject(ToastService).toasts$;
}
