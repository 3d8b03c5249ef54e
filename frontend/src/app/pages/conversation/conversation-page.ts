import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input, viewChild } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import { lucideFlag, lucideMessageCircleOff, lucideMessagesSquare } from '@ng-icons/lucide';
import {
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  filter,
  fromEvent,
  map,
  shareReplay,
  startWith,
  switchMap,
  take,
} from 'rxjs';

import type { Conversation } from '../../api/schema';
import type { ConversationMode } from '../../api/types';
import { ConversationHeaderComponent } from '../../components/conversations/conversation-header/conversation-header';
import { ConversationSideComponent } from '../../components/conversations/conversation-side/conversation-side';
import { MessageComposerComponent } from '../../components/conversations/message-composer/message-composer';
import { MessageListComponent } from '../../components/conversations/message-list/message-list';
import { LoadedComponent } from '../../components/ui/loaded';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { TimeComponent } from '../../components/ui/time';
import type { ApiError } from '../../services/core/api-error';
import { ConversationService } from '../../services/conversation';
import { CustomerService } from '../../services/customer';
import { DraftService } from '../../services/core/drafts';
import { OutboxService } from '../../services/conversations/outbox';
import { ReadMarksService } from '../../services/conversations/read-marks';
import { ShortcutService } from '../../services/core/shortcuts';
import { TicketService } from '../../services/ticket';
import { ToastService } from '../../services/toast';

const NO_DRAFT = { text: '' };

@Component({
  selector: 'app-conversation-page',
  imports: [
    LoadedComponent,
    AsyncPipe,
    ButtonComponent,
    ConversationHeaderComponent,
    ConversationSideComponent,
    EmptyStateComponent,
    MessageComposerComponent,
    MessageListComponent,
    NgIcon,
    RouterLink,
    TimeComponent,
    TranslocoPipe,
  ],
  templateUrl: './conversation-page.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationPage {
  readonly conversationId = input.required<string>();

  private readonly router = inject(Router);
  protected readonly tickets = inject(TicketService);
  private readonly customers = inject(CustomerService);
  private readonly toasts = inject(ToastService);
  private readonly drafts = inject(DraftService);
  private readonly marks = inject(ReadMarksService);
  private readonly composer = viewChild(MessageComposerComponent);
  private readonly conversationId$ = toObservable(this.conversationId);
  protected readonly service = inject(ConversationService);
  protected readonly outbox = inject(OutboxService);

  protected readonly icons = {
    flag: lucideFlag,
    missing: lucideMessageCircleOff,
    empty: lucideMessagesSquare,
  };
  protected readonly noDraft = NO_DRAFT;
  /** Whether the side panel is shown where there is room for one column only. */
  protected readonly side$ = new BehaviorSubject(false);
  protected readonly conversation$ = this.conversationId$.pipe(
    switchMap((id) => this.service.conversation$(id)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  private readonly thread$ = this.conversationId$.pipe(
    map((id) => this.service.thread(id)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  protected readonly messages$ = this.thread$.pipe(switchMap((thread) => thread.view$));
  protected readonly outgoing$ = this.conversationId$.pipe(
    switchMap((id) => this.outbox.messages$(id)),
  );
  protected readonly answering$ = this.conversationId$.pipe(
    switchMap((id) => this.service.answering$(id)),
  );
  protected readonly typist$ = this.conversationId$.pipe(
    switchMap((id) => this.service.typist$(id)),
  );
  /** Until when the conversation had been read when it was opened. */
  protected readonly seenUntil$ = this.conversationId$.pipe(
    map((id) => this.marks.readUntil(id)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  private readonly customerId$ = this.conversation$.pipe(
    map(({ data }) => data?.customer.customerId),
    filter((customerId) => customerId !== undefined),
    distinctUntilChanged(),
  );
  protected readonly customer$ = this.customerId$.pipe(
    switchMap((customerId) => this.customers.customer$(customerId)),
  );
  protected readonly tickets$ = this.customerId$.pipe(
    switchMap((customerId) => this.tickets.list$({ customerId, limit: 20 })),
  );
  protected readonly draft$ = this.conversationId$.pipe(
    map((id) => this.drafts.read(id, NO_DRAFT)),
  );

  constructor() {
    // Read before the page marks the conversation as read.
    this.seenUntil$.pipe(takeUntilDestroyed()).subscribe();
    const looking$ = fromEvent(document, 'visibilitychange').pipe(
      startWith(null),
      map(() => !document.hidden),
    );
    combineLatest([this.conversation$, looking$])
      .pipe(takeUntilDestroyed())
      .subscribe(([{ data }, looking]) => {
        if (data && looking) this.marks.read(data);
      });
    inject(ShortcutService).register('title.conversation', [
      { keys: 'r', label: 'shortcuts.reply', run: () => this.composer()?.focus() },
      { keys: 'c', label: 'action.create_ticket', run: () => this.createTicket() },
    ]);
  }

  protected loadOlder(): void {
    this.thread$.pipe(take(1)).subscribe((thread) => thread.loadOlder());
  }

  protected saveDraft(text: string): void {
    if (text.trim()) {
      this.drafts.write(this.conversationId(), { text });
      this.service.sendTyping(this.conversationId());
    } else {
      this.drafts.forget(this.conversationId());
    }
  }

  protected setMode(
    { conversationId, mode, flagged }: Conversation,
    wanted: ConversationMode,
  ): void {
    // Handing back to the assistant removes the flag too.
    if (mode === wanted && !(wanted === 'assistant' && flagged)) return;
    this.service
      .setMode(conversationId, wanted)
      .subscribe({ error: (error: ApiError) => this.toasts.failed(error) });
  }

  private createTicket(): void {
    const conversationId = this.conversationId();
    void this.router.navigate(['/tickets/new'], { queryParams: { conversationId } });
  }
}
