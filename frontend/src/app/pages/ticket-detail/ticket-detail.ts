import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideEyeOff, lucideTicketX } from '@ng-icons/lucide';
import {
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  filter,
  finalize,
  map,
  type Observable,
  of,
  switchMap,
} from 'rxjs';

import type { AgentRef, Ticket } from '../../api/schema';
import type { Priority, Status } from '../../api/types';
import { TicketConflictComponent } from '../../components/tickets/ticket-conflict/ticket-conflict';
import { TABS, TicketDetailComponent } from '../../components/tickets/ticket-detail/ticket-detail';
import {
  type EscalationRequest,
  TicketEscalateComponent,
} from '../../components/tickets/ticket-escalate/ticket-escalate';
import { type NewNote, NO_DRAFT } from '../../components/tickets/ticket-notes/note-composer';
import { TicketResolveComponent } from '../../components/tickets/ticket-resolve/ticket-resolve';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { ErrorStateComponent } from '../../components/ui/error-state';
import { SkeletonComponent } from '../../components/ui/skeleton';
import { AgentService } from '../../services/agent';
import type { ApiError } from '../../services/api-error';
import { AuthService } from '../../services/auth';
import { DraftService } from '../../services/draft';
import { ErrorTextService } from '../../services/error-text';
import { TicketService } from '../../services/ticket';
import { ToastService } from '../../services/toast';

/** A change to a ticket as it is now, whatever it was when the agent decided. */
type Change = (ticket: Ticket) => Observable<Ticket>;

interface Conflict {
  readonly seen: Ticket;
  readonly current: Ticket;
  readonly change: Change;
}

@Component({
  selector: 'app-ticket-detail-page',
  imports: [
    AsyncPipe,
    ButtonComponent,
    EmptyStateComponent,
    ErrorStateComponent,
    RouterLink,
    SkeletonComponent,
    TicketConflictComponent,
    TicketDetailComponent,
    TicketEscalateComponent,
    TicketResolveComponent,
    TranslocoPipe,
  ],
  templateUrl: './ticket-detail.html',
  host: { class: 'block h-full' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketDetailPage {
  readonly ticketId = input.required<string>();

  private readonly service = inject(TicketService);
  private readonly toasts = inject(ToastService);
  private readonly drafts = inject(DraftService);
  private readonly errorText = inject(ErrorTextService);
  private readonly ticketId$ = toObservable(this.ticketId);

  protected readonly noDraft = NO_DRAFT;
  protected readonly gone = lucideTicketX;
  protected readonly hidden = lucideEyeOff;
  /** Stays while the session has run out and the agent signs in again. */
  protected readonly agent$ = inject(AuthService).agent$.pipe(filter((agent) => agent !== null));
  protected readonly agents$ = inject(AgentService).agents$;
  protected readonly ticket$ = this.ticketId$.pipe(
    switchMap((ticketId) => this.service.detail$(ticketId)),
  );
  protected readonly related$ = this.ticket$.pipe(
    map(({ data }) => data?.customer.customerId),
    distinctUntilChanged(),
    switchMap((customerId) =>
      customerId ? this.service.list$({ customerId, limit: 20 }) : of(null),
    ),
    map((page) => page?.data?.rows.filter((row) => row.ticketId !== this.ticketId()) ?? []),
  );
  protected readonly tab$ = inject(ActivatedRoute).queryParamMap.pipe(
    map((params) => TABS.find((tab) => tab === params.get('tab')) ?? TABS[0]),
  );
  private readonly draftResets = new BehaviorSubject<void>(undefined);
  protected readonly draft$ = combineLatest([this.ticketId$, this.draftResets]).pipe(
    map(([ticketId]) => this.drafts.read(ticketId, NO_DRAFT)),
  );
  protected readonly savingNote$ = new BehaviorSubject(false);
  protected readonly dialog$ = new BehaviorSubject<'resolve' | 'escalate' | null>(null);
  protected readonly conflict$ = new BehaviorSubject<Conflict | null>(null);

  protected changeStatus(ticket: Ticket, status: Status): void {
    this.change(ticket, (now) => this.service.updateStatus(now, status));
  }

  protected changePriority(ticket: Ticket, priority: Priority): void {
    this.change(ticket, (now) => this.service.updatePriority(now, priority));
  }

  protected assign(ticket: Ticket, agent: AgentRef | null): void {
    this.change(ticket, (now) => this.service.assign(now, agent));
  }

  protected resolve(ticket: Ticket, summary: string): void {
    this.dialog$.next(null);
    this.change(ticket, (now) => this.service.resolve(now, summary));
  }

  protected escalate(ticket: Ticket, { reason, toAgentId }: EscalationRequest): void {
    this.dialog$.next(null);
    this.change(ticket, (now) => this.service.escalate(now, reason, toAgentId));
  }

  protected lowerEscalation(ticket: Ticket): void {
    this.change(ticket, (now) => this.service.lowerEscalation(now));
  }

  /** The text leaves the box only once it is stored. */
  protected addNote(ticket: Ticket, { content, isInternal }: NewNote): void {
    this.savingNote$.next(true);
    this.service
      .addNote(ticket, content, isInternal)
      .pipe(finalize(() => this.savingNote$.next(false)))
      .subscribe({
        next: () => {
          this.drafts.forget(ticket.ticketId);
          this.draftResets.next();
        },
        error: (error: ApiError) => this.report(error),
      });
  }

  protected saveDraft(ticketId: string, draft: NewNote): void {
    if (draft.content.trim()) this.drafts.write(ticketId, draft);
    else this.drafts.forget(ticketId);
  }

  protected applyMine({ current, change }: Conflict): void {
    this.conflict$.next(null);
    this.change(current, change);
  }

  protected reload(): void {
    this.service.reload();
  }

  private change(seen: Ticket, change: Change): void {
    change(seen).subscribe({
      error: (error: ApiError) => {
        if (error.code === 'version_conflict') {
          this.conflict$.next({ seen, current: error.current as Ticket, change });
        } else {
          this.report(error);
        }
      },
    });
  }

  private report(error: ApiError): void {
    if (error.status === 401) return; // the shell asks for the password
    this.toasts.show('error', 'toast.failed', { reason: this.errorText.of(error) });
  }
}
