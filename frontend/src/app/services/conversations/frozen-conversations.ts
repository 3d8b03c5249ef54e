import { map, merge, type Observable, scan } from 'rxjs';

import type { Conversation, ConversationList } from '../../api/schema';
import type { Loadable } from '../core/loadable';

export interface FrozenConversations extends ConversationList {
  /** Whether rows would move, appear or disappear if the list were renewed. */
  readonly moved: boolean;
  /** How many conversations have had messages since the rows were placed. */
  readonly arrived: number;
}

interface State {
  readonly latest: Loadable<ConversationList>;
  readonly shown: readonly Conversation[] | null;
  /** The time of the last message when the rows were placed. */
  readonly since: string;
  /** Events may have been missed, so the next fetched page replaces all rows. */
  readonly stale: boolean;
}

type Step = (state: State) => State;

const NOTHING: State = {
  latest: { data: null, loading: true, error: null },
  shown: null,
  since: '',
  stale: false,
};

/**
 * Freezes the order of a list of conversations while somebody is `reading`: rows are updated in
 * place, and what would move a row waits for `renew$`.
 */
export function frozenConversations(
  latest$: Observable<Loadable<ConversationList>>,
  changed$: Observable<Conversation>,
  renew$: Observable<unknown>,
  reconnected$: Observable<unknown>,
  reading: () => boolean,
): Observable<Loadable<FrozenConversations>> {
  const follow =
    (latest: Loadable<ConversationList>): Step =>
    (before) => {
      const state = { ...before, latest };
      if (!latest.data || latest.data === before.latest.data) return state;
      const held = before.shown !== null && !before.stale && reading();
      return held ? latest.data.data.reduce(update, state) : settle(state);
    };
  return merge(
    reconnected$.pipe(map((): Step => (state) => ({ ...state, stale: true }))),
    latest$.pipe(map(follow)),
    changed$.pipe(
      map(
        (row): Step =>
          (state) =>
            update(state, row),
      ),
    ),
    renew$.pipe(map((): Step => settle)),
  ).pipe(
    scan((state, step) => step(state), NOTHING),
    map((state) => ({ ...state.latest, data: view(state) })),
  );
}

function settle(state: State): State {
  const rows = state.latest.data?.data ?? null;
  const since = rows?.map(({ lastMessageAt }) => lastMessageAt).reduce(later, '') ?? '';
  return { ...state, shown: rows, since, stale: false };
}

function update(state: State, row: Conversation): State {
  const shown = state.shown?.map((other) =>
    other.conversationId === row.conversationId ? row : other,
  );
  return { ...state, shown: shown ?? null };
}

function view({ latest, shown, since }: State): FrozenConversations | null {
  if (!latest.data || !shown) return null;
  const now = latest.data.data;
  return {
    data: [...shown],
    pagination: latest.data.pagination,
    moved: ids(now) !== ids(shown),
    arrived: now.filter(({ lastMessageAt }) => lastMessageAt > since).length,
  };
}

function ids(rows: readonly Conversation[]): string {
  return rows.map(({ conversationId }) => conversationId).join();
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}
