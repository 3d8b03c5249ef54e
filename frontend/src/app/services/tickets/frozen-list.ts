import { combineLatest, map, merge, type Observable, scan } from 'rxjs';

import type { Pagination, TicketRow } from '../../api/schema';
import type { Loadable } from '../core/loadable';
import type { IdPage } from './page-cache';

export interface FrozenPage {
  readonly rows: readonly TicketRow[];
  /** Those of the rows that do not belong to the list any more and stay until it is renewed. */
  readonly gone: ReadonlySet<string>;
  /** How many tickets have come that are not among the rows yet. */
  readonly arrived: number;
  readonly pagination: Pagination;
}

/** What is known of tickets: their rows, whether they belong to this list, whose change was last. */
export interface TicketLookup {
  row(ticketId: string): TicketRow | undefined;
  belongs(row: TicketRow): boolean;
  isOwnChange(row: TicketRow): boolean;
  /** Of all changes the latest that is known, by the server's clock. */
  latestChange(): string;
}

interface State {
  readonly latest: Loadable<IdPage>;
  readonly shown: IdPage | null;
  /** When the rows were put where they are. */
  readonly since: string;
}

type Step = (state: State) => State;

const NOTHING: State = {
  latest: { data: null, loading: true, error: null },
  shown: null,
  since: '',
};

/**
 * A list whose rows keep their places while somebody reads it: what comes is counted until
 * `renew$`, what changes changes in place, what does not belong any more stays, and only what the
 * reader's own change has made not belong goes at once. A list that nobody reads follows at once,
 * and so does one that had to be reloaded, because events may have been missed.
 */
export function frozenList(
  latest$: Observable<Loadable<IdPage>>,
  renew$: Observable<unknown>,
  change$: Observable<unknown>,
  known: TicketLookup,
  reading: () => boolean,
): Observable<Loadable<FrozenPage>> {
  const settle = (state: State): State => ({
    ...state,
    shown: state.latest.data,
    since: known.latestChange(),
  });
  const follow =
    (latest: Loadable<IdPage>): Step =>
    (before) => {
      const state = { ...before, latest };
      if (!latest.data || latest.data === before.latest.data) return state;
      const reloaded = before.shown?.epoch !== latest.data.epoch;
      const held = arrivals(before, known).length > 0 || reading();
      return held && !reloaded ? withRest(state, known) : settle(state);
    };
  const state$ = merge(latest$.pipe(map(follow)), renew$.pipe(map(() => settle))).pipe(
    scan((state, step) => step(state), NOTHING),
  );
  return combineLatest([state$, change$]).pipe(
    map(([state]) => ({ ...state.latest, data: state.shown && view(state, state.shown, known) })),
  );
}

function view(state: State, { ids, pagination }: IdPage, known: TicketLookup): FrozenPage {
  const all = ids.flatMap((id) => known.row(id) ?? []);
  const astray = all.filter((row) => !known.belongs(row));
  const left = new Set(astray.filter((row) => known.isOwnChange(row)));
  return {
    rows: all.filter((row) => !left.has(row)),
    gone: new Set(astray.filter((row) => !left.has(row)).map((row) => row.ticketId)),
    arrived: arrivals(state, known).length,
    pagination: state.latest.data?.pagination ?? pagination,
  };
}

/** Tickets of the latest page that were made or changed since the rows were put in place. */
function arrivals(state: State, known: TicketLookup): readonly string[] {
  return notShown(state).filter((id) => (known.row(id)?.updatedAt ?? '') > state.since);
}

/** Older tickets, which only moved up to fill a gap, join at the end, where they move nothing. */
function withRest(state: State, known: TicketLookup): State {
  const arrived = new Set(arrivals(state, known));
  const rest = notShown(state).filter((id) => !arrived.has(id));
  if (!state.shown || !rest.length) return state;
  return { ...state, shown: { ...state.shown, ids: [...state.shown.ids, ...rest] } };
}

function notShown({ latest, shown }: State): readonly string[] {
  if (!latest.data || !shown) return [];
  const ids = new Set(shown.ids);
  return latest.data.ids.filter((id) => !ids.has(id));
}
