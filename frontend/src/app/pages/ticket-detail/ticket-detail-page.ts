import { AsyncPipe } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  inject,
  Injector,
  input,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { TranslocoPipe } from '@jsverse/transloco';
import { lucideEyeOff, lucideTicketX } from '@ng-icons/lucide';
import {
  debounceTime,
  distinctUntilChanged,
  filter,
  map,
  of,
  shareReplay,
  Subject,
  switchMap,
  take,
} from 'rxjs';

import type { AgentRef, Attachment, Ticket } from '../../api/schema';
import type { Status } from '../../api/types';
import { type Categorization } from '../../components/tickets/category-editor/category-editor';
import { TicketAttachmentsComponent } from '../../components/tickets/ticket-attachments/ticket-attachments';
import {
  type Tab,
  TABS,
  TicketDetailComponent,
} from '../../components/tickets/ticket-detail/ticket-detail';
import { TicketDialogsComponent } from '../../components/tickets/ticket-dialogs/ticket-dialogs';
import { NO_DRAFT } from '../../components/tickets/ticket-notes/note-composer';
import { TicketNotesComponent } from '../../components/tickets/ticket-notes/ticket-notes';
import { TicketOverviewComponent } from '../../components/tickets/ticket-overview/ticket-overview';
import { TicketPropertiesComponent } from '../../components/tickets/ticket-properties/ticket-properties';
import { TicketRelatedComponent } from '../../components/tickets/ticket-related/ticket-related';
import { LoadedComponent } from '../../components/ui/loaded';
import { ButtonComponent } from '../../components/ui/button';
import { EmptyStateComponent } from '../../components/ui/empty-state';
import { FileDropDirective } from '../../components/ui/file-drop';
import { AgentService } from '../../services/agent';
import type { ApiError } from '../../services/core/api-error';
import { AttachmentService } from '../../services/attachment';
import { AuthService } from '../../services/auth';
import { saveBlob } from '../../services/core/download';
import { PresenceService } from '../../services/tickets/presence';
import { RecentService } from '../../services/core/recent-items';
import { ShortcutService } from '../../services/core/shortcuts';
import { TicketService } from '../../services/ticket';
import { TicketActions } from '../../services/tickets/ticket-actions';
import { ToastService } from '../../services/toast';
import { TicketChanges } from './ticket-changes';

const TYPING_MS = 200;

@Component({
  selector: 'app-ticket-detail-page',
  imports: [
    LoadedComponent,
    AsyncPipe,
    ButtonComponent,
    EmptyStateComponent,
    FileDropDirective,
    RouterLink,
    TicketAttachmentsComponent,
    TicketDetailComponent,
    TicketDialogsComponent,
    TicketNotesComponent,
    TicketOverviewComponent,
    TicketPropertiesComponent,
    TicketRelatedComponent,
    TranslocoPipe,
  ],
  providers: [TicketActions, TicketChanges],
  templateUrl: './ticket-detail-page.html',
  host: { class: 'block h-full' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TicketDetailPage {
  readonly ticketId = input.required<string>();

  private readonly injector = inject(Injector);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly service = inject(TicketService);
  private readonly toasts = inject(ToastService);
  private readonly presence = inject(PresenceService);
  private readonly shortcuts = inject(ShortcutService);
  private readonly frame = viewChild(TicketDetailComponent);
  private readonly properties = viewChild(TicketPropertiesComponent);
  private readonly notes = viewChild(TicketNotesComponent);
  private readonly ticketId$ = toObservable(this.ticketId);
  protected readonly attachments = inject(AttachmentService);
  protected readonly actions = inject(TicketActions);
  protected readonly changes = inject(TicketChanges);

  protected readonly noNote = NO_DRAFT;
  protected readonly gone = lucideTicketX;
  protected readonly hidden = lucideEyeOff;
  /** Keeps its value while an expired session is renewed. */
  protected readonly agent$ = inject(AuthService).agent$.pipe(filter((agent) => agent !== null));
  protected readonly agents$ = inject(AgentService).agents$;
  protected readonly ticket$ = this.ticketId$.pipe(
    switchMap((ticketId) => this.service.detail$(ticketId)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  protected readonly tab$ = this.route.queryParamMap.pipe(
    map((params) => TABS.find((tab) => tab === params.get('tab')) ?? TABS[0]),
  );
  protected readonly neighbours$ = this.ticketId$.pipe(
    switchMap((ticketId) => this.service.neighbours$(ticketId)),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  protected readonly viewers$ = this.ticketId$.pipe(
    switchMap((ticketId) => this.presence.viewers$(ticketId)),
  );
  protected readonly uploads$ = this.ticketId$.pipe(
    switchMap((ticketId) => this.attachments.uploads$(ticketId)),
  );

  protected readonly related$ = this.ticket$.pipe(
    map(({ data }) => data?.relatedTickets ?? []),
    distinctUntilChanged((one, other) => one.join() === other.join()),
    switchMap((ids) => (ids.length ? this.service.rowsOf$(ids) : of([]))),
  );
  protected readonly sameCustomer$ = this.ticket$.pipe(
    map(({ data }) => data?.customer.customerId),
    distinctUntilChanged(),
    filter((customerId) => customerId !== undefined),
    switchMap((customerId) => this.service.list$({ customerId, limit: 20 })),
    map((page) => ({
      ...page,
      data: page.data && page.data.rows.filter((row) => row.ticketId !== this.ticketId()),
    })),
  );
  protected readonly search$ = new Subject<string>();
  protected readonly found$ = this.search$.pipe(
    debounceTime(TYPING_MS),
    switchMap((search) => (search ? this.service.list$({ search, limit: 8 }) : of(null))),
    map((page) => page && { ...page, data: page.data && page.data.rows }),
  );

  constructor() {
    this.ticketId$.pipe(takeUntilDestroyed()).subscribe((ticketId) => this.changes.begin(ticketId));
    const recent = inject(RecentService);
    this.ticket$
      .pipe(
        map(({ data }) => data),
        filter((ticket) => ticket !== null),
        distinctUntilChanged((one, other) => one.ticketId === other.ticketId),
        takeUntilDestroyed(),
      )
      .subscribe(({ ticketId, subject }) =>
        recent.visit({ path: `/tickets/${ticketId}`, name: subject, detail: ticketId }),
      );
    this.shortcuts.register('shortcuts.ticket', [
      {
        keys: 'a',
        label: 'ticket.assign',
        run: () => void this.atProperties((properties) => properties.openAssigneeMenu()),
      },
      { keys: 's', label: 'ticket.change_status', run: () => this.frame()?.openStatusMenu() },
      {
        keys: 'p',
        label: 'ticket.change_priority',
        run: () => void this.atProperties((properties) => properties.openMenu('priority')),
      },
      { keys: 'n', label: 'notes.write', run: () => void this.writeNote() },
      { keys: 'e', label: 'action.escalate', run: () => this.frame()?.askFor('escalate') },
      { keys: 'r', label: 'action.resolve', run: () => this.frame()?.askFor('resolve') },
      { keys: 'j', label: 'ticket.next', run: () => this.turn('next') },
      { keys: 'k', label: 'ticket.previous', run: () => this.turn('previous') },
    ]);
  }

  protected changeStatus(ticket: Ticket, status: Status): void {
    this.actions.try(ticket, (now) => this.service.updateStatus(now, status));
  }

  protected categorize(ticket: Ticket, categorization: Categorization): void {
    this.actions.try(ticket, (now) => this.service.update(now, categorization));
  }

  protected assign(ticket: Ticket, agent: AgentRef | null): void {
    this.actions.try(ticket, (now) => this.service.assign(now, agent));
  }

  protected deescalate(ticket: Ticket): void {
    this.actions.try(ticket, (now) => this.service.deescalate(now));
  }

  protected relate(ticket: Ticket, other: string): void {
    this.actions.try(ticket, (now) =>
      this.service.update(now, { relatedTickets: [...now.relatedTickets, other] }),
    );
  }

  protected unrelate(ticket: Ticket, other: string): void {
    this.actions.try(ticket, (now) =>
      this.service.update(now, {
        relatedTickets: now.relatedTickets.filter((ticketId) => ticketId !== other),
      }),
    );
  }

  /** Uploads dropped or pasted files without leaving the tab. */
  protected attach(files: readonly File[], tab: Tab): void {
    this.attachments.upload(this.ticketId(), files);
    if (tab === 'overview') return;
    const names = files.map(({ name }) => name).join(', ');
    this.toasts.show('info', 'attachment.attaching', { names });
  }

  protected download({ ticketId }: Ticket, attachment: Attachment): void {
    this.attachments.content$(ticketId, attachment).subscribe({
      next: (content) => saveBlob(content, attachment.filename),
      error: (error: ApiError) => this.toasts.failed(error),
    });
  }

  protected turnTo(ticketId: string | null): void {
    if (!ticketId) return;
    void this.router.navigate(['/tickets', ticketId], {
      queryParamsHandling: 'preserve',
      replaceUrl: true,
    });
  }

  protected reload(): void {
    this.service.reload();
  }

  private turn(to: 'previous' | 'next'): void {
    this.neighbours$.pipe(take(1)).subscribe((neighbours) => this.turnTo(neighbours?.[to] ?? null));
  }

  /** Shows the properties first: on a narrow screen they are part of the overview. */
  private async atProperties(act: (properties: TicketPropertiesComponent) => void): Promise<void> {
    const properties = this.properties();
    if (!properties) return;
    if (properties.isVisible) {
      act(properties);
    } else {
      this.shortcuts.hold(true); // the next keys are for the menu
      await this.showTab('overview');
      const open = (): void => {
        this.shortcuts.hold(false);
        act(properties);
      };
      afterNextRender(open, { injector: this.injector });
    }
  }

  private async writeNote(): Promise<void> {
    this.shortcuts.hold(true); // the next keys are for the note
    await this.showTab('notes');
    afterNextRender(
      () => {
        this.shortcuts.hold(false);
        this.notes()?.focus();
      },
      { injector: this.injector },
    );
  }

  private showTab(tab: Tab): Promise<boolean> {
    return this.router.navigate([], {
      relativeTo: this.route,
      queryParams: { tab: tab === 'overview' ? null : tab },
      replaceUrl: true,
    });
  }
}
