/**
 * Which moments of a future are past: what is done there begins another one, because something would be lost
 * otherwise. Anywhere else what is done goes on with the same future, at the time shown.
 * Comes from: where the cursor has been.  Goes to: actions.ts, the terminals.
 *
 * Behind the last thing that was done a run has gone ahead by itself: answers, timers, tables that are cleaned up.
 * As long as nobody has gone there to look, the present is where one stands, as it is at a real terminal.
 */
import type { Moment, Run } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { bookmarks } from './marks.ts';
import { lab } from './store.ts';

/** Whether what is done at a moment begins another future. */
export function isPast(branch: Branch, moment: Moment): boolean {
  const { steps, run, id } = branch;
  const here = steps.stepBefore(moment.executed);
  // Timers that have fired in silence are nothing to be lost.
  if (here >= steps.length - 1) return false;
  if (steps.stepBefore(branch.seen) > here || somethingDoneAfter(run, moment)) return true;
  const { branches } = lab.getState();
  return (
    branches.some(({ parent, began }) => parent === id && began > moment.at) ||
    bookmarks.getState().all.some((mark) => mark.branch === id && mark.moment.executed > moment.executed)
  );
}

/** Whether anything was typed or done by hand after a moment, by the file of the lab or by a person. */
function somethingDoneAfter({ journal, trace, head }: Run, { executed }: Moment): boolean {
  const next = executed < head ? trace.timeOf(executed) : Infinity;
  return journal.some(({ after, at }) => after >= executed || at >= next);
}

lab.subscribe(({ branch, cursor }, before) => {
  if (branch !== null && (cursor !== before.cursor || branch !== before.branch) && cursor.executed > branch.seen)
    branch.seen = cursor.executed;
});
