import { map, merge, type Observable, scan, tap } from 'rxjs';

import type { Conversation, ConversationList } from '../../api/schema';
import type { Loadable } from '../core/loadable';
import type { ListQuery } from '../core/query';

/** The filters of a list of conversations. `page` and `limit` are none. */
const FILTERS: Readonly<Record<string, (wanted: unknown, conversation: Conversation) => boolean>> =
  {
    mode: (wanted, { mode }) => wanted === mode,
    channel: (wanted, { channel }) => wanted === channel,
    customerId: (wanted, { customer }) => wanted === customer.customerId,
    unanswered: (wanted, { unanswered }) => wanted === unanswered,
    flagged: (wanted, { flagged }) => wanted === (flagged !== null),
  };

interface State {
  readonly shown: Loadable<ConversationList>;
  /** The response that `shown` started from. */
  readonly fetched: ConversationList | null;
  /** Changes since the pending request was sent. */
  readonly since: readonly Conversation[];
  /** Whether only the server knows the exact page now. */
  readonly isUncertain: boolean;
}

const NOTHING: State = {
  shown: { data: null, loading: true, error: null },
  fetched: null,
  since: [],
  isUncertain: false,
};

/**
 * Updates a page of conversations with each one that changes, without fetching the page. Calls
 * `uncertain` when only the server knows the exact page.
 */
export function livePage(
  fetched$: Observable<Loadable<ConversationList>>,
  changed$: Observable<Conversation>,
  query: ListQuery,
  uncertain: () => void,
): Observable<Loadable<ConversationList>> {
  const follow =
    (fetched: Loadable<ConversationList>) =>
    (state: State): State => {
      if (fetched.loading || fetched.data === state.fetched) {
        const shown = { ...fetched, data: state.shown.data ?? fetched.data };
        return { ...state, shown, since: [], isUncertain: false };
      }
      const answered = { ...NOTHING, shown: fetched, fetched: fetched.data };
      return state.since.reduce((before, changed) => change(before, changed), answered);
    };
  const change = (state: State, changed: Conversation): State => {
    const { data, loading } = state.shown;
    const since = loading ? [...state.since, changed] : [];
    if (!data) return { ...state, since };
    const { list, isUncertain } = withConversation(data, query, changed);
    return { ...state, since, isUncertain, shown: { ...state.shown, data: list } };
  };
  return merge(
    fetched$.pipe(map(follow)),
    changed$.pipe(map((changed) => (state: State) => change(state, changed))),
  ).pipe(
    scan((state, step) => step(state), NOTHING),
    tap(({ isUncertain }) => isUncertain && uncertain()),
    map(({ shown }) => shown),
  );
}

/**
 * Returns a page after one conversation has changed, in the order of the API: those that need a
 * person first, then the latest. Ignores a change older than the row on the page.
 */
function withConversation(
  list: ConversationList,
  query: ListQuery,
  changed: Conversation,
): { list: ConversationList; isUncertain: boolean } {
  const before = list.data.find(({ conversationId }) => conversationId === changed.conversationId);
  const belongs = matches(query, changed);
  const isOlder = before && before.lastMessageAt > changed.lastMessageAt;
  if (isOlder || (!before && !belongs)) return { list, isUncertain: false };
  const { page, limit, total } = list.pagination;
  if (page !== 1 && !before) return { list, isUncertain: true };
  const others = list.data.filter((conversation) => conversation !== before);
  const data = belongs ? [...others, changed].sort(byUrgency) : others;
  const isWhole = total === list.data.length;
  const added = Number(belongs) - Number(before !== undefined);
  return {
    list: {
      data: data.slice(0, limit),
      pagination: { ...list.pagination, total: isWhole ? total + added : total },
    },
    // A row may have moved to or from another page.
    isUncertain: !isWhole && (page !== 1 || added !== 0 || data.at(-1) === changed),
  };
}

function matches(query: ListQuery, conversation: Conversation): boolean {
  return Object.entries(query).every(
    ([name, wanted]) => wanted === undefined || (FILTERS[name]?.(wanted, conversation) ?? true),
  );
}

function byUrgency(one: Conversation, other: Conversation): number {
  return (
    Number(needsPerson(other)) - Number(needsPerson(one)) ||
    other.lastMessageAt.localeCompare(one.lastMessageAt)
  );
}

function needsPerson({ unanswered, flagged }: Conversation): boolean {
  return unanswered || flagged !== null;
}
