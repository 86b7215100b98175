/**
 * What a person does with bookmarks: each is a deed, undone and done again like all others.
 * Comes from: the transport, the keyboard, the lab panel.  Goes to: marks.ts, deeds.ts.
 */
import type { Moment } from '../sim/index.ts';
import type { Both } from './branch.ts';
import { history, noteMarks, presentEntry } from './deeds.ts';
import { bookmarks, marksIn, type Bookmark } from './marks.ts';
import { lab } from './store.ts';
import { exact } from './times.ts';

function isAt({ branch, moment }: Bookmark, of: number, { executed, at }: Moment): boolean {
  return branch === of && moment.executed === executed && moment.at === at;
}

/** Sets a bookmark at a moment of the future shown, or takes it away where one is. @returns whether there is one now */
export function toggleBookmark(moment: Moment = lab.getState().cursor): boolean {
  const { branch } = lab.getState();
  if (branch === null || leaves()) return false;
  const { all } = bookmarks.getState();
  const there = all.find((mark) => isAt(mark, branch.id, moment));
  if (there !== undefined) {
    removeBookmark(there.id);
    return false;
  }
  const id = Math.max(0, ...all.map((mark) => mark.id)) + 1;
  const next = [...all, { id, branch: branch.id, moment, name: null }];
  const when = exact(moment.at);
  put(
    next.toSorted((a, b) => a.moment.at - b.moment.at || a.moment.executed - b.moment.executed),
    { en: `bookmark at ${when}`, zh: `${when} 处的书签` },
  );
  return true;
}

export function removeBookmark(id: number): void {
  const { all } = bookmarks.getState();
  const gone = all.find((mark) => mark.id === id);
  if (gone === undefined || leaves()) return;
  const name = gone.name ?? exact(gone.moment.at);
  put(
    all.filter((mark) => mark !== gone),
    { en: `bookmark “${name}” removed`, zh: `删除书签“${name}”` },
  );
}

/** @param name '' takes the name away */
export function nameBookmark(id: number, name: string): void {
  const { all } = bookmarks.getState();
  const named = name.trim() === '' ? null : name.trim();
  const mark = all.find((one) => one.id === id);
  if (mark === undefined || mark.name === named || leaves()) return;
  put(
    all.map((one) => (one === mark ? { ...mark, name: named } : one)),
    named === null
      ? { en: `name of the bookmark “${mark.name ?? ''}” removed`, zh: `去掉书签“${mark.name ?? ''}”的名称` }
      : { en: `bookmark named “${named}”`, zh: `书签命名为“${named}”` },
  );
}

function put(all: readonly Bookmark[], what: Both): void {
  noteMarks(all, what);
  bookmarks.setState({ all });
}

/** Another lab is being built: what is on screen is no more the lab in which anything can be noted. */
function leaves(): boolean {
  const next = presentEntry(history.getState())?.lab ?? null;
  return next !== null && next !== lab.getState().lab;
}

// Another lab has its own moments; so has the same one begun anew. A future that is gone takes its own along.
lab.subscribe((now, before) => {
  const [first] = now.branches;
  // The same future may have been taken back and gone on with.
  const afresh = now.branches !== before.branches && now.branches.length === 1 && !before.branches.some(({ id }) => id === first?.id);
  if (now.lab !== before.lab || afresh) {
    const here = presentEntry(history.getState());
    bookmarks.setState({ all: here?.lab === now.lab ? here.marks : [] });
  } else if (now.branches !== before.branches) {
    const { all } = bookmarks.getState();
    const kept = marksIn(all, now.branches);
    if (kept !== all) bookmarks.setState({ all: kept });
  }
});
