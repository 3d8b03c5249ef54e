import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { NgIcon } from '@ng-icons/core';
import {
  lucideBot,
  lucideChevronLeft,
  lucideFlag,
  lucideMessageCircleOff,
  lucidePlus,
  lucideUser,
} from '@ng-icons/lucide';
import { BehaviorSubject, combineLatest, finalize, map, switchMap } from 'rxjs';

import type { Conversation } from '../../api/schema';
import type { ConversationMode } from '../../api/types';
import { MessageComposerComponent } from '../../components/conversations/message-composer/message-composer';
import { MessageListComponent } from '../../components/conversations/message-list/message-list';
import { TicketCardComponent } from '../../components/tickets/ticket-card/ticket-card';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { SkeletonComponent } from '../../components/ui/skeleton';
import type { ApiError } from '../../services/api-error';
import { ConversationService } from '../../services/conversation';
import { DraftService } from '../../services/draft';
import { ErrorTextService } from '../../services/error-text';
import { TicketService } from '../../services/ticket';
import { ToastService } from '../../services/toast';

const MODES: readonly ConversationMode[] = ['assistant', 'human'];
const NO_DRAFT = { text: '' };

@Component({
  selector: 'app-conversation-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    MessageComposerComponent,
    MessageListComponent,
    NgIcon,
    RouterLink,
    SkeletonComponent,
    TicketCardComponent,
    TranslocoPipe,
  ],
  templateUrl: './conversation.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationPage {
  readonly conversationId = input.required<string>();

  private readonly tickets = inject(TicketService);
  private readonly toasts = inject(ToastService);
  private readonly drafts = inject(DraftService);
  private readonly errorText = inject(ErrorTextService);
  private readonly conversationId$ = toObservable(this.conversationId);
  private readonly draftResets = new BehaviorSubject<void>(undefined);
  protected readonly service = inject(ConversationService);

  protected readonly icons = {
    assistant: lucideBot,
    human: lucideUser,
    back: lucideChevronLeft,
    flag: lucideFlag,
    plus: lucidePlus,
    missing: lucideMessageCircleOff,
  };
  protected readonly modes = MODES;
  protected readonly conversation$ = this.conversationId$.pipe(
    switchMap((id) => this.service.conversation$(id)),
  );
  protected readonly messages$ = this.conversationId$.pipe(
    switchMap((id) => this.service.messages$(id)),
  );
  protected readonly typing$ = this.conversationId$.pipe(
    switchMap((id) => this.service.typing$(id)),
  );
  protected readonly tickets$ = this.conversationId$.pipe(
    switchMap((conversationId) => this.tickets.list$({ conversationId, limit: 20 })),
  );
  protected readonly draft$ = combineLatest([this.conversationId$, this.draftResets]).pipe(
    map(([id]) => this.drafts.read(id, NO_DRAFT).text),
  );
  protected readonly sending$ = new BehaviorSubject(false);

  protected saveDraft(text: string): void {
    if (text.trim()) this.drafts.write(this.conversationId(), { text });
    else this.drafts.forget(this.conversationId());
  }

  /** The text leaves the box only once it is stored. */
  protected send(conversationId: string, text: string): void {
    this.sending$.next(true);
    this.service
      .send(conversationId, text)
      .pipe(finalize(() => this.sending$.next(false)))
      .subscribe({
        next: () => {
          this.drafts.forget(conversationId);
          this.draftResets.next();
        },
        error: (error: ApiError) => this.report(error),
      });
  }

  protected setMode({ conversationId, mode }: Conversation, wanted: ConversationMode): void {
    if (mode === wanted) return;
    this.service
      .setMode(conversationId, wanted)
      .subscribe({ error: (error: ApiError) => this.report(error) });
  }

  private report(error: ApiError): void {
    if (error.status === 401) return; // the shell asks for the password
    this.toasts.show('error', 'toast.failed', { reason: this.errorText.of(error) });
  }
}
