import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideBot, lucideFlag, lucideUser } from '@ng-icons/lucide';

import type { Conversation } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { BadgeComponent } from '../../ui/badge';
import { TimeComponent } from '../../ui/time';

@Component({
  selector: 'app-conversation-row',
  imports: [AvatarComponent, BadgeComponent, NgIcon, RouterLink, TimeComponent, TranslocoPipe],
  template: `
    @let talk = conversation();
    <a
      [routerLink]="['/conversations', talk.conversationId]"
      class="flex min-h-12 items-center gap-3 px-4 py-2 transition-colors hover:bg-hover focus-visible:-outline-offset-2 md:px-6"
      [attr.data-conversation]="talk.conversationId"
    >
      <span
        class="size-2 shrink-0 rounded-full"
        [class.bg-accent]="talk.unanswered"
        aria-hidden="true"
      ></span>
      <app-avatar [name]="talk.customer.name" class="!size-6" />
      <span class="min-w-0 flex-1">
        <span class="block truncate" [class.font-semibold]="talk.unanswered">
          {{ talk.customer.name }}
        </span>
        <span class="block truncate text-xs text-ink-faint figures">
          {{ 'channel.' + talk.channel | transloco }}
          @if (talk.customer.phone) {
            · {{ talk.customer.phone }}
          }
        </span>
      </span>
      @if (talk.flagged) {
        <app-badge tone="red">
          <ng-icon [svg]="flag" size="12" aria-hidden="true" />
          {{ 'conversation.flagged' | transloco }}
        </app-badge>
      } @else if (talk.unanswered) {
        <app-badge tone="accent">{{ 'conversation.unanswered' | transloco }}</app-badge>
      }
      <span class="flex w-28 items-center gap-1.5 text-xs text-ink-soft max-sm:hidden">
        <ng-icon [svg]="talk.mode === 'human' ? person : bot" size="14" aria-hidden="true" />
        {{ 'mode.' + talk.mode | transloco }}
      </span>
      <app-time class="w-24 text-right text-xs text-ink-soft" [value]="talk.lastMessageAt" />
    </a>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationRowComponent {
  readonly conversation = input.required<Conversation>();

  protected readonly flag = lucideFlag;
  protected readonly bot = lucideBot;
  protected readonly person = lucideUser;
}
