import { combineLatest, map, merge, type Observable, scan } from 'rxjs';

import type { Pagination, TicketRow } from '../../api/schema';
import type { Loadable } from '../core/loadable';
import type { IdPage } from './page-cache';

export interface FrozenPage {
  readonly rows: readonly TicketRow[];
  /** Rows that no longer match the list and stay until it is renewed. */
  readonly gone: ReadonlySet<string>;
  /** How many new tickets are not among the rows yet. */
  readonly arrived: number;
  readonly pagination: Pagination;
}

/** Answers questions about tickets for a list. */
export interface TicketLookup {
  row(ticketId: string): TicketRow | undefined;
  belongs(row: TicketRow): boolean;
  isOwnChange(row: TicketRow): boolean;
  /** The time of the latest known change of any ticket, by the server's clock. */
  latestChange(): string;
}

interface State {
  readonly latest: Loadable<IdPage>;
  readonly shown: IdPage | null;
  /** When the rows were placed. */
  readonly since: string;
}

type Step = (state: State) => State;

const NOTHING: State = {
  latest: { data: null, loading: true, error: null },
  shown: null,
  since: '',
};

/**
 * Freezes the rows of a list while somebody is `reading`: new tickets are counted until `renew$`,
 * changed ones are updated in place, and those that no longer match stay, unless the reader's own
 * change is the cause. A list that nobody reads is updated at once, and so is one that was reloaded
 * because events may have been missed.
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
  /** Also drops what no longer matches, which the latest page may still have. */
  const renew = (state: State): State => {
    const { shown, ...rest } = settle(state);
    const belongs = (id: string): boolean => {
      const row = known.row(id);
      return !row || known.belongs(row);
    };
    return { ...rest, shown: shown && { ...shown, ids: shown.ids.filter(belongs) } };
  };
  const follow =
    (latest: Loadable<IdPage>): Step =>
    (before) => {
      const state = { ...before, latest };
      if (!latest.data || latest.data === before.latest.data) return state;
      const reloaded = before.shown?.epoch !== latest.data.epoch;
      const held = arrivals(before, known).length > 0 || reading();
      return held && !reloaded ? withRest(state, known) : settle(state);
    };
  const state$ = merge(latest$.pipe(map(follow)), renew$.pipe(map(() => renew))).pipe(
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

/**
 * Returns the tickets of the latest page that were created or changed since the rows were placed.
 */
function arrivals(state: State, known: TicketLookup): readonly string[] {
  return notShown(state).filter((id) => (known.row(id)?.updatedAt ?? '') > state.since);
}

/** Appends older tickets that only moved up to fill a gap. */
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
