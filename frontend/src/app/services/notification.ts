import { inject, Injectable } from '@angular/core';
import { Router } from '@angular/router';
import { TranslocoService } from '@jsverse/transloco';
import {
  defer,
  distinctUntilChanged,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  pairwise,
  shareReplay,
  tap,
  withLatestFrom,
} from 'rxjs';

import type { TicketEvent, TicketRow } from '../api/schema';
import { AlertService } from './core/alerts';
import { AuthService } from './auth';
import { ClockService } from './core/clock';
import { SocketService } from './socket';
import { TicketService } from './ticket';
import { ToastService } from './toast';

/** An event that concerns the agent and that somebody else caused. */
interface AgentNotification {
  /** Translation key and its parameters. */
  readonly key: string;
  readonly params: Readonly<Record<string, string>>;
  readonly link: string;
}

const MINE = {
  assignedTo: 'me',
  status: 'new,open,in_progress,pending_customer,waiting_internal,reopened',
  sort: 'resolutionDueAt',
  limit: 100,
} as const;
const PREVIEW = 80;

/**
 * Notifies the agent of what others do in their tickets and conversations, with a toast and, if
 * they chose so, with a desktop notification and a sound.
 */
@Injectable({ providedIn: 'root' })
export class NotificationService {
  private readonly auth = inject(AuthService);
  private readonly router = inject(Router);
  private readonly socket = inject(SocketService);
  private readonly tickets = inject(TicketService);
  private readonly toasts = inject(ToastService);
  private readonly alerts = inject(AlertService);
  private readonly transloco = inject(TranslocoService);
  private readonly clock = inject(ClockService);
  /** Conversations in which the agent has replied since the page was opened. */
  private readonly answeredIn = new Set<string>();

  private readonly mine$ = this.tickets.list$(MINE).pipe(
    map(({ data }) => data?.rows ?? []),
    shareReplay({ bufferSize: 1, refCount: true }),
  );

  /** Notifies the agent while subscribed. */
  readonly notifications$: Observable<AgentNotification> = defer(() =>
    merge(this.ofTickets(), this.ofMessages(), this.ofDeadlines()).pipe(
      filter(({ link }) => !this.isLookingAt(link)),
      tap((notification) => this.notify(notification)),
    ),
  );

  private ofTickets(): Observable<AgentNotification> {
    return this.tickets.events$.pipe(
      filter((event) => 'ticket' in event),
      filter(({ ticket, actor }) => this.isMe(ticket.assignedTo?.agentId) && !this.isMe(actor.id)),
      map((event) => ({
        write: `${event.ticketId}:${event.version}`,
        notification: notificationOf(event),
      })),
      filter(({ notification }) => notification !== null),
      distinctUntilChanged(({ write }, other) => write === other.write), // one write can have several events
      map(({ notification }) => notification as AgentNotification),
    );
  }

  /** Customers' messages in conversations of the agent's tickets, and where the agent replied. */
  private ofMessages(): Observable<AgentNotification> {
    return this.socket.on('message_created').pipe(
      withLatestFrom(this.mine$),
      filter(([{ conversationId, message }, mine]) => {
        if (this.isMe(message.author.id)) this.answeredIn.add(conversationId);
        const concerns =
          this.answeredIn.has(conversationId) ||
          mine.some((ticket) => ticket.conversationId === conversationId);
        return concerns && message.author.type === 'customer';
      }),
      map(([{ conversationId, message }]) => ({
        key: 'toast.customer_wrote',
        params: { name: message.author.name, text: shortened(message.text) },
        link: `/conversations/${conversationId}`,
      })),
    );
  }

  /** Deadlines that pass. The server sends no event for them. */
  private ofDeadlines(): Observable<AgentNotification> {
    return this.clock.now$.pipe(
      pairwise(),
      withLatestFrom(this.mine$),
      mergeMap(([[before, now], mine]) =>
        mine.filter((ticket) => deadlines(ticket).some((due) => before < due && due <= now)),
      ),
      map(({ ticketId, subject }) => ({
        key: 'toast.breached',
        params: { ticketId, subject },
        link: `/tickets/${ticketId}`,
      })),
    );
  }

  private notify({ key, params, link }: AgentNotification): void {
    this.toasts.show('info', key, params, link);
    this.alerts.call(this.transloco.translate(key, params), link);
  }

  private isMe(agentId: string | undefined): boolean {
    return agentId !== undefined && agentId === this.auth.agent?.agentId;
  }

  private isLookingAt(link: string): boolean {
    return !document.hidden && this.router.url.split('?')[0] === link;
  }
}

/** Returns the notification for an event of one of the agent's tickets, or null. */
function notificationOf({
  ticketId,
  ticket,
  changes,
  actor,
  note,
}: TicketEvent): AgentNotification | null {
  const params = { ticketId, subject: ticket.subject, name: actor.name };
  const link = `/tickets/${ticketId}`;
  if ('assignedTo' in changes || ticket.version === 1) {
    return { key: 'toast.assigned_to_you', params, link };
  }
  if ('escalated' in changes && ticket.escalated) return { key: 'toast.escalated', params, link };
  if (actor.type === 'customer' && note) {
    const text = shortened(note.content);
    return { key: 'toast.customer_commented', params: { ...params, text }, link };
  }
  return null;
}

function deadlines({ sla }: TicketRow): readonly number[] {
  if (sla.resolvedAt) return [];
  return [
    sla.firstRespondedAt ? null : sla.firstResponseDueAt,
    sla.pausedAt ? null : sla.resolutionDueAt,
  ]
    .filter((due) => due !== null)
    .map((due) => Date.parse(due));
}

function shortened(text: string): string {
  return text.length > PREVIEW ? `${text.slice(0, PREVIEW)}…` : text;
}
