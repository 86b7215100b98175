/**
 * Two futures beside each other: which two, where they part, what differs.
 * Comes from: the form of what-if, the tree of branches.  Goes to: panels/what-if, playback/pair.ts.
 */
import { createStore } from 'zustand/vanilla';
import { formatSpan, NS_PER_S, type Nanos, type NodeId } from '../engine/index.ts';
import { comparing, differencesOf, lastAt, type Comparison, type Contrast, type Moment, type Run } from '../sim/index.ts';
import type { Stimulus } from '../world/index.ts';
import type { Both, Branch } from './branch.ts';
import { addBranch } from './branches.ts';
import { history, noteDeed } from './deeds.ts';
import { growing } from './grow.ts';
import { PairAxis } from './pair-axis.ts';
import { crashReport } from './report.ts';
import { inSlices } from './slices.ts';
import { lab, select, selectedInAll, setCursor } from './store.ts';

export interface Doing {
  readonly node: NodeId;
  readonly stimulus: Stimulus;
}

/** One thing that is changed in the second future only, and what is done in both of them. */
export interface Plan {
  /** names of the two futures */
  readonly labels: { readonly a: Both; readonly b: Both };
  readonly onlyA: readonly Doing[];
  readonly onlyB: readonly Doing[];
  readonly both: readonly Doing[];
}

export interface WhatIf {
  readonly a: Branch;
  readonly b: Branch;
  readonly axis: PairAxis;
  /** null while it is being worked out */
  readonly comparison: Comparison | null;
  /** what differs at the moment shown instead of at the end; null: not asked for */
  readonly now: { readonly at: Nanos; readonly differences: readonly Contrast[] } | null;
}

export interface WhatIfState {
  /** closing: nothing more is done with the two, the single map is on its way */
  readonly phase: 'closed' | 'working' | 'open' | 'closing';
  readonly pair: WhatIf | null;
  /** the time both stand at; the cursor of the lab stays where it was until there is one map again */
  readonly at: Nanos;
}

export const whatIf = createStore<WhatIfState>(() => ({ phase: 'closed', pair: null, at: 0 as Nanos }));

/** Both futures go on at least this long after the change. */
const GO_ON_NS = 60 * NS_PER_S;

let giveUp: () => void = () => {};

/** Begins two futures at a moment, the one shown if no other is given, and puts them beside each other. */
export function startWhatIf(plan: Plan, moment: Moment = lab.getState().cursor): void {
  const { branch, phase } = lab.getState();
  const cursor = moment;
  if (branch === null || phase !== 'ready') return;
  const when = `+${formatSpan(cursor.at)}`;
  const named = (label: Both): Both => ({ en: `${label.en} at ${when}`, zh: `${when} ${label.zh}` });
  const until = Math.max(branch.run.endsAt, cursor.at + GO_ON_NS) as Nanos;
  const begun: Branch[] = [];
  const begin = (label: Both, doings: readonly Doing[]): Branch => {
    const run = branch.run.fork(cursor.executed);
    doAll(run, doings, cursor.at);
    run.extend(until);
    const made = addBranch(branch, run, cursor.at, named(label));
    begun.push(made);
    return made;
  };
  giveUp();
  whatIf.setState({ phase: 'working', pair: null, at: cursor.at });
  giveUp = inSlices(
    (function* () {
      let whole = false;
      try {
        yield undefined;
        // With nothing done in it the first future is the one that is there already.
        const keeps = plan.onlyA.length === 0 && plan.both.length === 0;
        const a = keeps ? branch : begin(plan.labels.a, [...plan.onlyA, ...plan.both]);
        yield undefined;
        const b = begin(plan.labels.b, [...plan.onlyB, ...plan.both]);
        whole = true;
        return { a, b };
      } finally {
        // Half a pair was given up: nothing of it stays.
        const { branches } = lab.getState();
        if (!whole && begun.some((one) => branches.includes(one)))
          lab.setState({ branches: branches.filter((one) => !begun.includes(one)) });
      }
    })(),
    ({ a, b }) => {
      noteDeed({ branch, cursor: lab.getState().cursor }, { branch: b, cursor }, plan.labels.b);
      putBeside(a, b, cursor.at);
    },
    failed,
  );
}

function doAll(run: Run, doings: readonly Doing[], at: Nanos): void {
  for (const { node, stimulus } of doings) run.act({ executed: run.head, at }, node, stimulus);
}

/** Puts two branches beside each other, as far as both know what happens. */
export function putBeside(a: Branch, b: Branch, at: Nanos = lab.getState().cursor.at): void {
  giveUp();
  const until = Math.max(a.run.endsAt, b.run.endsAt) as Nanos;
  a.run.extend(until);
  b.run.extend(until);
  whatIf.setState({ phase: 'working', pair: null, at });
  // All that differs is shown first; a node narrows it to itself.
  select(null);
  giveUp = inSlices(
    (function* () {
      yield* growing(a);
      yield* growing(b);
      const axis = new PairAxis(a, b);
      yield* axis.lay();
      return axis;
    })(),
    (axis) => {
      lab.setState({
        branch: b,
        version: lab.getState().version + 1,
        cursor: { executed: b.run.executedAt(at), at },
        focus: null,
        selection: selectedInAll(lab.getState().selection),
      });
      whatIf.setState({ phase: 'open', pair: { a, b, axis, comparison: null, now: null } });
      compare(a, b);
    },
    failed,
  );
}

function compare(a: Branch, b: Branch): void {
  const end = Math.max(lastAt(a.run), lastAt(b.run)) as Nanos;
  giveUp = inSlices(comparing(a.run, b.run, end), (comparison) => change({ comparison }), failed);
}

/** Works out what differs at a time; null: the end is asked for again. */
export function compareAt(at: Nanos | null): void {
  const { pair } = whatIf.getState();
  if (pair === null || pair.comparison === null) return;
  giveUp();
  if (at === null) {
    change({ now: null });
    return;
  }
  const { a, b, comparison } = pair;
  giveUp = inSlices(differencesOf(a.run, b.run, comparison.past, at), (differences) => change({ now: { at, differences } }), failed);
}

function change(part: Partial<WhatIf>): void {
  const { pair } = whatIf.getState();
  if (pair !== null) whatIf.setState({ pair: { ...pair, ...part } });
}

function failed(error: unknown): void {
  const { lab: open, branch } = lab.getState();
  if (open !== null) lab.setState({ crash: crashReport(error, open, branch?.run.journal ?? []) });
  whatIf.setState({ phase: 'closed', pair: null });
}

/** The other way round: what was called before is now the change. */
export function swapSides(): void {
  const { pair, at } = whatIf.getState();
  if (pair !== null) putBeside(pair.b, pair.a, at);
}

/** Back to one future; it goes on from the same time. */
export function closeWhatIf(keep: Branch | null = null): void {
  giveUp();
  const { pair, at } = whatIf.getState();
  const branch = keep ?? pair?.b ?? null;
  // The single map is made ready first, then shown: both at once would take longer than a frame.
  whatIf.setState({ phase: 'closing' });
  setTimeout(() => {
    // Two others may have been put beside each other since.
    if (whatIf.getState().phase === 'closing') whatIf.setState({ phase: 'closed', pair: null });
  }, 0);
  if (branch === null) return;
  const cursor = { executed: branch.run.executedAt(at), at };
  const { branch: before, version, selection } = lab.getState();
  if (before === branch) setCursor(cursor);
  else lab.setState({ branch, version: version + 1, cursor, focus: null, selection: selectedInAll(selection) });
}

// Another lab, or a branch that is gone, has nothing to be put beside.
lab.subscribe((now, before) => {
  const { pair, phase } = whatIf.getState();
  if (phase === 'closed') return;
  const gone = pair !== null && (!now.branches.includes(pair.a) || !now.branches.includes(pair.b));
  if (now.lab !== before.lab || gone) {
    giveUp();
    whatIf.setState({ phase: 'closed', pair: null });
  }
});

// Undo and redo show one future.
history.subscribe((now, before) => {
  // Two that are still being worked out are given up as well: they would come over what was gone back to.
  if (now.walks === before.walks || whatIf.getState().phase === 'closed') return;
  giveUp();
  whatIf.setState({ phase: 'closed', pair: null });
});
