/**
 * Moments that a person wants to come back to: set, named, gone to, removed. Kept with the session.
 * Comes from: the transport and the keyboard.  Goes to: the timeline, the lab panel, saved.ts.
 */
import { createStore } from 'zustand/vanilla';
import { pastOf, type Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { lab } from './store.ts';

export interface Bookmark {
  readonly id: number;
  /** id of the future in which it was set */
  readonly branch: number;
  readonly moment: Moment;
  /** null: nobody has named it, the sentence of its step stands for it */
  readonly name: string | null;
}

export const bookmarks = createStore<{ readonly all: readonly Bookmark[] }>(() => ({ all: [] }));

function isAt({ branch, moment }: Bookmark, of: number, { executed, at }: Moment): boolean {
  return branch === of && moment.executed === executed && moment.at === at;
}

/** Sets a bookmark at a moment of the future shown, or takes it away where one is. @returns whether there is one now */
export function toggleBookmark(moment: Moment = lab.getState().cursor): boolean {
  const { branch } = lab.getState();
  if (branch === null) return false;
  const { all } = bookmarks.getState();
  const there = all.find((mark) => isAt(mark, branch.id, moment));
  if (there !== undefined) {
    removeBookmark(there.id);
    return false;
  }
  const id = Math.max(0, ...all.map((mark) => mark.id)) + 1;
  const next = [...all, { id, branch: branch.id, moment, name: null }];
  bookmarks.setState({ all: next.toSorted((a, b) => a.moment.at - b.moment.at || a.moment.executed - b.moment.executed) });
  return true;
}

export function removeBookmark(id: number): void {
  bookmarks.setState({ all: bookmarks.getState().all.filter((mark) => mark.id !== id) });
}

export function nameBookmark(id: number, name: string): void {
  const named = name.trim() === '' ? null : name.trim();
  bookmarks.setState({ all: bookmarks.getState().all.map((mark) => (mark.id === id ? { ...mark, name: named } : mark)) });
}

/** Whether a bookmark stands in a future: set there, or before the two parted. */
export function standsIn(mark: Bookmark, branch: Branch, branches: readonly Branch[]): boolean {
  if (mark.branch === branch.id) return true;
  const other = branches.find((one) => one.id === mark.branch);
  return other !== undefined && mark.moment.executed <= pastOf(other.run, branch.run).events;
}

// Another lab has other moments; so has the same one begun anew.
lab.subscribe((now, before) => {
  const afresh = now.branches !== before.branches && now.branches.length === 1 && !before.branches.includes(now.branches[0] as Branch);
  if (now.lab !== before.lab || afresh) bookmarks.setState({ all: [] });
  else if (now.branches !== before.branches) {
    const { all } = bookmarks.getState();
    const kept = all.filter((mark) => now.branches.some((branch) => branch.id === mark.branch));
    if (kept.length !== all.length) bookmarks.setState({ all: kept });
  }
});
