import { ChangeDetectionStrategy, Component, input } from '@angular/core';

@Component({
  selector: 'app-panel',
  template: `
    @if (heading()) {
      <header class="flex min-h-10 items-center justify-between gap-2 px-4 pt-2">
        <h2 class="text-sm font-semibold">{{ heading() }}</h2>
        <ng-content select="[panelActions]" />
      </header>
    }
    <ng-content />
  `,
  host: { class: 'block rounded-lg border border-line bg-surface' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PanelComponent {
  readonly heading = input('');
}
