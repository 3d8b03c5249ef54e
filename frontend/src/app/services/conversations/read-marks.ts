import { inject, Injectable } from '@angular/core';
import { BehaviorSubject, distinctUntilChanged, filter, fromEvent, map, merge } from 'rxjs';

import type { Conversation } from '../../api/schema';
import { AuthService } from '../auth';
import { type Persisted, persisted } from '../core/persisted';

interface Marks {
  /** Everything older counts as read: it is from before the agent used this browser. */
  readonly since: string;
  /** Until when each conversation has been read, by id. */
  readonly until: Readonly<Record<string, string>>;
}

const PREFIX = 'mostrador.read.';
const MOST = 500;

/** Remembers in this browser up to which message the agent has read each conversation. */
@Injectable({ providedIn: 'root' })
export class ReadMarksService {
  private readonly auth = inject(AuthService);
  private readonly marksSubject = new BehaviorSubject<Marks>({ since: '', until: {} });

  readonly marks$ = this.marksSubject.asObservable();

  constructor() {
    const agentId$ = this.auth.agent$.pipe(
      map((agent) => agent?.agentId),
      filter((agentId) => agentId !== undefined),
      distinctUntilChanged(),
    );
    const otherTab$ = fromEvent<StorageEvent>(window, 'storage').pipe(
      filter(({ key }) => key === this.key),
    );
    merge(agentId$, otherTab$).subscribe(() => this.marksSubject.next(this.readStored()));
  }

  /** Returns until when the agent has read the conversation. ISO 8601. */
  readUntil(conversationId: string): string {
    const { since, until } = this.marksSubject.value;
    return until[conversationId] ?? since;
  }

  /** Returns whether the customer has written since the agent last looked. */
  isUnread({ conversationId, lastMessage, lastMessageAt }: Conversation): boolean {
    return lastMessage?.authorType === 'customer' && lastMessageAt > this.readUntil(conversationId);
  }

  read({ conversationId, lastMessageAt }: Conversation): void {
    if (lastMessageAt <= this.readUntil(conversationId)) return;
    const { since, until } = this.marksSubject.value;
    const latest = Object.entries({ ...until, [conversationId]: lastMessageAt }).sort(
      ([, one], [, other]) => other.localeCompare(one),
    );
    const [forgotten] = latest.slice(MOST);
    const marks = {
      since: forgotten ? forgotten[1] : since,
      until: Object.fromEntries(latest.slice(0, MOST)),
    };
    this.stored.write(marks);
    this.marksSubject.next(marks);
  }

  private get key(): string {
    return PREFIX + (this.auth.agent?.agentId ?? '');
  }

  private get stored(): Persisted<Marks> {
    return persisted<Marks>(this.key, { since: '', until: {} });
  }

  /** Returns the marks of earlier visits. A first visit counts from now. */
  private readStored(): Marks {
    const marks = this.stored.read();
    if (marks.since) return marks;
    const first: Marks = { since: new Date().toISOString(), until: {} };
    this.stored.write(first);
    return first;
  }
}
