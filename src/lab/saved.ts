/**
 * A session as plain data: which lab, what was done in which branch, where one stands.
 * Comes from: the store.  Goes to: session.ts, which keeps it in the browser and brings it back.
 *
 * No state of a node is kept. A run is its input and its journal: run again, it is the same to the last bit.
 */
import type { JournalEntry, Nanos } from '../engine/index.ts';
import { GRAINS, type Grain, type Moment } from '../sim/index.ts';
import type { Stimulus, What } from '../world/index.ts';
import type { Bookmark } from './bookmarks.ts';
import { createBranch, readOn, type Both, type Branch } from './branch.ts';
import { growing, setUp } from './grow.ts';
import { readLab, type Lab } from './open.ts';
import type { LabState } from './store.ts';

/** The form that is written. The first one had no bookmarks, and is read as well. */
const VERSION = 2;

interface SavedBranch {
  readonly id: number;
  readonly label: Both;
  readonly parent: number | null;
  readonly began: Nanos;
  readonly until: Nanos;
  /** events it had been run to */
  readonly head: number;
  readonly journal: readonly JournalEntry<What>[];
}

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
  };
}

function savedBranch({ id, label, parent, began, run }: Branch): SavedBranch {
  return { id, label, parent, began, until: run.endsAt, head: run.head, journal: [...run.journal] };
}

/** Thrown when what was kept makes no sense. */
export class SavedError extends Error {}

export interface Restored {
  readonly lab: Lab;
  readonly branches: readonly Branch[];
  readonly branch: Branch;
  readonly cursor: Moment;
  readonly grain: Grain;
  readonly pair: readonly [Branch, Branch] | null;
  readonly bookmarks: readonly Bookmark[];
}

/** Runs everything again; yields now and then. @throws SavedError */
export function* restoring(value: unknown): Generator<unknown, Restored> {
  const saved = checked(value);
  const read = readLab(saved.id, saved.file, saved.text, saved.opened);
  if (!read.ok) throw new SavedError(`the lab ${saved.file} is not valid`);
  const branches: Branch[] = [];
  for (const one of saved.branches) {
    const run = yield* setUp({ ...read.lab.input, journal: one.journal, until: one.until });
    const branch = createBranch(one.id, one.label, one.parent, one.began, run);
    yield* growing(branch, one.head);
    if (run.head !== one.head) throw new SavedError(`a branch ends after ${run.head} events instead of ${one.head}`);
    readOn(branch);
    branches.push(branch);
  }
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
  };
}

function checked(value: unknown): Saved {
  const saved: Saved = { bookmarks: [], ...(value as Saved | null) } as Saved;
  const sound =
    typeof value === 'object' &&
    value !== null &&
    [1, VERSION].includes(saved.version) &&
    [saved.id, saved.file, saved.text, saved.opened ?? ''].every((text) => typeof text === 'string') &&
    Array.isArray(saved.branches) &&
    saved.branches.length > 0 &&
    saved.branches.every(isBranch) &&
    isCount(saved.cursor?.executed) &&
    isCount(saved.cursor.at) &&
    (GRAINS as readonly string[]).includes(saved.grain) &&
    (saved.pair === null || (Array.isArray(saved.pair) && saved.pair.length === 2)) &&
    Array.isArray(saved.bookmarks) &&
    saved.bookmarks.every(isBookmark);
  if (!sound) throw new SavedError('its form is not known');
  return saved;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isBookmark(value: unknown): boolean {
  const { id, branch, moment, name } = (value ?? {}) as Bookmark;
  return [id, branch, moment?.executed, moment?.at].every(isCount) && (name === null || typeof name === 'string');
}

function isBranch(value: unknown): boolean {
  const { id, label, parent, began, until, head, journal } = (value ?? {}) as SavedBranch;
  return (
    isCount(id) &&
    typeof label?.en === 'string' &&
    typeof label.zh === 'string' &&
    (parent === null || isCount(parent)) &&
    isCount(began) &&
    isCount(until) &&
    isCount(head) &&
    Array.isArray(journal) &&
    journal.every(
      (entry: JournalEntry<What>) =>
        isCount(entry?.after) &&
        isCount(entry.at) &&
        isCount(entry.node) &&
        entry.what?.kind === 'stimulus' &&
        KINDS.has(entry.what.stimulus?.kind),
    )
  );
}

const KINDS: ReadonlySet<string> = new Set<Stimulus['kind']>(['exec', 'signal', 'eof', 'link', 'power', 'frame', 'timer']);
