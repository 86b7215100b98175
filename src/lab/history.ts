/**
 * Undo and redo across what a person did: walks from deed to deed.
 * Comes from: deeds.ts.  Goes to: the keyboard, the buttons for it.
 */
import { leaving, runOn, startLab, takeWriting, workOn } from './actions.ts';
import { afterBuilding } from './after-building.ts';
import { readOn, type Branch } from './branch.ts';
import { addBranch } from './branches.ts';
import { branchesOf, expectLab, forgetLab, history, presentEntry, replaceBranches, type Entry, type Standing } from './deeds.ts';
import { arrivalAt } from './edit.ts';
import { bookmarks } from './marks.ts';
import type { Lab } from './open.ts';
import { isAwake, rebuilding, type Asleep } from './saved-branch.ts';
import { settings } from './settings.ts';
import { lab, say, selectedInAll } from './store.ts';

export function undo(): void {
  go(-1);
}

export function redo(): void {
  go(1);
}

function go(by: -1 | 1): void {
  takeWriting();
  afterBuilding(() => {
    const { entries, present } = history.getState();
    if (entries[present + by] !== undefined) leaving(() => walk(by));
  }, mustWait(by));
}

/** A lab that is built anew replaces the one that is being built; everything else waits for that. */
function mustWait(by: -1 | 1): boolean {
  const { entries, present } = history.getState();
  const entry = entries[present + by];
  return entry !== undefined && (isSameLab(entry) || entry.standing !== null);
}

/** A lab that is still being built counts as the one that is there. */
function isSameLab(entry: Entry): boolean {
  return entry.lab === (presentEntry(history.getState())?.lab ?? lab.getState().lab);
}

/** Makes runs, a slice at a time, with nothing else going on. @param then shows what came of it; null: it could not be done */
function making<T>(work: Generator<unknown, T>, then: (made: T | null) => void): void {
  lab.setState({ phase: 'loading' });
  const over = (made: T | null): void => {
    lab.setState({ phase: 'ready' });
    then(made);
  };
  workOn(work, over, () => over(null));
}

function walk(by: -1 | 1): void {
  const { entries, present } = history.getState();
  const entry = entries[present + by];
  if (entry === undefined) return;
  const state = lab.getState();
  const sameLab = isSameLab(entry);
  const asleep = sleepersOf(entry, sameLab);
  if (asleep.length > 0) {
    wake(entry, asleep, () => walk(by));
    return;
  }
  // Where one stands now is where redo leads back to.
  const now = entries.map((e, i) =>
    i === present && e.standing !== null && e.standing.branch === state.branch
      ? { ...e, standing: { ...e.standing, cursor: state.cursor } }
      : e,
  );
  const what = entries[by < 0 ? present : present + 1]?.what ?? null;
  const goneTo = (shown: Entry): void => {
    const { walks } = history.getState();
    history.setState({ entries: now.map((e, i) => (i === present + by ? shown : e)), present: present + by, walks: walks + 1 });
    putPlaces(entry);
    if (what !== null) say(by < 0 ? `Undone: ${what.en}` : `Done again: ${what.en}`, by < 0 ? `已撤销：${what.zh}` : `已重做：${what.zh}`);
  };
  if (!sameLab && entry.lab !== null) {
    goneTo(entry);
    goToLab(entry.lab, entry);
  } else if (entry.standing === null) {
    goneTo(entry);
    putMarks(entry);
  } else if (entry.cut === null) {
    goneTo(entry);
    show(entry.standing, entry);
  } else {
    const { standing } = entry;
    const branch = cutOff(awake(standing.branch), entry.cut);
    const whole: Entry = { ...entry, standing: { branch, cursor: standing.cursor }, cut: null };
    goneTo(whole);
    show({ branch, cursor: standing.cursor }, { ...whole, branches: null });
    runOn(branch);
  }
}

/** Puts dragged nodes where they were. */
function putPlaces({ lab: open, places }: Entry): void {
  if (open === null || settings.getState().places[open.id] === places) return;
  settings.setState({ places: { ...settings.getState().places, [open.id]: places } });
}

function putMarks({ marks }: Entry): void {
  if (bookmarks.getState().all !== marks) bookmarks.setState({ all: marks });
}

/** Another lab, or the same one with another file: as it was left, or built anew. */
function goToLab(open: Lab, entry: Entry): void {
  const { standing } = entry;
  expectLab(open);
  if (standing === null) {
    // Its bookmarks come with it.
    startLab(open, arrivalAt(open));
    return;
  }
  const branches = branchesOf(open).map(awake);
  const branch = awake(standing.branch);
  lab.setState({
    lab: open,
    branches: branches.includes(branch) ? branches : [...branches, branch],
    selection: null,
    stoppedAt: null,
    problem: null,
  });
  show(standing, { ...entry, branches: null });
}

/** A branch that has lived through the first events of another, and goes on without what was done then. */
function cutOff(branch: Branch, executed: number): Branch {
  // What was done after the last event before the cut belongs to that moment: one event earlier it is not there.
  const run = branch.run.fork(Math.max(0, executed - 1));
  const at = executed === 0 ? branch.began : branch.run.trace.timeOf(executed - 1);
  const cut = addBranch(branch, run, at, { en: `${branch.label.en}, undone`, zh: `${branch.label.zh}（已撤销）` });
  if (run.head < executed) run.advance(executed - run.head);
  readOn(cut);
  return cut;
}

function show({ branch: of, cursor }: Standing, entry: Entry): void {
  const { branches: now, version, selection } = lab.getState();
  const branch = awake(of);
  const branches = entry.branches?.map(awake) ?? now;
  lab.setState({
    branches: branches.includes(branch) ? branches : [...branches, branch],
    branch,
    version: version + 1,
    cursor,
    focus: null,
    selection: selectedInAll(selection),
  });
  putMarks(entry);
}

function awake(branch: Branch | Asleep): Branch {
  if (!isAwake(branch)) throw new Error('a branch was shown before it was run again');
  return branch;
}

/** The futures of an earlier visit that an entry needs. */
function sleepersOf({ lab: open, standing, branches }: Entry, sameLab: boolean): Asleep[] {
  const left = sameLab || open === null || standing === null ? [] : branchesOf(open);
  const needed = [...left, ...(branches ?? []), ...(standing === null ? [] : [standing.branch])];
  return [...new Set(needed.filter((branch): branch is Asleep => !isAwake(branch)))];
}

/** Runs them again, then goes on; if that cannot be done the entries that need them are taken out. */
function wake({ lab: open }: Entry, asleep: readonly Asleep[], then: () => void): void {
  if (open === null) return;
  const waking = function* (): Generator<unknown, ReadonlyMap<Asleep, Branch>> {
    const woken = new Map<Asleep, Branch>();
    for (const one of asleep) woken.set(one, yield* rebuilding(open.input, one.asleep));
    return woken;
  };
  making(waking(), (woken) => {
    if (woken === null) {
      forgetLab(open);
      say('That is too long ago: this version of the page runs it differently.', '无法回到那里：当前版本的运行结果与当时不同。');
      return;
    }
    replaceBranches(open, (branch) => (isAwake(branch) ? branch : (woken.get(branch) ?? branch)));
    leaving(then);
  });
}
