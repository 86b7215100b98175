/**
 * What a person does to a lab: opens one, does something at the present moment, goes to another future.
 * Comes from: panels/.  Goes to: sim/ through the branches.
 *
 * Runs go on in slices or in another thread (grow.ts), so that the page stays alive and the person can stop it.
 */
import { formatSpan, NS_PER_S, type Nanos, type NodeId } from '../engine/index.ts';
import type { Moment } from '../sim/index.ts';
import type { Stimulus } from '../world/index.ts';
import { afterBuilding, forgetWaiting } from './after-building.ts';
import { AT_OPENING, openingMoment, settleDown, standFor, type Arrival } from './arrival.ts';
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
import { lab, NO_FILTER, selectedInAll, setCursor, type LabState, type Selection } from './store.ts';
import { isUnfinished, setUnfinished } from './unfinished.ts';

/** While a run is under way, the page hears of it this often. */
const TELL_EVERY_MS = 300;
/** After something was done, the lab goes on at least this long. */
const GO_ON_NS = 60 * NS_PER_S;

/** What was done last, while its immediate effect is not on screen yet. */
interface Outcome {
  readonly branch: Branch;
  /** events before it */
  readonly acted: number;
  /** where one stood then: whoever has gone on since stays there */
  readonly stood: Moment;
  readonly tell: () => void;
}

let awaited: Outcome | null = null;

/** Gives up the work under way. */
let giveUp: () => void = () => {};

/** The future that is run on, or was last. */
let advancing: Branch | null = null;

/** Does long work in the place of what is under way; newer work replaces it. */
export function workOn<T>(work: Generator<unknown, T>, done: (result: T) => void, failed: (error: unknown) => void): void {
  giveUp();
  giveUp = inSlices(work, done, failed);
}

/** Opens a lab from the text of its file. On a mistake in it the running lab stays as it is. */
export function openLab(file: string, text: string, id = file): boolean {
  const read = readLab(id, file, text);
  if (!read.ok) {
    lab.setState({ problem: read.problem });
    return false;
  }
  startAnother(read.lab);
  return true;
}

/** Begins the open lab anew, without its branches. */
export function restartLab(): void {
  const { lab: open } = lab.getState();
  // A lab of its own: going back brings the branches back.
  if (open !== null) startAnother({ ...open });
}

/** Builds a lab that was asked for by hand, in which nothing of what was said of the one before it counts. */
export function startAnother(open: Lab, arrival = AT_OPENING): void {
  takeWriting();
  forgetWaiting();
  lab.setState({ notice: null });
  startLab(open, arrival);
}

let take: () => unknown = () => undefined;

/** Takes what is being written in the file, so that what is done next comes after it. */
export function takeWriting(): void {
  take();
}

/** @param how takes it */
export function onTakeWriting(how: () => unknown): void {
  take = how;
}

/** Builds a lab and puts it in the place of the present one. */
export function startLab(open: Lab, arrival = AT_OPENING): void {
  const before = lab.getState();
  lab.setState({ phase: 'loading', asked: before.asked + 1, problem: null });
  awaited = null;
  workOn(
    firstBranch(open),
    (branch) => {
      const now = lab.getState();
      lab.setState({
        phase: 'advancing',
        lab: open,
        branches: [branch],
        branch,
        version: now.version + 1,
        cursor: arrival === AT_OPENING ? { executed: 0, at: 0 as Nanos } : arrival.moment(branch),
        focus: null,
        // Building takes its time: what was chosen meanwhile was chosen after the lab was asked for.
        selection: now.selection === before.selection ? arrival.selection : selectedSince(now, arrival, open),
        filter: now.filter === before.filter ? NO_FILTER : { ...now.filter, node: null },
        crash: null,
        stoppedAt: null,
      });
      standFor(arrival.moment);
      advance(branch, PAGE_EVENTS, () => settleDown(branch));
    },
    (error) => lab.setState({ crash: crashReport(error, open, []), phase: before.branch === null ? 'empty' : 'ready' }),
  );
}

function selectedSince({ selection, lab: shown }: LabState, arrival: Arrival, open: Lab): Selection | null {
  if (shown === null) return null;
  return shown.scenario === open.scenario ? selectedInAll(selection) : arrival.selected(selection, shown);
}

/** Each part has a task of its own: the last setups, reading what they did, and what the page draws then. */
function* firstBranch({ input }: Lab): Generator<unknown, Branch> {
  const run = yield* setUp(input);
  yield WAITS;
  const branch = createBranch(0, { en: 'from the start', zh: '初始' }, null, 0 as Nanos, run);
  yield WAITS;
  return branch;
}

/** Runs a branch on up to a number of events; a newer call replaces an older one. */
function advance(branch: Branch, limit: number, done: () => void): void {
  lab.setState({ phase: 'advancing', stoppedAt: null });
  setUnfinished(branch, true);
  advancing = branch;
  workOn(
    telling(branch, growing(branch, limit)),
    () => {
      finish(branch, null);
      done();
    },
    (error) => finish(branch, error),
  );
}

/** Runs a future on to its end, as far as the page lets a run go. */
export function runOn(branch: Branch): void {
  advance(branch, branch.run.head + PAGE_EVENTS, () => {
    showOutcome();
    settleDown(branch);
  });
}

/** Lets a future that was left on the way to its end go on, now that it is shown. */
export function runOnIfLeft(branch: Branch): void {
  if (isUnfinished(branch) && lab.getState().phase === 'ready') runOn(branch);
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
  setUnfinished(branch, false);
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
  const shown = lab.getState().branch === branch;
  const stopped = shown && (branch.end === 'running' || branch.end === 'event-limit' || branch.end === 'trace-limit');
  lab.setState({ phase: 'ready', version: version + 1, stoppedAt: stopped ? branch.run.head : null });
}

/** Stops work that is under way; what has been run stays. */
export function cancelAdvance(): void {
  const { branch, phase } = lab.getState();
  if (phase !== 'advancing' || branch === null) return;
  giveUp();
  if (advancing !== null) setUnfinished(advancing, false);
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
 * Does something at the moment shown: in the past another future begins, at the present the same one goes on. While a
 * lab is being built it is done as soon as that stands.
 * @param then called when its immediate effect is on screen, unless somebody has gone elsewhere meanwhile
 * @param forked called when a new branch begins
 * @returns whether a new branch has begun
 */
export function act(node: NodeId, stimulus: Stimulus, label: Both, then = (): void => {}, forked = (): void => {}): boolean {
  takeWriting();
  const { lab: of } = lab.getState();
  let past = false;
  afterBuilding(() => {
    const here = of === null ? null : nodeAfter(of, node, stimulus);
    past = here !== null && actNow(here, stimulus, label, then);
    if (past) forked();
  });
  return past;
}

/** The node that was meant when another lab was shown; null: it is not there, or what was to be done is not. */
function nodeAfter(of: Lab, node: NodeId, { kind }: Stimulus): NodeId | null {
  const { lab: now } = lab.getState();
  if (now === of) return node;
  // A cable, a frame or a timer of the lab before may be another one here.
  if (now === null || now.id !== of.id || kind === 'link' || kind === 'frame' || kind === 'timer') return null;
  const name = of.input.world.nodes[node]?.name;
  const found = now.input.world.nodes.findIndex((one) => one.name === name);
  return found < 0 ? null : (found as NodeId);
}

function actNow(node: NodeId, stimulus: Stimulus, label: Both, then: () => void): boolean {
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
        shown = createBranch(freeId(), { en: `${label.en} at ${when}`, zh: `${when} ${label.zh}` }, branch.id, cursor.at, run, branch);
    } else {
      shown = takenBack(branch, cursor.executed);
      shown.run.act(cursor, node, stimulus);
    }
  } catch (error) {
    lab.setState({ crash: crashReport(error, open, branch.run.journal), phase: 'ready' });
    return false;
  }
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
  awaited = { branch: shown, acted, stood: lab.getState().cursor, tell: then };
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
  const { branch, acted, stood, tell } = awaited;
  awaited = null;
  if (lab.getState().branch !== branch || lab.getState().cursor !== stood) return;
  const { run } = branch;
  if (run.head > acted) {
    const at = run.trace.timeOf(acted);
    lab.setState({ version: lab.getState().version + 1, cursor: { executed: run.executedAt(at), at }, focus: null });
  }
  tell();
}

/** Who does two things in quick succession does the second one after the outcome of the first. */
function hasten(): void {
  if (awaited?.branch !== lab.getState().branch) awaited = null;
  if (awaited === null) return;
  const { run } = awaited.branch;
  giveUp();
  Away.recall(run);
  while (!hasOutcome(awaited) && run.advance(1));
  readOn(awaited.branch);
  showOutcome();
}

/** Does something that may lead away from the run under way; what is shown then goes on if it was not at its end. */
export function leaving(deed: () => void): void {
  hasten();
  if (lab.getState().phase === 'advancing') {
    giveUp();
    lab.setState({ phase: 'ready' });
  }
  deed();
  const { branch } = lab.getState();
  if (branch !== null) runOnIfLeft(branch);
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
  runOnIfLeft(branch);
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
