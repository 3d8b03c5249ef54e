import { AsyncPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideArrowDown, lucideTriangleAlert } from '@ng-icons/lucide';

import type { Message } from '../../../api/schema';
import { ErrorTextService } from '../../../services/core/error-text';
import type { Thread } from '../../../services/conversations/message-thread';
import { nextTry, type OutgoingMessage } from '../../../services/conversations/outbox';
import { LIMITS } from '../../../services/tickets/ticket-rules';
import { ButtonComponent } from '../../ui/button';
import { StickToEndDirective } from '../../ui/stick-to-end';
import { LinkedTextComponent } from '../../ui/linked-text';
import { LocalTimePipe } from '../../ui/local';
import { MessageItemComponent } from '../message-item/message-item';
import { entriesOf } from './entries';

/** Distance from the top, in pixels, at which older messages are loaded. */
const NEAR_TOP = 200;

/** A conversation as an agent sees it. */
@Component({
  selector: 'app-message-list',
  imports: [
    AsyncPipe,
    ButtonComponent,
    LinkedTextComponent,
    LocalTimePipe,
    MessageItemComponent,
    NgIcon,
    TranslocoPipe,
  ],
  templateUrl: './message-list.html',
  hostDirectives: [StickToEndDirective],
  host: {
    class: 'block overflow-y-auto overscroll-contain',
    tabindex: '0',
    '(scroll)': 'askForOlder()',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageListComponent {
  readonly thread = input.required<Thread>();
  readonly outgoing = input<readonly OutgoingMessage[]>([]);
  readonly assistantTyping = input(false);
  /**
   * Until when the agent has read the conversation: later messages of customers are marked as new.
   * ISO 8601.
   */
  readonly seenUntil = input<string | null>(null);
  readonly older = output();
  readonly retry = output<string>();
  readonly discard = output<string>();
  readonly again = output<Message>();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly errorText = inject(ErrorTextService);
  protected readonly log = inject(StickToEndDirective);
  protected readonly warning = lucideTriangleAlert;
  protected readonly down = lucideArrowDown;
  protected readonly entries = computed(() => entriesOf(this.thread().messages, this.seenUntil()));
  private readonly stored = computed(
    () => new Set(this.thread().messages.map(({ messageId }) => messageId)),
  );
  /** Messages that are not stored yet, as far as the client knows. */
  protected readonly unsent = computed(() =>
    this.outgoing().filter(({ messageId }) => !this.stored().has(messageId)),
  );

  /**
   * Returns whether a message can be sent again; only once, because the next attempt is shown
   * below.
   */
  protected isResendable({ messageId, text }: Message): boolean {
    const next = nextTry(messageId);
    const tried = this.stored().has(next) || this.unsent().some((one) => one.messageId === next);
    return !tried && text !== '' && text.length <= LIMITS.message;
  }

  protected askForOlder(): void {
    if (this.thread().older === 'some' && this.element.scrollTop < NEAR_TOP) this.older.emit();
  }
}
