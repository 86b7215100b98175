/**
 * A future as plain data, and run again from it. No state of a node is kept: a run is its input and its
 * journal, run again it is the same to the last bit.
 * Comes from: branches.  Goes to: saved.ts, saved-history.ts, history.ts.
 */
import type { JournalEntry, Nanos } from '../engine/index.ts';
import type { RunInput } from '../sim/index.ts';
import type { Stimulus, What } from '../world/index.ts';
import { createBranch, readOn, type Both, type Branch } from './branch.ts';
import { isBoth, isCount } from './checks.ts';
import { growing, setUp } from './grow.ts';
import { isUnfinished, setUnfinished } from './unfinished.ts';

export interface SavedBranch {
  readonly id: number;
  readonly label: Both;
  readonly parent: number | null;
  readonly began: Nanos;
  readonly until: Nanos;
  /** events it had been run to */
  readonly head: number;
  /** events before the furthest moment at which somebody has stood; left out: all were looked at */
  readonly seen?: number;
  /** it had been left on the way to its end: shown again it goes on */
  readonly unfinished?: true;
  readonly journal: readonly JournalEntry<What>[];
}

/** A future of an earlier visit that nobody has gone back to yet. */
export interface Asleep {
  readonly id: number;
  readonly asleep: SavedBranch;
}

export function isAwake(branch: Branch | Asleep): branch is Branch {
  return !('asleep' in branch);
}

export function savedBranch(branch: Branch | Asleep): SavedBranch {
  if (!isAwake(branch)) return branch.asleep;
  const { id, label, parent, began, run, seen } = branch;
  const left = isUnfinished(branch) ? { unfinished: true as const } : {};
  return { id, label, parent, began, until: run.endsAt, head: run.head, seen, ...left, journal: [...run.journal] };
}

/** Thrown when what was kept makes no sense. */
export class SavedError extends Error {}

/** Runs a future again; yields now and then. @throws SavedError */
export function* rebuilding(input: RunInput, saved: SavedBranch): Generator<unknown, Branch> {
  const { id, label, parent, began, until, head, seen = head, journal } = saved;
  const run = yield* setUp({ ...input, journal, until });
  const branch = createBranch(id, label, parent, began, run);
  branch.seen = seen;
  yield* growing(branch, head);
  if (run.head !== head) throw new SavedError(`a branch ends after ${run.head} events instead of ${head}`);
  readOn(branch);
  setUnfinished(branch, saved.unfinished === true);
  return branch;
}

export function isSavedBranch(value: unknown): boolean {
  const { id, label, parent, began, until, head, seen = 0, journal } = (value ?? {}) as SavedBranch;
  return (
    [id, began, until, head, seen].every(isCount) &&
    isBoth(label) &&
    (parent === null || isCount(parent)) &&
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
