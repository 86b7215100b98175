/**
 * What a person did, one entry for each: something at a node, a change of the file, a node dragged, a bookmark
 * set, another lab opened.
 * Comes from: actions.ts, what-if.ts, edit.ts, bookmarks.ts, which tell of every deed.
 * Goes to: history.ts, which walks it; saved-history.ts, which keeps it.
 *
 * A deed at the end of a run lengthens that run and makes no branch. The moment before it is then kept as
 * a cut: going back there makes a branch that has lived up to the cut and goes on without the deed.
 */
import { createStore } from 'zustand/vanilla';
import type { Moment } from '../sim/index.ts';
import type { Both, Branch } from './branch.ts';
import { bookmarks, marksIn, type Bookmark } from './marks.ts';
import type { Lab } from './open.ts';
import type { Asleep } from './saved-branch.ts';
import { settings } from './settings.ts';
import { lab, type LabState } from './store.ts';

/** Places to which nodes of a lab were dragged, by name. */
export type Places = Readonly<Record<string, readonly [number, number]>>;

/** A branch and where one stood in it. */
export interface Standing {
  readonly branch: Branch | Asleep;
  readonly cursor: Moment;
}

export interface Entry {
  readonly lab: Lab | null;
  /** null: nothing had been done in the lab: it is built anew from its file */
  readonly standing: Standing | null;
  /** events after which the branch was lengthened by the next deed, or null */
  readonly cut: number | null;
  readonly places: Places;
  readonly marks: readonly Bookmark[];
  /** the futures that were there, if the deed took some away or brought some; else as they are */
  readonly branches: readonly (Branch | Asleep)[] | null;
  /** what led here from the entry before */
  readonly what: Both | null;
}

export interface HistoryState {
  readonly entries: readonly Entry[];
  /** which entry is shown */
  readonly present: number;
  /** how often somebody went back or forth in it */
  readonly walks: number;
}

const NONE: HistoryState = { entries: [], present: -1, walks: 0 };
/** Deeds that can be undone. */
const ENTRIES_MAX = 300;

export const history = createStore<HistoryState>(() => NONE);

export function canUndo(state: HistoryState): boolean {
  return state.present > 0;
}

export function canRedo(state: HistoryState): boolean {
  return state.present >= 0 && state.present < state.entries.length - 1;
}

export function presentEntry({ entries, present }: HistoryState): Entry | null {
  return entries[present] ?? null;
}

/** The branches of a lab when it was last left. */
const left = new WeakMap<Lab, readonly (Branch | Asleep)[]>();

export function branchesOf(open: Lab): readonly (Branch | Asleep)[] {
  return left.get(open) ?? [];
}

/** Says what the branches of a lab were when it was left. */
export function leaveBranches(open: Lab, branches: readonly (Branch | Asleep)[]): void {
  left.set(open, branches);
}

/** The lab that comes next because somebody said so: its coming is no deed of its own. */
let expected: Lab | null = null;

export function expectLab(open: Lab): void {
  expected = open;
}

export function placesNow(open: Lab | null): Places {
  return open === null ? {} : (settings.getState().places[open.id] ?? {});
}

/**
 * Notes what was done at a moment of the lab. What was undone before it cannot be redone; its branches stay in
 * the tree. @param cut events after which the deed has lengthened the branch, or null
 */
export function noteDeed(before: Standing, after: Standing, what: Both, cut: number | null = null): void {
  const { entries, present } = history.getState();
  const { lab: open } = lab.getState();
  // A branch that is lengthened now is, for every earlier visit to it, cut here.
  const past = entries
    .slice(0, Math.max(0, present))
    .map((e) => (cut !== null && e.standing?.branch === before.branch && e.cut === null ? { ...e, cut } : e));
  const shared = { lab: open, places: placesNow(open), marks: bookmarks.getState().all, branches: null };
  const ledHere = entries[present]?.what ?? null;
  push([...past, { ...shared, standing: before, cut, what: ledHere }, { ...shared, standing: after, cut: null, what }]);
}

/**
 * Notes that a lab takes the place of the present one, by a change of its file or because it was opened.
 * @param places where its nodes were dragged to
 */
export function noteLab(next: Lab, what: Both, before = lab.getState(), places = placesNow(next)): void {
  const here = presentEntry(history.getState());
  // A lab that has not been built yet has nothing in it.
  // The edit mode shows the first branch: what counts is where the last deed has led.
  const standing = here !== null && here.lab !== before.lab ? null : (here?.standing ?? standingIn(before, null));
  const now: Entry = {
    lab: here?.lab ?? before.lab,
    standing,
    cut: null,
    places: placesNow(here?.lab ?? before.lab),
    marks: here === null || here.lab === before.lab ? bookmarks.getState().all : here.marks,
    branches: null,
    what: here?.what ?? null,
  };
  noteAfter(now, { lab: next, standing: null, cut: null, places, marks: [], branches: null, what });
}

/** Where one stands, if anything was done in the lab apart from what its file says. */
function standingIn({ lab: open, branches, branch, cursor }: LabState, here: Entry | null): Standing | null {
  if (open === null || branch === null) return null;
  const untouched = (here?.standing ?? null) === null && branches.length === 1 && branch.run.journal.length === open.input.journal.length;
  return untouched ? null : { branch, cursor };
}

/** Notes that nodes were dragged. @param before the places as they were */
export function notePlaces(before: Places, what: Both): void {
  const now = hereNow();
  noteAfter({ ...now, places: before }, { ...now, places: placesNow(lab.getState().lab), what });
}

/** Notes that bookmarks are about to be others. */
export function noteMarks(after: readonly Bookmark[], what: Both): void {
  const now = hereNow();
  noteAfter(now, { ...now, marks: after, what });
}

/** Notes that futures were taken away, or came without being gone to. */
export function noteBranches(before: readonly Branch[], after: readonly Branch[], what: Both): void {
  const { branch, cursor } = lab.getState();
  const now = hereNow();
  const standing = branch === null ? now.standing : { branch, cursor };
  const marks = marksIn(now.marks, after);
  noteAfter({ ...now, standing, branches: before }, { ...now, standing, branches: after, marks, what });
}

/** Where one stands in the history, or would if there were one. */
function hereNow(): Entry {
  const state = lab.getState();
  const here = presentEntry(history.getState());
  // Its lab is still being built.
  if (here !== null && here.lab !== state.lab) return here;
  const places = placesNow(state.lab);
  const now = { lab: state.lab, cut: null, places, marks: bookmarks.getState().all, branches: null, what: null, ...here };
  return { ...now, standing: standingIn(state, here), places, marks: bookmarks.getState().all };
}

function noteAfter(now: Entry, next: Entry): void {
  const { entries, present } = history.getState();
  push([...entries.slice(0, Math.max(0, present)), now, next]);
}

function push(entries: readonly Entry[]): void {
  const kept = entries.slice(-ENTRIES_MAX);
  history.setState({ entries: kept, present: kept.length - 1 });
}

/** Puts other branches in the place of some, wherever the history of a lab names them. */
export function replaceBranches(open: Lab, by: (branch: Branch | Asleep) => Branch | Asleep): void {
  leaveBranches(open, branchesOf(open).map(by));
  const entries = history.getState().entries.map((e) =>
    e.lab === open
      ? {
          ...e,
          standing: e.standing === null ? null : { ...e.standing, branch: by(e.standing.branch) },
          branches: e.branches?.map(by) ?? null,
        }
      : e,
  );
  history.setState({ entries });
}

/** Takes what was done in a lab that cannot be brought back out of the history, and all that lies beyond it. */
export function forgetLab(open: Lab): void {
  const { entries, present } = history.getState();
  const before = entries.findLastIndex((e, i) => i < present && e.lab === open);
  const after = entries.findIndex((e, i) => i > present && e.lab === open);
  const kept = entries.slice(before + 1, after < 0 ? undefined : after);
  history.setState({ entries: kept, present: present - before - 1 });
}

lab.subscribe((now, before) => {
  if (now.lab === before.lab || now.lab === null) return;
  if (before.lab !== null) left.set(before.lab, before.branches);
  if (now.lab === expected) return;
  // The first lab of a visit begins the history; another one can be gone back from.
  if (before.lab === null || before.branch === null) history.setState(NONE);
  else noteLab(now.lab, { en: 'another lab', zh: '打开另一个实验' }, before);
});
