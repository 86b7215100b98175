/**
 * Running branches on, a slice at a time.
 * Goes to: what-if.ts, history.ts, session.ts.
 */
import type { Nanos } from '../engine/index.ts';
import type { Run } from '../sim/index.ts';
import { createBranch, PAGE_EVENTS, readCast, readOn, type Both, type Branch } from './branch.ts';
import { lab } from './store.ts';

/** Events between two looks at the clock. */
const CHUNK = 400;

/** Runs on to the end, or as far as the page lets a run go. */
export function* growing(branch: Branch, limit = branch.run.head + PAGE_EVENTS): Generator<undefined, void> {
  const { run } = branch;
  while (run.head < limit && run.advance(Math.min(CHUNK, limit - run.head))) {
    readOn(branch);
    yield undefined;
  }
  readOn(branch);
  readCast(branch, [opening(branch), run.head]);
  branch.end = run.end;
}

function opening(branch: Branch): number {
  const first = branch.steps.next(-1, 'hop', true);
  return first < 0 ? branch.run.head : (branch.steps.event[first] as number) + 1;
}

/** Runs the commands that set the nodes up: they are typed at time zero. */
export function passSetups(run: Run): void {
  while (run.head === 0 || run.trace.timeOf(run.head - 1) === 0) {
    if (!run.advance(64) || run.head >= PAGE_EVENTS) return;
  }
}

/** A number that no branch has had. */
export function freeId(): number {
  return Math.max(0, ...lab.getState().branches.map((branch) => branch.id)) + 1;
}

/** A branch that leaves `parent` with a run of its own, put into the list of branches. */
export function addBranch(parent: Branch, run: Run, began: Nanos, label: Both): Branch {
  const branch = createBranch(freeId(), label, parent.id, began, run);
  branch.cast = parent.cast;
  lab.setState({ branches: [...lab.getState().branches, branch] });
  return branch;
}
