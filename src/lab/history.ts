/**
 * Undo and redo across what a person did: walks from deed to deed.
 * Comes from: deeds.ts.  Goes to: the keyboard, the buttons for it.
 */
import { startLab } from './actions.ts';
import type { Branch } from './branch.ts';
import { branchesOf, expectLab, history, type Entry, type Standing } from './deeds.ts';
import { arrivalAt } from './edit.ts';
import { addBranch, growing } from './grow.ts';
import type { Lab } from './open.ts';
import { settings } from './settings.ts';
import { inSlices } from './slices.ts';
import { lab, say } from './store.ts';

export function undo(): void {
  go(-1);
}

export function redo(): void {
  go(1);
}

function go(by: -1 | 1): void {
  const { entries, present } = history.getState();
  const entry = entries[present + by];
  if (entry === undefined) return;
  const state = lab.getState();
  // A lab that is still being built counts as the one that is there.
  const sameLab = entry.lab === (entries[present]?.lab ?? state.lab);
  // A lab that is built anew replaces whatever is under way; everything else waits for it.
  if (state.phase !== 'ready' && (sameLab || entry.standing !== null)) return;
  // Where one stands now is where redo leads back to.
  const now = entries.map((e, i) =>
    i === present && e.standing !== null && e.standing.branch === state.branch
      ? { ...e, standing: { ...e.standing, cursor: state.cursor } }
      : e,
  );
  const what = entries[by < 0 ? present : present + 1]?.what ?? null;
  const goneTo = (shown: Entry): void => {
    history.setState({ entries: now.map((e, i) => (i === present + by ? shown : e)), present: present + by });
    putPlaces(entry);
    if (what !== null) say(by < 0 ? `Undone: ${what.en}` : `Done again: ${what.en}`, by < 0 ? `已撤销：${what.zh}` : `已重做：${what.zh}`);
  };
  if (!sameLab && entry.lab !== null) {
    goneTo(entry);
    goToLab(entry.lab, entry.standing);
  } else if (entry.standing === null) {
    goneTo(entry);
  } else if (entry.cut === null) {
    goneTo(entry);
    show(entry.standing, entry.branches);
  } else {
    const { standing } = entry;
    const branch = cutOff(standing.branch, entry.cut);
    const whole = { ...entry, standing: { branch, cursor: standing.cursor }, cut: null };
    goneTo(whole);
    inSlices(
      growing(branch),
      () => show(whole.standing),
      () => show(standing),
    );
  }
}

/** Puts dragged nodes where they were. */
function putPlaces({ lab: open, places }: Entry): void {
  if (open === null || settings.getState().places[open.id] === places) return;
  settings.setState({ places: { ...settings.getState().places, [open.id]: places } });
}

/** Another lab, or the same one with another file: as it was left, or built anew. */
function goToLab(open: Lab, standing: Standing | null): void {
  expectLab(open);
  if (standing === null) {
    startLab(open, arrivalAt(open));
    return;
  }
  const branches = branchesOf(open);
  lab.setState({
    lab: open,
    branches: branches.includes(standing.branch) ? branches : [...branches, standing.branch],
    stoppedAt: null,
    problem: null,
  });
  show(standing);
}

/** A branch that has lived through the first events of another, and goes on without what was done then. */
function cutOff(branch: Branch, executed: number): Branch {
  // What was done after the last event before the cut belongs to that moment: one event earlier it is not there.
  const run = branch.run.fork(Math.max(0, executed - 1));
  const at = executed === 0 ? branch.began : branch.run.trace.timeOf(executed - 1);
  return addBranch(branch, run, at, { en: `${branch.label.en}, undone`, zh: `${branch.label.zh}（已撤销）` });
}

function show({ branch, cursor }: Standing, there: readonly Branch[] | null = null): void {
  const { branches: now, version } = lab.getState();
  const branches = there ?? now;
  lab.setState({
    branches: branches.includes(branch) ? branches : [...branches, branch],
    branch,
    version: version + 1,
    cursor,
    focus: null,
    selection: null,
  });
}
