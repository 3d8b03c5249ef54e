import { inject, Injectable } from '@angular/core';
import {
  catchError,
  combineLatest,
  distinctUntilChanged,
  EMPTY,
  map,
  merge,
  scan,
  shareReplay,
  startWith,
  switchMap,
} from 'rxjs';

import type { Conversation } from '../../api/schema';
import { ConversationService } from '../conversation';
import { ReadMarksService } from './read-marks';
import { SocketService } from '../socket';

type Known = ReadonlyMap<string, Conversation>;

/** The maximum that is counted. */
const MOST = 100;

/** Counts the conversations that need a reply from a person and that this agent has not read. */
@Injectable({ providedIn: 'root' })
export class NeedsReplyService {
  private readonly conversations = inject(ConversationService);
  private readonly marks = inject(ReadMarksService);

  private readonly fetched$ = inject(SocketService).fetchNow$.pipe(
    switchMap(
      () =>
        this.conversations.list({ unanswered: true, limit: MOST }).pipe(catchError(() => EMPTY)), // fetched again after the next connection
    ),
    map(
      ({ data }) =>
        () =>
          data.reduce<Known>(withOne, new Map()),
    ),
  );
  private readonly changed$ = this.conversations.changed$.pipe(
    map((conversation) => (known: Known) => withOne(known, conversation)),
  );
  private readonly needReply$ = merge(this.fetched$, this.changed$).pipe(
    scan((known: Known, step) => step(known), new Map()),
  );

  readonly unread$ = combineLatest([this.needReply$, this.marks.marks$]).pipe(
    map(([known]) => [...known.values()].filter((one) => this.marks.isUnread(one)).length),
    startWith(0),
    distinctUntilChanged(),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
}

function withOne(known: Known, conversation: Conversation): Known {
  const { conversationId, unanswered, mode, flagged } = conversation;
  const others = new Map(known);
  others.delete(conversationId);
  // The assistant is about to answer the others.
  if (unanswered && (mode === 'human' || flagged)) others.set(conversationId, conversation);
  return others;
}
