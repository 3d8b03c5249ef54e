import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

import type { TicketViewer } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';

/** Shows who else has the ticket open and who is typing. */
@Component({
  selector: 'app-ticket-viewers',
  imports: [AvatarComponent, TranslocoPipe],
  template: `
    @if (viewers().length) {
      <span class="flex gap-0.5" [title]="names()">
        @for (viewer of viewers(); track viewer.agentId) {
          <app-avatar [name]="viewer.name" />
        }
      </span>
      <span class="truncate text-xs text-ink-soft max-sm:sr-only">
        @if (writing(); as name) {
          {{ 'presence.typing' | transloco: { name } }}
        } @else {
          {{ 'presence.viewing' | transloco: { names: names() } }}
        }
      </span>
    }
  `,
  host: { class: 'flex min-w-0 items-center gap-2', 'aria-live': 'polite', 'data-viewers': '' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketViewersComponent {
  readonly viewers = input.required<readonly TicketViewer[]>();

  protected readonly names = computed(() =>
    this.viewers()
      .map(({ name }) => name)
      .join(', '),
  );
  protected readonly writing = computed(() => this.viewers().find(({ typing }) => typing)?.name);
}
