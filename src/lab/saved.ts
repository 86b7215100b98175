/**
 * A session as plain data: which lab, what was done in which branch, where one stands, what can be undone.
 * Comes from: the store.  Goes to: session.ts, which keeps it in the browser and brings it back.
 */
import { GRAINS, type Grain, type Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { isBookmark, isCount } from './checks.ts';
import type { HistoryState } from './deeds.ts';
import type { Bookmark } from './marks.ts';
import { readLab, type Lab } from './open.ts';
import { isSavedBranch, rebuilding, savedBranch, SavedError, type SavedBranch } from './saved-branch.ts';
import { restoredHistory, savedHistory, type RestoredHistory, type SavedHistory } from './saved-history.ts';
import type { LabState } from './store.ts';

/** The form that is written. The first one had no bookmarks, the second no history; both are read as well. */
const VERSION = 3;
const KNOWN: readonly number[] = [1, 2, VERSION];

export interface Saved {
  readonly version: typeof VERSION;
  readonly id: string;
  readonly file: string;
  readonly text: string;
  /** the text before it was changed on the page; left out if it is the same */
  readonly opened?: string;
  readonly branches: readonly SavedBranch[];
  readonly branch: number;
  readonly cursor: Moment;
  readonly grain: Grain;
  /** the two branches that stand beside each other */
  readonly pair: readonly [number, number] | null;
  readonly bookmarks: readonly Bookmark[];
  /** what was done, for undo and redo; null: nothing was */
  readonly history: SavedHistory | null;
}

/**
 * What is worth keeping of a state; null while there is nothing, or too much is in motion.
 * @param cursor where one stands in the branch shown
 */
export function savedOf(
  state: LabState,
  cursor: Moment,
  pair: readonly [number, number] | null,
  bookmarks: readonly Bookmark[] = [],
  history: HistoryState | null = null,
): Saved | null {
  const { lab: open, branch, branches, grain, phase } = state;
  if (open === null || branch === null || phase !== 'ready') return null;
  return {
    version: VERSION,
    id: open.id,
    file: open.file,
    text: open.text,
    ...(open.opened === open.text ? {} : { opened: open.opened }),
    branches: branches.map(savedBranch),
    branch: branch.id,
    cursor,
    grain,
    pair,
    bookmarks,
    history: history === null ? null : savedHistory(history, open, branches),
  };
}

export interface Restored {
  readonly lab: Lab;
  readonly branches: readonly Branch[];
  readonly branch: Branch;
  readonly cursor: Moment;
  readonly grain: Grain;
  readonly pair: readonly [Branch, Branch] | null;
  readonly bookmarks: readonly Bookmark[];
  readonly history: RestoredHistory | null;
}

/** Runs everything again; yields now and then. @throws SavedError */
export function* restoring(value: unknown): Generator<unknown, Restored> {
  const saved = checked(value);
  const read = readLab(saved.id, saved.file, saved.text, saved.opened);
  if (!read.ok) throw new SavedError(`the lab ${saved.file} is not valid`);
  const branches: Branch[] = [];
  for (const one of saved.branches) branches.push(yield* rebuilding(read.lab.input, one));
  const find = (id: number): Branch | undefined => branches.find((branch) => branch.id === id);
  const branch = find(saved.branch);
  if (branch === undefined || saved.cursor.executed > branch.run.head) throw new SavedError('the branch shown is missing');
  const [a, b] = (saved.pair ?? []).map(find);
  return {
    lab: read.lab,
    branches,
    branch,
    cursor: saved.cursor,
    grain: saved.grain,
    pair: a === undefined || b === undefined ? null : [a, b],
    bookmarks: saved.bookmarks.filter((mark) => find(mark.branch) !== undefined),
    history: restoredHistory(saved.history, read.lab, branches),
  };
}

function checked(value: unknown): Saved {
  const saved: Saved = { bookmarks: [], history: null, ...(value as Saved | null) } as Saved;
  const sound =
    typeof value === 'object' &&
    value !== null &&
    KNOWN.includes(saved.version) &&
    [saved.id, saved.file, saved.text, saved.opened ?? ''].every((text) => typeof text === 'string') &&
    Array.isArray(saved.branches) &&
    saved.branches.length > 0 &&
    saved.branches.every(isSavedBranch) &&
    isCount(saved.cursor?.executed) &&
    isCount(saved.cursor.at) &&
    (GRAINS as readonly string[]).includes(saved.grain) &&
    (saved.pair === null || (Array.isArray(saved.pair) && saved.pair.length === 2)) &&
    Array.isArray(saved.bookmarks) &&
    saved.bookmarks.every(isBookmark);
  if (!sound) throw new SavedError('its form is not known');
  return saved;
}
