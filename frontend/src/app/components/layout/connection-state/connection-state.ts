import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { ConnectionState } from '../../../services/socket';

/** Shows when the connection for live updates is lost. */
@Component({
  selector: 'app-connection-state',
  imports: [TranslocoPipe],
  template: `
    <span
      role="status"
      class="flex items-center gap-2 text-xs text-ink-soft"
      [attr.data-state]="state()"
    >
      <span
        class="size-2 rounded-full"
        [class.bg-ink-faint]="state() === 'connecting'"
        [class.bg-green]="state() === 'online'"
        [class.bg-amber]="state() === 'reconnecting'"
        [class.bg-red]="state() === 'offline'"
        aria-hidden="true"
      ></span>
      {{ 'connection.' + state() | transloco }}
    </span>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionStateComponent {
  readonly state = input.required<ConnectionState>();
}
