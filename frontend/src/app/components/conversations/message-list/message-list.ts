import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideBot, lucideTriangleAlert } from '@ng-icons/lucide';

import type { Message } from '../../../api/schema';
import { LanguageService } from '../../../services/language';
import { AvatarComponent } from '../../ui/avatar';
import { StickToEndDirective } from '../../ui/stick-to-end';
import { clockTime, exactTime } from '../../ui/time-format';
import { ToolCallsComponent } from '../tool-calls/tool-calls';

const LOOKS: Readonly<Record<Message['author']['type'], string>> = {
  customer: 'rounded-tl-sm bg-hover',
  assistant: 'rounded-tr-sm bg-accent-soft',
  agent: 'rounded-tr-sm bg-accent text-on-accent',
  system: '',
};

/** A conversation as an agent sees it. */
@Component({
  selector: 'app-message-list',
  imports: [AvatarComponent, NgIcon, ToolCallsComponent, TranslocoPipe],
  templateUrl: './message-list.html',
  hostDirectives: [StickToEndDirective],
  host: { class: 'block overflow-y-auto', tabindex: '0' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageListComponent {
  readonly messages = input.required<readonly Message[]>();
  readonly assistantTyping = input(false);

  private readonly language = inject(LanguageService);
  protected readonly looks = LOOKS;
  protected readonly bot = lucideBot;
  protected readonly warning = lucideTriangleAlert;

  protected clock(iso: string): string {
    return clockTime(iso, this.language.current);
  }

  protected exact(iso: string): string {
    return exactTime(iso, this.language.current);
  }
}
