/**
 * Running branches on: a moment here, and if that is not enough in a thread of their own.
 * Goes to: actions.ts, what-if.ts, history.ts, saved.ts.
 *
 * A lab of ordinary size is complete before a thread would have had its first message.
 */
import type { Nanos } from '../engine/index.ts';
import { createRun, type Run, type RunInput } from '../sim/index.ts';
import { createBranch, PAGE_EVENTS, readCast, readOn, type Both, type Branch } from './branch.ts';
import { Away } from './errands.ts';
import { WAITS } from './slices.ts';
import { lab } from './store.ts';

/** Events between two looks at the clock. */
const CHUNK = 100;
/** A run that goes on for longer than this goes on in a thread. */
const HERE_MS = 30;

/** Runs on to the end, or as far as the page lets a run go; yields now and then. */
export function* growing(branch: Branch, limit = branch.run.head + PAGE_EVENTS): Generator<unknown, void> {
  yield* goingOn(branch, limit);
  settle(branch);
}

/** Reads a branch as far as it has come, where it stays until it is run on. */
export function settle(branch: Branch): void {
  readOn(branch);
  look(branch);
  branch.end = branch.run.end;
}

function* goingOn(branch: Branch, limit: number): Generator<unknown, void> {
  const { run } = branch;
  for (let spent = 0; spent < HERE_MS || !Away.isPossible();) {
    const begin = performance.now();
    if (run.head >= limit || !run.advance(Math.min(CHUNK, limit - run.head))) return;
    readOn(branch);
    spent += performance.now() - begin;
    yield undefined;
  }
  let away = Away.send(run, limit);
  for (; away === null; away = Away.send(run, limit)) {
    if (!Away.isPossible()) {
      yield* goingOn(branch, limit);
      return;
    }
    yield WAITS;
  }
  try {
    for (;;) {
      const came = away.absorbInto(run);
      if (came === 'done') return;
      if (came === 'more') readOn(branch);
      yield came === 'waiting' ? WAITS : undefined;
    }
  } finally {
    away.end();
  }
}

/** Reads who has which address when the story opens and where it stands now. */
export function look(branch: Branch): void {
  readCast(branch, [opening(branch), branch.run.head]);
}

function opening(branch: Branch): number {
  const first = branch.steps.next(-1, 'hop', true);
  return first < 0 ? branch.run.head : (branch.steps.event[first] as number) + 1;
}

/** A run whose nodes have been set up, by commands that are typed at time zero. */
export function* setUp(input: RunInput): Generator<undefined, Run> {
  const run = createRun(input);
  yield undefined;
  while (run.head === 0 || run.trace.timeOf(run.head - 1) === 0) {
    if (!run.advance(64) || run.head >= PAGE_EVENTS) break;
    yield undefined;
  }
  return run;
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
