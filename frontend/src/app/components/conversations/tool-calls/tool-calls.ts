import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import type { ToolCall } from '../../../api/schema';
import { ToolCallComponent } from './tool-call';

/** The tool calls behind an answer, in order. */
@Component({
  selector: 'app-tool-calls',
  imports: [ToolCallComponent],
  template: `
    <ul class="space-y-0.5 text-xs text-ink-soft">
      @for (call of calls(); track $index) {
        <li><app-tool-call [call]="call" /></li>
      }
    </ul>
  `,
  host: { class: 'block max-w-full' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ToolCallsComponent {
  readonly calls = input.required<readonly ToolCall[]>();
}
