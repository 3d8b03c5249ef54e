import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import {
  lucideBot,
  lucideCheck,
  lucideCheckCheck,
  lucideClock,
  lucideFile,
  lucideImage,
  lucideMapPin,
  lucideMic,
  lucideTriangleAlert,
  lucideVideo,
} from '@ng-icons/lucide';

import type { Message } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { LinkedTextComponent } from '../../ui/linked-text';
import { LocalTimePipe } from '../../ui/local';
import { mediaKind } from '../media-kind';
import { ToolCallsComponent } from '../tool-calls/tool-calls';

const LOOKS: Readonly<Record<Message['author']['type'], string>> = {
  customer: 'rounded-tl-sm bg-hover',
  assistant: 'rounded-tr-sm bg-accent-soft',
  agent: 'rounded-tr-sm bg-accent text-on-accent',
  system: '',
};

const MEDIA_ICONS: Readonly<Record<string, string>> = {
  image: lucideImage,
  sticker: lucideImage,
  audio: lucideMic,
  video: lucideVideo,
  location: lucideMapPin,
};

const DELIVERY_ICONS = {
  pending: lucideClock,
  sent: lucideCheck,
  delivered: lucideCheckCheck,
  read: lucideCheckCheck,
  failed: lucideTriangleAlert,
};

/** One message of a conversation, as an agent sees it. */
@Component({
  selector: 'app-message-item',
  imports: [
    AvatarComponent,
    LinkedTextComponent,
    LocalTimePipe,
    NgIcon,
    ToolCallsComponent,
    TranslocoPipe,
  ],
  templateUrl: './message-item.html',
  host: {
    class: 'flex max-w-[85%] flex-col gap-1 sm:max-w-[75%]',
    '[class.self-end]': 'ours()',
    '[class.items-end]': 'ours()',
    '[class.items-start]': '!ours()',
    '[class.pt-2]': 'first()',
    '[attr.data-author]': 'message().author.type',
    '[attr.data-message]': 'message().messageId',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageItemComponent {
  readonly message = input.required<Message>();
  /** Whether it is the first, and the last, of its author's consecutive messages. */
  readonly first = input(true);
  readonly last = input(true);
  /** Whether it can be sent again if its delivery failed. */
  readonly resendable = input(false);
  readonly again = output<Message>();

  protected readonly looks = LOOKS;
  protected readonly deliveryIcons = DELIVERY_ICONS;
  protected readonly bot = lucideBot;
  protected readonly ours = computed(() => this.message().author.type !== 'customer');
  protected readonly media = computed(() => {
    const { media } = this.message();
    return media && { kind: mediaKind(media.type), icon: MEDIA_ICONS[media.type] ?? lucideFile };
  });
}
