/**
 * What a person did, one entry for each: something at a node, a change of the file, a node dragged, another
 * lab opened.
 * Comes from: actions.ts, what-if.ts, edit.ts, which tell of every deed.  Goes to: history.ts, which walks it.
 *
 * A deed at the end of a run lengthens that run and makes no branch. The moment before it is then kept as
 * a cut: going back there makes a branch that has lived up to the cut and goes on without the deed.
 */
import { createStore } from 'zustand/vanilla';
import type { Moment } from '../sim/index.ts';
import type { Both, Branch } from './branch.ts';
import type { Lab } from './open.ts';
import { settings } from './settings.ts';
import { lab, type LabState } from './store.ts';

/** Places to which nodes of a lab were dragged, by name. */
export type Places = Readonly<Record<string, readonly [number, number]>>;

/** A branch and where one stood in it. */
export interface Standing {
  readonly branch: Branch;
  readonly cursor: Moment;
}

export interface Entry {
  readonly lab: Lab | null;
  /** null: nothing had been done in the lab: it is built anew from its file */
  readonly standing: Standing | null;
  /** events after which the branch was lengthened by the next deed, or null */
  readonly cut: number | null;
  readonly places: Places;
  /** the futures that were there, if the deed took one away or brought it back; else as they are */
  readonly branches: readonly Branch[] | null;
  /** what led here from the entry before */
  readonly what: Both | null;
}

export interface HistoryState {
  readonly entries: readonly Entry[];
  /** which entry is shown */
  readonly present: number;
}

const NONE: HistoryState = { entries: [], present: -1 };
/** Deeds that can be undone. */
const ENTRIES_MAX = 300;

export const history = createStore<HistoryState>(() => NONE);

export function canUndo(state: HistoryState): boolean {
  return state.present > 0;
}

export function canRedo(state: HistoryState): boolean {
  return state.present >= 0 && state.present < state.entries.length - 1;
}

/** The branches of a lab when it was last left. */
const left = new WeakMap<Lab, readonly Branch[]>();

export function branchesOf(open: Lab): readonly Branch[] {
  return left.get(open) ?? [];
}

/** The lab that comes next because somebody said so: its coming is no deed of its own. */
let expected: Lab | null = null;

export function expectLab(open: Lab): void {
  expected = open;
}

export function placesNow(open: Lab | null): Places {
  return open === null ? {} : (settings.getState().places[open.id] ?? {});
}

/** Notes what was done at a moment of the lab. What was undone before it cannot be redone; its branches stay in the tree. */
export function noteDeed(before: Standing, after: Standing, cut: number | null = null): void {
  const { entries, present } = history.getState();
  const { lab: open } = lab.getState();
  const places = placesNow(open);
  // A branch that is lengthened now is, for every earlier visit to it, cut here.
  const past = entries
    .slice(0, Math.max(0, present))
    .map((e) => (cut !== null && e.standing?.branch === before.branch && e.cut === null ? { ...e, cut } : e));
  const what = entries[present]?.what ?? null;
  const shared = { lab: open, places, branches: null };
  push([...past, { ...shared, standing: before, cut, what }, { ...shared, standing: after, cut: null, what: null }]);
}

/**
 * Notes that a lab takes the place of the present one, by a change of its file or because it was opened.
 * @param places where its nodes were dragged to
 */
export function noteLab(next: Lab, what: Both | null, before = lab.getState(), places = placesNow(next)): void {
  const { entries, present } = history.getState();
  const here = entries[present];
  // A lab that has not been built yet has nothing in it.
  const standing = here !== undefined && here.lab !== before.lab ? null : (here?.standing ?? standingIn(before));
  const now: Entry = {
    lab: here?.lab ?? before.lab,
    standing,
    cut: null,
    places: placesNow(here?.lab ?? before.lab),
    branches: null,
    what: here?.what ?? null,
  };
  push([...entries.slice(0, Math.max(0, present)), now, { lab: next, standing: null, cut: null, places, branches: null, what }]);
}

/** Where one stands, if anything was done in the lab apart from what its file says. */
function standingIn({ lab: open, branches, branch, cursor }: LabState): Standing | null {
  if (open === null || branch === null) return null;
  const untouched = branches.length === 1 && branch.run.journal.length === open.input.journal.length;
  return untouched ? null : { branch, cursor };
}

/** Notes that nodes were dragged. @param before the places as they were */
export function notePlaces(before: Places, what: Both): void {
  const now = hereNow();
  noteAfter({ ...now, places: before }, { ...now, places: placesNow(lab.getState().lab), what });
}

/** Notes that a future was taken away. */
export function noteBranches(before: readonly Branch[], after: readonly Branch[], what: Both): void {
  const { branch, cursor } = lab.getState();
  const now = hereNow();
  const standing = branch === null ? now.standing : { branch, cursor };
  noteAfter({ ...now, standing, branches: before }, { ...now, standing, branches: after, what });
}

/** Where one stands in the history, or would if there were one. */
function hereNow(): Entry {
  const { entries, present } = history.getState();
  const state = lab.getState();
  return (
    entries[present] ?? { lab: state.lab, standing: standingIn(state), cut: null, places: placesNow(state.lab), branches: null, what: null }
  );
}

function noteAfter(now: Entry, next: Entry): void {
  const { entries, present } = history.getState();
  push([...entries.slice(0, Math.max(0, present)), now, next]);
}

function push(entries: readonly Entry[]): void {
  const kept = entries.slice(-ENTRIES_MAX);
  history.setState({ entries: kept, present: kept.length - 1 });
}

lab.subscribe((now, before) => {
  if (now.lab === before.lab || now.lab === null) return;
  if (before.lab !== null) left.set(before.lab, before.branches);
  if (now.lab === expected) return;
  // The first lab of a visit begins the history; another one can be gone back from.
  if (before.lab === null || before.branch === null) history.setState(NONE);
  else noteLab(now.lab, { en: 'another lab', zh: '打开另一个实验' }, before);
});
