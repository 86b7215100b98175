/**
 * The lab on the page: which scenario, which of its futures, which moment, what is selected.
 * Comes from: actions of the panels, the clock of playback/.  Goes to: everything on screen.
 *
 * The world is not in the store: the store keeps the handle of the run and a number that grows when
 * the run does. Whoever needs the world asks for it at the cursor, and copies what it keeps.
 */
import { createStore } from 'zustand/vanilla';
import type { FrameId, NodeId, TraceId, TraceRecord } from '../engine/index.ts';
import type { Grain, Moment, WorldView } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import type { Lab } from './open.ts';
import type { Problem } from './problem.ts';

export type Selection =
  | { readonly kind: 'node'; readonly node: NodeId }
  | { readonly kind: 'link'; readonly link: number }
  | { readonly kind: 'frame'; readonly frame: FrameId; readonly record: TraceId };

export interface Filter {
  readonly text: string;
  readonly node: NodeId | null;
  /** 'arp', 'ipvs', 'drop' …: see event-filter.ts */
  readonly kind: EventKind | null;
}

export type EventKind = 'drop' | 'arp' | 'ip' | 'ipvs' | 'tcp' | 'icmp' | 'table' | 'command';

/** Why nothing can be done just now. */
export type Phase = 'empty' | 'loading' | 'advancing' | 'ready';

export interface Crash {
  readonly message: string;
  /** everything needed to see it again: scenario, seed, journal */
  readonly report: string;
}

export interface LabState {
  readonly phase: Phase;
  /** how many labs were asked for: the last one is being built, or stands here */
  readonly asked: number;
  readonly lab: Lab | null;
  readonly branches: readonly Branch[];
  readonly branch: Branch | null;
  /** grows whenever the branch shown has grown or is another */
  readonly version: number;
  readonly cursor: Moment;
  /** a record of the present step that the caption tells instead of its headline */
  readonly focus: TraceId | null;
  readonly selection: Selection | null;
  readonly grain: Grain;
  readonly filter: Filter;
  /** what is wrong with the file that was to be opened; the running lab is as it was */
  readonly problem: Problem | null;
  readonly crash: Crash | null;
  /** the run was stopped by a limit of the page and can be let go on */
  readonly stoppedAt: number | null;
  /** said once to screen readers and beside the transport: what an action has done */
  readonly notice: Notice | null;
}

/** A short message; the number tells two equal ones apart. */
export interface Notice {
  readonly number: number;
  readonly en: string;
  readonly zh: string;
}

export const NO_FILTER: Filter = { text: '', node: null, kind: null };

export const lab = createStore<LabState>(() => ({
  phase: 'empty',
  asked: 0,
  lab: null,
  branches: [],
  branch: null,
  version: 0,
  cursor: { executed: 0, at: 0 as Moment['at'] },
  focus: null,
  selection: null,
  grain: 'hop',
  filter: NO_FILTER,
  problem: null,
  crash: null,
  stoppedAt: null,
  notice: null,
}));

/** The world at the cursor, for reading now: the next call may change it. */
export function worldNow(): WorldView | null {
  const { branch, cursor } = lab.getState();
  return branch === null ? null : branch.run.worldAt(cursor.executed);
}

/** The record that the caption tells. */
export function captionRecord(state: LabState): TraceRecord | null {
  const { branch, cursor, focus } = state;
  if (branch === null) return null;
  if (focus !== null && focus < branch.run.trace.length) return branch.run.trace.get(focus);
  const step = branch.steps.stepBefore(cursor.executed);
  return step < 0 ? null : branch.run.trace.get(branch.steps.headline.get(step) as TraceId);
}

export function setCursor(cursor: Moment, focus: TraceId | null = null): void {
  const now = lab.getState();
  if (now.cursor.executed === cursor.executed && now.cursor.at === cursor.at && now.focus === focus) return;
  lab.setState({ cursor, focus });
}

export function select(selection: Selection | null): void {
  lab.setState({ selection });
}

/** What stays selected when another future of the same lab is shown: machines and cables are the same in all of them. */
export function selectedInAll(selection: Selection | null): Selection | null {
  return selection?.kind === 'frame' ? null : selection;
}

/** Shift goes by the other measure: hop by hop, or from point to point of the story. */
export function otherGrain(grain: Grain): Grain {
  return grain === 'story' ? 'hop' : 'story';
}

export function setGrain(grain: Grain): void {
  lab.setState({ grain });
}

export function setFilter(change: Partial<Filter>): void {
  lab.setState({ filter: { ...lab.getState().filter, ...change } });
}

let notices = 0;
export function say(en: string, zh: string): void {
  lab.setState({ notice: { number: ++notices, en, zh } });
}
