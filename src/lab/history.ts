/**
 * Undo and redo across what a person did to a lab: walks from branch to branch.
 * Comes from: actions.ts and what-if.ts, which tell of every deed.  Goes to: the keyboard, the tree of branches.
 *
 * A deed at the end of a run lengthens that run and makes no branch. The moment before it is then kept as
 * a cut: going back there makes a branch that has lived up to the cut and goes on without the deed.
 */
import { createStore } from 'zustand/vanilla';
import type { Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { addBranch, growing } from './grow.ts';
import { inSlices } from './slices.ts';
import { lab } from './store.ts';

/** A branch and where one stood in it. */
export interface Standing {
  readonly branch: Branch;
  readonly cursor: Moment;
}

interface Entry extends Standing {
  /** events after which the branch was lengthened by the next deed, or null */
  readonly cut: number | null;
}

interface HistoryState {
  readonly entries: readonly Entry[];
  /** which entry is shown */
  readonly present: number;
}

const NONE: HistoryState = { entries: [], present: -1 };

export const history = createStore<HistoryState>(() => NONE);

export function canUndo(state: HistoryState): boolean {
  return state.present > 0;
}

export function canRedo(state: HistoryState): boolean {
  return state.present >= 0 && state.present < state.entries.length - 1;
}

/** Notes a deed. What was undone before it cannot be redone; its branches stay in the tree. */
export function noteDeed(before: Standing, after: Standing, cut: number | null = null): void {
  const { entries, present } = history.getState();
  // A branch that is lengthened now is, for every earlier visit to it, cut here.
  const past = entries
    .slice(0, Math.max(0, present))
    .map((e) => (cut !== null && e.branch === before.branch && e.cut === null ? { ...e, cut } : e));
  const next: readonly Entry[] = [...past, { ...before, cut }, { ...after, cut: null }];
  history.setState({ entries: next, present: next.length - 1 });
}

export function undo(): void {
  go(-1);
}

export function redo(): void {
  go(1);
}

function go(by: -1 | 1): void {
  const { entries, present } = history.getState();
  const entry = entries[present + by];
  if (entry === undefined || lab.getState().phase !== 'ready') return;
  // Where one stands now is where redo leads back to.
  const now = entries.map((e, i) => (i === present && e.branch === lab.getState().branch ? { ...e, cursor: lab.getState().cursor } : e));
  if (entry.cut === null) {
    history.setState({ entries: now, present: present + by });
    show(entry);
    return;
  }
  const branch = cutOff(entry.branch, entry.cut);
  const whole = { branch, cursor: entry.cursor, cut: null };
  history.setState({ entries: now.map((e, i) => (i === present + by ? whole : e)), present: present + by });
  inSlices(
    growing(branch),
    () => show(whole),
    () => show({ ...entry }),
  );
}

/** A branch that has lived through the first events of another, and goes on without what was done then. */
function cutOff(branch: Branch, executed: number): Branch {
  // What was done after the last event before the cut belongs to that moment: one event earlier it is not there.
  const run = branch.run.fork(Math.max(0, executed - 1));
  const at = executed === 0 ? branch.began : branch.run.trace.timeOf(executed - 1);
  return addBranch(branch, run, at, { en: `${branch.label.en}, undone`, zh: `${branch.label.zh}（已撤销）` });
}

function show({ branch, cursor }: Standing): void {
  const { branches, version } = lab.getState();
  lab.setState({
    branches: branches.includes(branch) ? branches : [...branches, branch],
    branch,
    version: version + 1,
    cursor,
    focus: null,
    selection: null,
  });
}

// Another lab has a history of its own.
lab.subscribe((now, before) => {
  if (now.lab !== before.lab) history.setState(NONE);
  // Started again: the same lab with one new branch.
  else if (now.branches !== before.branches && now.branches.length === 1 && !before.branches.includes(now.branches[0] as Branch))
    history.setState(NONE);
});
