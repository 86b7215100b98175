/**
 * What a person does to a lab: opens one, does something at the present moment, goes to another future.
 * Comes from: panels/.  Goes to: sim/ through the branches.
 *
 * A run is advanced in short slices, so that the page stays alive and the person can stop it.
 */
import { formatSpan, NS_PER_S, type Nanos, type NodeId } from '../engine/index.ts';
import { createRun, type Moment, type Run } from '../sim/index.ts';
import type { Stimulus } from '../world/index.ts';
import { createBranch, PAGE_EVENTS, readCast, readOn, type Both, type Branch } from './branch.ts';
import { freeId, passSetups } from './grow.ts';
import { noteDeed } from './history.ts';
import { readLab, type Lab } from './open.ts';
import { crashReport } from './report.ts';
import { lab, NO_FILTER, setCursor } from './store.ts';

/** How long one slice of work may take, so that a frame is not missed. */
const SLICE_MS = 10;
/** While a run is under way, the page hears of it this often. */
const TELL_EVERY_MS = 300;
/** After something was done, the lab goes on at least this long. */
const GO_ON_NS = 60 * NS_PER_S;

let running = 0;

/** Opens a lab from the text of its file. On a mistake in it the running lab stays as it is. */
export function openLab(file: string, text: string, id = file): boolean {
  const read = readLab(id, file, text);
  if (!read.ok) {
    lab.setState({ problem: read.problem });
    return false;
  }
  try {
    startLab(read.lab);
  } catch (error) {
    lab.setState({
      crash: crashReport(error, read.lab, []),
      phase: lab.getState().branch === null ? 'empty' : 'ready',
    });
    return false;
  }
  return true;
}

/** Begins the open lab anew, without its branches. */
export function restartLab(): void {
  const { lab: open } = lab.getState();
  if (open !== null) startLab(open);
}

function startLab(open: Lab): void {
  const run = createRun(open.input);
  passSetups(run);
  const branch = createBranch(0, { en: 'from the start', zh: '初始' }, null, 0 as Nanos, run);
  lab.setState({
    phase: 'advancing',
    lab: open,
    branches: [branch],
    branch,
    version: lab.getState().version + 1,
    cursor: { executed: 0, at: 0 as Nanos },
    focus: null,
    selection: null,
    filter: NO_FILTER,
    problem: null,
    crash: null,
    stoppedAt: null,
    notice: null,
  });
  advance(branch, PAGE_EVENTS, () => {
    setCursor(openingMoment(branch));
  });
}

/** The first frame on a cable after the nodes were set up. */
export function openingMoment(branch: Branch): Moment {
  const { steps, run } = branch;
  const first = steps.next(-1, 'hop', true);
  if (first >= 0) return { executed: (steps.event[first] as number) + 1, at: steps.at[first] as Nanos };
  return { executed: run.head, at: run.head === 0 ? (0 as Nanos) : run.trace.timeOf(run.head - 1) };
}

/** Runs a branch on in slices up to a number of events; a newer call replaces an older one. */
function advance(branch: Branch, limit: number, done: () => void): void {
  const turn = ++running;
  let events = 400;
  let first = true;
  let told = 0;
  const slice = (): void => {
    if (turn !== running) return;
    const begin = performance.now();
    let more = true;
    try {
      while (more && branch.run.head < limit && performance.now() - begin < SLICE_MS) {
        const before = performance.now();
        more = branch.run.advance(Math.min(events, limit - branch.run.head));
        const ms = performance.now() - before;
        events = Math.max(50, Math.min(20_000, Math.round((events * (SLICE_MS / 2)) / Math.max(ms, 0.2))));
      }
      readOn(branch);
    } catch (error) {
      finish(branch, error);
      return;
    }
    if (more && branch.run.head < limit) {
      if (first) look(branch);
      first = false;
      const now = performance.now();
      if (now - told > TELL_EVERY_MS) {
        told = now;
        lab.setState({ version: lab.getState().version + 1 });
      }
      setTimeout(slice, 0);
      return;
    }
    finish(branch, null);
    done();
  };
  lab.setState({ phase: 'advancing', stoppedAt: null });
  // The first slice at once: a lab of ordinary size is then complete before anything is painted.
  slice();
}

function look(branch: Branch): void {
  const opening = openingMoment(branch).executed;
  readCast(branch, [opening, branch.run.head]);
}

function finish(branch: Branch, error: unknown): void {
  const { lab: open, version } = lab.getState();
  if (error !== null) {
    // The trace up to the mistake is kept: it can still be looked at.
    readOn(branch);
    lab.setState({
      phase: 'ready',
      version: version + 1,
      crash: open === null ? null : crashReport(error, open, branch.run.journal),
    });
    look(branch);
    return;
  }
  look(branch);
  branch.end = branch.run.end;
  const stopped = branch.end === 'running' || branch.end === 'event-limit' || branch.end === 'trace-limit';
  lab.setState({ phase: 'ready', version: version + 1, stoppedAt: stopped ? branch.run.head : null });
}

/** Stops work that goes on in slices; what has been run stays. */
export function cancelAdvance(): void {
  const { branch, phase } = lab.getState();
  if (phase !== 'advancing' || branch === null) return;
  running++;
  finish(branch, null);
  if (lab.getState().cursor.executed === 0) setCursor(openingMoment(branch));
}

/** Lets a run that was stopped by the page's limit go on as far again. */
export function goOn(): void {
  const { branch } = lab.getState();
  if (branch !== null) advance(branch, branch.run.head + PAGE_EVENTS, () => {});
}

/**
 * Does something at the moment shown. At the end of a run the run goes on; before it another future begins.
 * @param then called when its immediate effect is on screen
 * @returns whether a new branch began
 */
export function act(node: NodeId, stimulus: Stimulus, label: Both, then: () => void = () => {}): boolean {
  const { branch, cursor, branches, lab: open } = lab.getState();
  if (branch === null || open === null) return false;
  let run: Run;
  try {
    run = branch.run.act(cursor, node, stimulus);
  } catch (error) {
    lab.setState({ crash: crashReport(error, open, branch.run.journal) });
    return false;
  }
  run.extend((cursor.at + GO_ON_NS) as Nanos);
  const forked = run !== branch.run;
  let shown = branch;
  if (forked) {
    const when = `+${formatSpan(cursor.at)}`;
    shown = createBranch(freeId(), { en: `${label.en} at ${when}`, zh: `${when} ${label.zh}` }, branch.id, cursor.at, run);
    shown.cast = branch.cast;
    lab.setState({
      branches: [...branches, shown],
      branch: shown,
      version: lab.getState().version + 1,
      focus: null,
    });
  }
  const acted = cursor.executed;
  noteDeed({ branch, cursor }, { branch: shown, cursor }, forked ? null : acted);
  advance(shown, run.head + PAGE_EVENTS, () => {
    showOutcome(shown, acted);
    then();
  });
  return forked;
}

/** Goes to where what was just done has had its immediate effect: the events of that very moment. */
function showOutcome(branch: Branch, acted: number): void {
  if (lab.getState().branch !== branch) return;
  const { run } = branch;
  if (run.head <= acted) return;
  const at = run.trace.timeOf(acted);
  setCursor({ executed: run.executedAt(at), at });
}

/** Shows another future at the time shown, or where it begins if that is later. */
export function goToBranch(id: number): void {
  const { branches, cursor, version } = lab.getState();
  const branch = branches.find((b) => b.id === id);
  if (branch === undefined) return;
  const at = Math.max(cursor.at, branch.began) as Nanos;
  lab.setState({
    branch,
    version: version + 1,
    cursor: { executed: branch.run.executedAt(at), at },
    focus: null,
    selection: null,
  });
}

/** Forgets a future that is not the one shown, and those that begin in it stay. */
export function dropBranch(id: number): void {
  const { branches, branch } = lab.getState();
  if (branch?.id === id) return;
  lab.setState({ branches: branches.filter((b) => b.id !== id) });
}
