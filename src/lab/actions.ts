/**
 * What a person does to a lab: opens one, does something at the present moment, goes to another future.
 * Comes from: panels/.  Goes to: sim/ through the branches.
 *
 * Runs go on in slices or in another thread (grow.ts), so that the page stays alive and the person can stop it.
 */
import { formatSpan, NS_PER_S, type Nanos, type NodeId } from '../engine/index.ts';
import type { Moment } from '../sim/index.ts';
import type { Stimulus } from '../world/index.ts';
import { createBranch, PAGE_EVENTS, readOn, takenBack, type Both, type Branch } from './branch.ts';
import { freeId } from './branches.ts';
import { Away } from './errands.ts';
import { noteBranches, noteDeed, replaceBranches } from './deeds.ts';
import { growing, look, settle, setUp } from './grow.ts';
import { readLab, type Lab } from './open.ts';
import { isPast } from './present.ts';
import { crashReport } from './report.ts';
import type { Asleep } from './saved-branch.ts';
import { inSlices, WAITS } from './slices.ts';
import { lab, NO_FILTER, selectedInAll, setCursor, type Selection } from './store.ts';

/** While a run is under way, the page hears of it this often. */
const TELL_EVERY_MS = 300;
/** After something was done, the lab goes on at least this long. */
const GO_ON_NS = 60 * NS_PER_S;

/** What was done last, while its immediate effect is not on screen yet. */
interface Outcome {
  readonly branch: Branch;
  /** events before it */
  readonly acted: number;
  readonly tell: () => void;
}

let awaited: Outcome | null = null;

/** Gives up the work under way. */
let giveUp: () => void = () => {};

/** Opens a lab from the text of its file. On a mistake in it the running lab stays as it is. */
export function openLab(file: string, text: string, id = file): boolean {
  const read = readLab(id, file, text);
  if (!read.ok) {
    lab.setState({ problem: read.problem });
    return false;
  }
  startLab(read.lab);
  return true;
}

/** Begins the open lab anew, without its branches. */
export function restartLab(): void {
  const { lab: open } = lab.getState();
  // A lab of its own: going back brings the branches back.
  if (open !== null) startLab({ ...open });
}

/** Where one stands in a lab that was just built, and what is selected. */
export interface Arrival {
  readonly selection: Selection | null;
  readonly moment: (branch: Branch) => Moment;
}

export const AT_OPENING: Arrival = { selection: null, moment: openingMoment };

/** Builds a lab and puts it in the place of the present one. */
export function startLab(open: Lab, arrival = AT_OPENING): void {
  const before = lab.getState();
  lab.setState({ phase: 'loading', asked: before.asked + 1, problem: null });
  giveUp();
  awaited = null;
  giveUp = inSlices(
    firstBranch(open),
    (branch) => {
      lab.setState({
        phase: 'advancing',
        lab: open,
        branches: [branch],
        branch,
        version: lab.getState().version + 1,
        cursor: arrival === AT_OPENING ? { executed: 0, at: 0 as Nanos } : arrival.moment(branch),
        focus: null,
        selection: arrival.selection,
        filter: NO_FILTER,
        crash: null,
        stoppedAt: null,
        notice: null,
      });
      const { cursor } = lab.getState();
      advance(branch, PAGE_EVENTS, () => {
        // Whoever has stepped on before the run was complete is not thrown back.
        if (lab.getState().cursor === cursor) setCursor(arrival.moment(branch));
      });
    },
    (error) => lab.setState({ crash: crashReport(error, open, []), phase: before.branch === null ? 'empty' : 'ready' }),
  );
}

/** Each part has a task of its own: the last setups, reading what they did, and what the page draws then. */
function* firstBranch({ input }: Lab): Generator<unknown, Branch> {
  const run = yield* setUp(input);
  yield WAITS;
  const branch = createBranch(0, { en: 'from the start', zh: '初始' }, null, 0 as Nanos, run);
  yield WAITS;
  return branch;
}

/** The first frame on a cable after the nodes were set up. */
export function openingMoment(branch: Branch): Moment {
  const { steps, run } = branch;
  const first = steps.next(-1, 'hop', true);
  if (first >= 0) return { executed: (steps.event[first] as number) + 1, at: steps.at[first] as Nanos };
  return { executed: run.head, at: run.head === 0 ? (0 as Nanos) : run.trace.timeOf(run.head - 1) };
}

/** Runs a branch on up to a number of events; a newer call replaces an older one. */
function advance(branch: Branch, limit: number, done: () => void): void {
  giveUp();
  lab.setState({ phase: 'advancing', stoppedAt: null });
  giveUp = inSlices(
    telling(branch, growing(branch, limit)),
    () => {
      finish(branch, null);
      done();
    },
    (error) => finish(branch, error),
  );
}

/** Tells the page now and then how far a branch has come. */
function* telling(branch: Branch, work: Generator<unknown, void>): Generator<unknown, void> {
  let told = -Infinity;
  try {
    for (let step = work.next(); step.done !== true; step = work.next()) {
      const now = performance.now();
      // What was done is answered at once, however long the run goes on.
      if (awaited?.branch === branch && hasOutcome(awaited)) showOutcome();
      if (now - told > TELL_EVERY_MS) {
        // who has which address is soon seen, and then stays
        if (told < 0) look(branch);
        told = now;
        // what is drawn anew is enough for a task of its own
        yield WAITS;
        lab.setState({ version: lab.getState().version + 1 });
        yield WAITS;
      }
      yield step.value;
    }
  } finally {
    work.return();
  }
}

function finish(branch: Branch, error: unknown): void {
  const { lab: open, version } = lab.getState();
  if (error !== null) {
    awaited = null;
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
  const stopped = branch.end === 'running' || branch.end === 'event-limit' || branch.end === 'trace-limit';
  lab.setState({ phase: 'ready', version: version + 1, stoppedAt: stopped ? branch.run.head : null });
}

/** Stops work that is under way; what has been run stays. */
export function cancelAdvance(): void {
  const { branch, phase } = lab.getState();
  if (phase !== 'advancing' || branch === null) return;
  giveUp();
  settle(branch);
  finish(branch, null);
  showOutcome();
  if (lab.getState().cursor.executed === 0) setCursor(openingMoment(branch));
}

/** Lets a run that was stopped by the page's limit go on as far again. */
export function goOn(): void {
  const { branch } = lab.getState();
  if (branch !== null) advance(branch, branch.run.head + PAGE_EVENTS, () => {});
}

/**
 * Does something at the moment shown: in the past another future begins, at the present the same one goes on.
 * @param then called when its immediate effect is on screen
 * @returns whether a new branch began
 */
export function act(node: NodeId, stimulus: Stimulus, label: Both, then: () => void = () => {}): boolean {
  hasten();
  const { branch, cursor: shownAt, branches, lab: open } = lab.getState();
  if (branch === null || open === null) return false;
  const past = isPast(branch, shownAt);
  const cursor = past ? shownAt : { executed: Math.min(shownAt.executed, branch.run.executedAt(shownAt.at)), at: shownAt.at };
  let shown = branch;
  try {
    Away.recall(branch.run);
    if (past || cursor.executed === branch.run.head) {
      const run = branch.run.act(cursor, node, stimulus);
      const when = `+${formatSpan(cursor.at)}`;
      if (run !== branch.run)
        shown = createBranch(freeId(), { en: `${label.en} at ${when}`, zh: `${when} ${label.zh}` }, branch.id, cursor.at, run);
    } else {
      shown = takenBack(branch, cursor.executed);
      shown.run.act(cursor, node, stimulus);
    }
  } catch (error) {
    lab.setState({ crash: crashReport(error, open, branch.run.journal), phase: 'ready' });
    return false;
  }
  shown.cast = branch.cast;
  shown.run.extend((cursor.at + GO_ON_NS) as Nanos);
  if (past) show(shown, [...branches, shown]);
  else if (shown !== branch) {
    const now = (one: Branch | Asleep): Branch | Asleep => (one === branch ? shown : one);
    replaceBranches(open, now);
    show(
      shown,
      branches.map((one) => (one === branch ? shown : one)),
    );
  }
  const acted = cursor.executed;
  noteDeed({ branch: past ? branch : shown, cursor }, { branch: shown, cursor }, label, past ? null : acted);
  awaited = { branch: shown, acted, tell: then };
  advance(shown, shown.run.head + PAGE_EVENTS, showOutcome);
  return past;
}

/** Puts a future on screen that has the same past as the one shown. */
function show(branch: Branch, branches: readonly Branch[]): void {
  const { selection, version } = lab.getState();
  lab.setState({
    branches,
    branch,
    version: version + 1,
    focus: null,
    // a frame that is not there yet in the new future
    selection: selection?.kind === 'frame' && selection.record >= branch.run.trace.length ? null : selection,
  });
}

/** Whether the immediate effect of a deed has come: something later has happened already. */
function hasOutcome({ branch: { run }, acted }: Outcome): boolean {
  return run.head > acted && run.trace.timeOf(run.head - 1) > run.trace.timeOf(acted);
}

/** Goes to where what was just done has had its immediate effect: the events of that very moment. */
function showOutcome(): void {
  if (awaited === null) return;
  const { branch, acted, tell } = awaited;
  awaited = null;
  if (lab.getState().branch !== branch) return;
  const { run } = branch;
  if (run.head > acted) {
    const at = run.trace.timeOf(acted);
    lab.setState({ version: lab.getState().version + 1, cursor: { executed: run.executedAt(at), at }, focus: null });
  }
  tell();
}

/** Who does two things in quick succession does the second one after the outcome of the first. */
function hasten(): void {
  if (awaited === null) return;
  const { run } = awaited.branch;
  giveUp();
  Away.recall(run);
  while (!hasOutcome(awaited) && run.advance(1));
  readOn(awaited.branch);
  showOutcome();
}

/** Shows another future at the time shown, or where it begins if that is later. */
export function goToBranch(id: number): void {
  const { branches, cursor, version, selection } = lab.getState();
  const branch = branches.find((b) => b.id === id);
  if (branch === undefined) return;
  const at = Math.max(cursor.at, branch.began) as Nanos;
  lab.setState({
    branch,
    version: version + 1,
    cursor: { executed: branch.run.executedAt(at), at },
    focus: null,
    selection: selectedInAll(selection),
  });
}

/** Forgets a future that is not the one shown, and those that begin in it stay. */
export function dropBranch(id: number): void {
  const { branches, branch } = lab.getState();
  const gone = branches.find((b) => b.id === id);
  if (branch?.id === id || gone === undefined) return;
  const kept = branches.filter((b) => b !== gone);
  noteBranches(branches, kept, { en: `branch “${gone.label.en}” forgotten`, zh: `删除分支“${gone.label.zh}”` });
  lab.setState({ branches: kept });
}
