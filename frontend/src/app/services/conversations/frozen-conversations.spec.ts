import { BehaviorSubject, Subject, type Subscription } from 'rxjs';

import type { Conversation, ConversationList } from '../../api/schema';
import { aConversation, pageOf } from '../../testing/factories';
import type { Loadable } from '../core/loadable';
import { frozenConversations, type FrozenConversations } from './frozen-conversations';

const at = (minute: number): string => `2026-11-20T10:0${minute}:00Z`;
const one = (conversationId: string, minute: number): Conversation =>
  aConversation({ conversationId, lastMessageAt: at(minute) });
const listOf = (...data: Conversation[]): Loadable<ConversationList> => ({
  data: { data, pagination: pageOf().pagination },
  loading: false,
  error: null,
});

describe('a list of conversations at rest', () => {
  const [a, b] = [one('a', 2), one('b', 1)];
  let latest: BehaviorSubject<Loadable<ConversationList>>;
  let changed: Subject<Conversation>;
  let renew: Subject<void>;
  let reconnected: Subject<void>;
  let reading: boolean;
  let shown: FrozenConversations;
  let looking: Subscription;

  const order = (): string[] => shown.data.map(({ conversationId }) => conversationId);

  beforeEach(() => {
    latest = new BehaviorSubject(listOf(a, b));
    changed = new Subject();
    renew = new Subject();
    reconnected = new Subject();
    reading = true;
    looking = frozenConversations(latest, changed, renew, reconnected, () => reading).subscribe(
      ({ data }) => (shown = data as FrozenConversations),
    );
  });

  afterEach(() => looking.unsubscribe());

  it('follows at once when nobody reads', () => {
    reading = false;
    latest.next(listOf(one('b', 3), a));
    expect([order(), shown.moved]).toEqual([['b', 'a'], false]);
  });

  it('changes rows where they stand, and moves them when asked to', () => {
    const later = one('b', 3);
    changed.next(later);
    latest.next(listOf(one('new', 4), later, a));
    expect(shown.data).toEqual([a, later]);
    expect([shown.moved, shown.arrived]).toEqual([true, 2]);
    renew.next();
    expect([order(), shown.moved, shown.arrived]).toEqual([['new', 'b', 'a'], false, 0]);
  });

  it('keeps a conversation that has left, as it is now, until it is renewed', () => {
    const answered = { ...b, unanswered: false };
    changed.next(answered);
    latest.next(listOf(a));
    expect([shown.data[1], shown.moved, shown.arrived]).toEqual([answered, true, 0]);
  });

  it('says nothing of what only the first row brings', () => {
    latest.next(listOf(one('a', 3), b));
    expect([order(), shown.moved]).toEqual([['a', 'b'], false]);
    expect(shown.data[0]?.lastMessageAt).toBe(at(3));
  });

  it('is renewed after a reconnect, as events may have been missed', () => {
    reconnected.next();
    latest.next(listOf(one('b', 3), a));
    expect([order(), shown.moved]).toEqual([['b', 'a'], false]);
  });
});
