import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import {
  lucideBot,
  lucideChevronLeft,
  lucidePanelRight,
  lucideTicketPlus,
  lucideUser,
} from '@ng-icons/lucide';

import type { Conversation } from '../../../api/schema';
import type { ConversationMode } from '../../../api/types';
import { BackDirective } from '../../ui/back';
import { ButtonComponent } from '../../ui/button';

const MODES: readonly ConversationMode[] = ['assistant', 'human'];

/** The customer, who answers, and the actions of a conversation. */
@Component({
  selector: 'app-conversation-header',
  imports: [BackDirective, ButtonComponent, NgIcon, RouterLink, TranslocoPipe],
  templateUrl: './conversation-header.html',
  host: { class: 'flex items-center gap-x-2 border-b border-line px-3 py-2.5 sm:gap-x-3 md:px-6' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationHeaderComponent {
  readonly conversation = input.required<Conversation>();
  readonly sideOpen = input(false);
  readonly modeChange = output<ConversationMode>();
  readonly sideToggle = output();

  protected readonly modes = MODES;
  protected readonly icons = {
    assistant: lucideBot,
    human: lucideUser,
    back: lucideChevronLeft,
    ticket: lucideTicketPlus,
    side: lucidePanelRight,
  };
}
