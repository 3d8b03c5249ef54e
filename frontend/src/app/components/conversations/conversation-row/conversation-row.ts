import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import {
  lucideBot,
  lucideFlag,
  lucideGlobe,
  lucideMessageCircle,
  lucideUser,
} from '@ng-icons/lucide';

import type { Conversation } from '../../../api/schema';
import { AvatarComponent } from '../../ui/avatar';
import { BadgeComponent } from '../../ui/badge';
import { TimeComponent } from '../../ui/time';
import { mediaKind } from '../media-kind';

/** One conversation: customer, last message, who answers, and whether it needs a person. */
@Component({
  selector: 'app-conversation-row',
  imports: [AvatarComponent, BadgeComponent, NgIcon, RouterLink, TimeComponent, TranslocoPipe],
  templateUrl: './conversation-row.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationRowComponent {
  readonly conversation = input.required<Conversation>();
  readonly unread = input(false);

  protected readonly icons = {
    flag: lucideFlag,
    assistant: lucideBot,
    human: lucideUser,
    web: lucideGlobe,
    whatsapp: lucideMessageCircle,
  };
  protected readonly mediaKind = mediaKind;
}
