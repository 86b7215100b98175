/**
 * Running branches on: a moment here, and if that is not enough in a thread of their own.
 * Goes to: actions.ts, what-if.ts, history.ts, saved.ts.
 *
 * A lab of ordinary size is complete before a thread would have had its first message.
 */
import { createRun, type Run, type RunInput } from '../sim/index.ts';
import { PAGE_EVENTS, readCast, readOn, type Branch } from './branch.ts';
import { Away, warmUp } from './errands.ts';
import { WAITS } from './slices.ts';

/** Events between two looks at the clock: a few, because one that starts a program may be a hundred times longer than another. */
const CHUNK = 16;
/** The same while the nodes are set up: each event may be a script of many commands. */
const SETUP_CHUNK = 1;
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
  for (let spent = 0; spent < HERE_MS || !Away.isReady();) {
    // Somebody else lets it go on already.
    if (Away.has(run)) {
      yield WAITS;
      continue;
    }
    const begin = performance.now();
    if (run.head >= limit || !run.advance(Math.min(CHUNK, limit - run.head))) return;
    readOn(branch);
    spent += performance.now() - begin;
    if (spent >= HERE_MS) warmUp();
    yield undefined;
  }
  let away = Away.send(run, limit);
  for (; away === null; away = Away.send(run, limit)) {
    if (!Away.isReady()) {
      yield* goingOn(branch, limit);
      return;
    }
    yield WAITS;
  }
  try {
    for (;;) {
      const came = away.absorb();
      if (came === 'done') return;
      if (came === 'lost') break;
      if (came === 'more') readOn(branch);
      yield came === 'waiting' ? WAITS : undefined;
    }
  } finally {
    away.end();
  }
  // From the last stretch that has come back, here.
  yield* goingOn(branch, limit);
}

/** Reads who has which address when the story opens and where it stands now. */
export function look(branch: Branch): void {
  readCast(branch, [opening(branch), branch.run.head]);
}

function opening(branch: Branch): number {
  const first = branch.steps.next(-1, 'hop', true);
  return first < 0 ? branch.run.head : (branch.steps.event.get(first) as number) + 1;
}

/** A run whose nodes have been set up, by commands that are typed at time zero. */
export function* setUp(input: RunInput): Generator<undefined, Run> {
  const run = createRun(input);
  yield undefined;
  while (run.head === 0 || run.trace.timeOf(run.head - 1) === 0) {
    // The beginning of the story, where the lab is edited, is just before its first event.
    if (run.nextAt !== 0) run.keepMoment();
    if (!run.advance(SETUP_CHUNK) || run.head >= PAGE_EVENTS) break;
    yield undefined;
  }
  // Every look at the beginning of the story would run the setups again, which in a large lab takes many frames.
  run.keepMoment();
  return run;
}
