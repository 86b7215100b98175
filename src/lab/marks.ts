/**
 * The bookmarks as they are now. Each is set, named and removed by bookmarks.ts, as deeds that can be undone.
 * Goes to: the timeline, the lab panel, the presenter, saved.ts.
 */
import { createStore } from 'zustand/vanilla';
import { pastOf, type Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';

/** A moment that a person wants to come back to. */
export interface Bookmark {
  readonly id: number;
  /** id of the future in which it was set */
  readonly branch: number;
  readonly moment: Moment;
  /** null: nobody has named it, the sentence of its step stands for it */
  readonly name: string | null;
}

export const bookmarks = createStore<{ readonly all: readonly Bookmark[] }>(() => ({ all: [] }));

/** Whether a bookmark stands in a future: set there, or before the two parted. */
export function standsIn(mark: Bookmark, branch: Branch, branches: readonly Branch[]): boolean {
  if (mark.branch === branch.id) return true;
  const other = branches.find((one) => one.id === mark.branch);
  return other !== undefined && mark.moment.executed <= pastOf(other.run, branch.run).events;
}

/** Those that are left when only these futures are. */
export function marksIn(marks: readonly Bookmark[], branches: readonly { readonly id: number }[]): readonly Bookmark[] {
  const kept = marks.filter((mark) => branches.some(({ id }) => id === mark.branch));
  return kept.length === marks.length ? marks : kept;
}
