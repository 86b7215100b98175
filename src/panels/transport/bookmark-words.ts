/** What a bookmark is called, and going to it. */
import type { TraceId } from '../../engine/index.ts';
import {
  bookmarks,
  exact,
  goToBranch,
  lab,
  say,
  standsIn,
  text,
  toggleBookmark,
  type Bookmark,
  type Branch,
  type Language,
} from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { tell, type Moment } from '../../sim/index.ts';

/** The name somebody gave it, or what happens there. */
export function titleOf({ name, branch: of, moment }: Bookmark, branches: readonly Branch[], lang: Language): string {
  if (name !== null) return name;
  const branch = branches.find((one) => one.id === of);
  const step = branch?.steps.stepBefore(moment.executed) ?? -1;
  if (branch === undefined || step < 0) return exact(moment.at);
  return tell(branch.run.trace.get(branch.steps.headline.get(step) as TraceId), branch.cast.names, lang);
}

export function goToBookmark(mark: Bookmark): void {
  const { branch, branches } = lab.getState();
  if (branch === null) return;
  if (!standsIn(mark, branch, branches)) goToBranch(mark.branch);
  playback.send({ type: 'JUMP', moment: mark.moment });
}

/** Marks a moment, or takes the mark away, and says which. */
export function markMoment(moment?: Moment): void {
  const set = toggleBookmark(moment);
  const key = set ? 'bookmarks.set' : 'bookmarks.gone';
  if (lab.getState().branch !== null) say(text('en', key), text('zh', key));
}

/** The bookmark just before or after the moment shown, round the ends. */
export function nextBookmark(forward: boolean): void {
  const { cursor, branch, branches } = lab.getState();
  if (branch === null) return;
  const here = bookmarks.getState().all.filter((mark) => standsIn(mark, branch, branches));
  const after = ({ moment }: Bookmark): boolean => moment.at > cursor.at || (moment.at === cursor.at && moment.executed > cursor.executed);
  const before = ({ moment }: Bookmark): boolean => moment.at < cursor.at || (moment.at === cursor.at && moment.executed < cursor.executed);
  const mark = forward ? (here.find(after) ?? here[0]) : (here.findLast(before) ?? here[here.length - 1]);
  if (mark !== undefined) goToBookmark(mark);
}
