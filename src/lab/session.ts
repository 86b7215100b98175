/**
 * Keeps the session in the browser, so that a reload or a crash of the tab loses nothing.
 * Comes from: the store, a moment after it has changed.  Goes to: IndexedDB, and back at the next start.
 */
import { createStore, del, get, set, type UseStore } from 'idb-keyval';
import { createStore as createState } from 'zustand/vanilla';
import { history, leaveBranches } from './deeds.ts';
import { bookmarks } from './marks.ts';
import { restoring, savedOf, type Restored } from './saved.ts';
import { inSlices } from './slices.ts';
import { lab, NO_FILTER } from './store.ts';
import { putBeside, whatIf } from './what-if.ts';

/** How long nothing has to change before it is written. */
const QUIET_MS = 400;
const KEY = 'session';
/** Counts beginnings of a restoration that did not come to its end: the page may have died of it. */
const TRIES = 'lvs-lab.restoring';
const TRIES_MAX = 2;

export interface SessionState {
  /** what the start of the page has found */
  readonly found: 'nothing' | 'restored' | 'broken';
  /** why it could not be restored */
  readonly why: string;
}

export const session = createState<SessionState>(() => ({ found: 'nothing', why: '' }));

let store: UseStore | null = null;
let timer = 0;
let written = Promise.resolve();

/** Brings the last session back, or else opens what `afresh` opens; from then on every change is kept. */
export async function startSession(afresh: () => void): Promise<void> {
  const begun = lab.getState();
  let value: unknown;
  try {
    store = createStore('lvs-lab', 'session');
    value = await get<unknown>(KEY, store);
  } catch {
    // No storage here, as in a private window: the page works, and forgets.
    store = null;
  }
  // A slow storage is not waited for: somebody may have opened a lab by now.
  if (lab.getState().asked !== begun.asked) {
    keepOn();
    return;
  }
  if (value === undefined) {
    afresh();
    keepOn();
    return;
  }
  if (tries() >= TRIES_MAX) {
    broken('it did not come back twice', afresh);
    return;
  }
  countTry(tries() + 1);
  lab.setState({ phase: 'loading' });
  const { asked } = lab.getState();
  const giveUp = inSlices(
    restoring(value),
    (restored) => {
      stop();
      countTry(0);
      putBack(restored, begun);
      session.setState({ found: 'restored', why: '' });
      keepOn();
    },
    (error) => {
      stop();
      broken(error instanceof Error ? error.message : String(error), afresh);
    },
  );
  // Whoever asks for a lab meanwhile does not want the old session in its place.
  const stop = lab.subscribe((now) => {
    if (now.asked === asked) return;
    stop();
    giveUp();
    countTry(0);
    keepOn();
  });
}

/**
 * Puts what was kept in the place of what is there.
 * @param begun how the page was before: what has been chosen or told since then is newer than what was kept
 */
export function putBack(
  { lab: open, branches, branch, cursor, grain, pair, bookmarks: marks, history: done }: Restored,
  begun = lab.getState(),
): void {
  const now = lab.getState();
  lab.setState({
    phase: 'ready',
    lab: open,
    branches,
    branch,
    version: now.version + 1,
    cursor,
    grain: now.grain === begun.grain ? grain : now.grain,
    focus: null,
    selection: null,
    filter: now.filter === begun.filter ? NO_FILTER : now.filter,
    problem: now.problem === begun.problem ? null : now.problem,
    crash: null,
    stoppedAt: null,
    notice: null,
  });
  bookmarks.setState({ all: marks });
  if (done !== null) {
    for (const [one, tree] of done.trees) leaveBranches(one, tree);
    history.setState({ entries: done.entries, present: done.present });
  }
  if (pair !== null) putBeside(pair[0], pair[1], cursor.at);
}

function broken(why: string, afresh: () => void): void {
  countTry(0);
  forget();
  session.setState({ found: 'broken', why });
  lab.setState({ phase: 'empty' });
  afresh();
  keepOn();
}

/** Forgets what was kept and opens what `open` opens. */
export function startAfresh(open: () => void): void {
  forget();
  session.setState({ found: 'nothing', why: '' });
  open();
}

function forget(): void {
  const kept = store;
  if (kept !== null) written = written.then(() => del(KEY, kept)).catch(() => {});
}

function tries(): number {
  try {
    return Number(localStorage.getItem(TRIES) ?? 0);
  } catch {
    return 0;
  }
}

function countTry(count: number): void {
  try {
    if (count === 0) localStorage.removeItem(TRIES);
    else localStorage.setItem(TRIES, String(count));
  } catch {
    // Without storage there is nothing to restore either.
  }
}

function keepOn(): void {
  if (store === null) return;
  const soon = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(keep, QUIET_MS);
  };
  lab.subscribe((now, before) => {
    const changed =
      now.cursor !== before.cursor ||
      now.branches !== before.branches ||
      now.branch !== before.branch ||
      now.phase !== before.phase ||
      now.grain !== before.grain;
    if (changed) soon();
  });
  bookmarks.subscribe(soon);
  history.subscribe(soon);
  whatIf.subscribe((now, before) => {
    if (now.phase !== before.phase || now.at !== before.at) soon();
  });
  // The last moment at which a page that goes away can still write.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keep();
  });
  soon();
}

/** Writes the present session at once. @returns when it is written */
export async function keepSession(): Promise<void> {
  keep();
  await written;
}

/** Writes the present session, one write after the other. */
function keep(): void {
  clearTimeout(timer);
  const kept = store;
  const { pair, at } = whatIf.getState();
  const state = lab.getState();
  const cursor = pair === null || state.branch === null ? state.cursor : { executed: state.branch.run.executedAt(at), at };
  const beside = pair === null ? null : ([pair.a.id, pair.b.id] as const);
  const saved = savedOf(state, cursor, beside, bookmarks.getState().all, history.getState());
  if (kept === null || saved === null) return;
  written = written
    .then(() => set(KEY, saved, kept))
    .catch(() => {
      // Storage is full or forbidden: the session holds until the page is closed.
    });
}
