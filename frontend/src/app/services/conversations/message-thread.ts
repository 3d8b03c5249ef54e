import type { HttpClient } from '@angular/common/http';
import {
  BehaviorSubject,
  combineLatest,
  defer,
  finalize,
  map,
  type Observable,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';

import type { Message, MessageList } from '../../api/schema';
import { type Loadable, loadable } from '../core/loadable';

export interface Thread {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** Whether there are older messages, and the state of loading them. */
  readonly older: 'none' | 'some' | 'loading' | 'failed';
}

const PAGE = 50;
/** The stages of a delivery. Events of them may arrive out of order. */
const STAGES = ['pending', 'sent', 'delivered', 'read', 'failed'];

/**
 * The messages of one conversation. Starts with the latest, adds new ones as they arrive, and older
 * ones on request.
 */
export class MessageThread {
  private readonly threadSubject = new BehaviorSubject<Thread>({ messages: [], older: 'none' });
  private readonly restarted = new Subject<void>();
  /** The cursor of the older messages; undefined until the first page has been fetched. */
  private cursor: string | null | undefined;

  readonly view$: Observable<Loadable<Thread>>;

  constructor(
    private readonly http: HttpClient,
    private readonly url: string,
    changes$: Observable<Message>,
    refresh$: Observable<unknown>,
  ) {
    this.view$ = defer(() => {
      const listening = changes$.subscribe((message) => this.add([message]));
      const fetched$ = loadable(refresh$, () =>
        this.fetch({}).pipe(tap((latest) => this.renew(latest))),
      );
      return combineLatest([fetched$, this.threadSubject]).pipe(
        map(([fetched, thread]) => ({ ...fetched, data: fetched.data && thread })),
        finalize(() => listening.unsubscribe()),
      );
    });
  }

  loadOlder(): void {
    const { older } = this.threadSubject.value;
    if (!this.cursor || older === 'loading') return;
    this.show({ older: 'loading' });
    this.fetch({ cursor: this.cursor })
      .pipe(takeUntil(this.restarted))
      .subscribe({
        next: ({ data, pagination }) => {
          this.cursor = pagination.nextCursor;
          this.add(data);
          this.show({ older: this.cursor ? 'some' : 'none' });
        },
        error: () => this.show({ older: 'failed' }),
      });
  }

  /** Merges the latest messages with the known ones, unless too many were missed. */
  private renew({ data, pagination }: MessageList): void {
    const { messages } = this.threadSubject.value;
    const known = new Set(messages.map(({ messageId }) => messageId));
    const joins = data.some(({ messageId }) => known.has(messageId));
    if (this.cursor !== undefined && (joins || !messages.length)) {
      this.add(data);
      return;
    }
    this.restarted.next();
    this.cursor = pagination.nextCursor;
    // Messages that arrived by event while these were being fetched.
    const since = messages.filter(({ createdAt }) => createdAt >= (data.at(-1)?.createdAt ?? ''));
    this.show({ messages: merged(data, since), older: this.cursor ? 'some' : 'none' });
  }

  private add(more: readonly Message[]): void {
    this.show({ messages: merged(this.threadSubject.value.messages, more) });
  }

  private show(change: Partial<Thread>): void {
    this.threadSubject.next({ ...this.threadSubject.value, ...change });
  }

  private fetch(query: { cursor?: string }): Observable<MessageList> {
    return this.http.get<MessageList>(this.url, { params: { limit: PAGE, ...query } });
  }
}

/** Returns each message once, in its latest state, in the order they were written. */
function merged(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const byId = new Map(known.map((message) => [message.messageId, message]));
  for (const message of more) {
    const before = byId.get(message.messageId);
    if (!before || stage(before) <= stage(message)) byId.set(message.messageId, message);
  }
  return [...byId.values()].sort((one, other) => one.createdAt.localeCompare(other.createdAt));
}

function stage({ delivery }: Message): number {
  return delivery ? STAGES.indexOf(delivery.status) : 0;
}
