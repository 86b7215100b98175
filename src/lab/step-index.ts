/**
 * The steps of a run in columns, so that a hundred thousand of them cost little: which events can be
 * stood at, and where each lies on the axis of the timeline.
 * Comes from: sim/story.ts, as the run advances.  Goes to: transport, timeline, playback, event list.
 *
 * The axis is no clock. Frames cross a cable in microseconds and then nothing happens for seconds, so
 * each gap between two steps gets a width that a person can watch; long waits are marked, not waited for.
 */
import type { Nanos, TraceReader } from '../engine/index.ts';
import { hopsOf, storyOf, type Grain, type Hop } from '../sim/index.ts';

/** What a mark on the timeline stands for; a step may have several. */
export const MARK = { drop: 1, arp: 2, command: 4, table: 8 } as const;

const SENDS = 1;
/** Waits longer than this are marked on the timeline with their length. */
export const LONG_WAIT_NS = 20_000_000;

const WIDTH = {
  /** several events of one moment */
  same: 0.08,
  /** a frame is on a cable meanwhile */
  flight: 1,
  /** nothing moves: the next thing comes soon */
  idle: 0.3,
  /** nothing moves for long */
  wait: 0.8,
} as const;

/** Where steps are, one entry for each event that wrote records. */
export class StepIndex {
  /** number of the event */
  readonly event: number[] = [];
  readonly at: number[] = [];
  /** record that tells the step */
  readonly headline: number[] = [];
  readonly notability: number[] = [];
  /** place on the axis of the timeline */
  readonly x: number[] = [];
  /** MARK bits */
  readonly marks: number[] = [];
  /** hops in the order of their beginning */
  readonly hops: Hop[] = [];
  private readonly flags: number[] = [];
  private readonly hopByRecord = new Map<number, number>();
  /** event in which the frame of a hop arrived, by number of the hop; -1: not known */
  private readonly arrivals: number[] = [];
  private scanned: number;
  private flightUntil = 0;
  private longestHop = 0;

  /** @param begin events before it set the nodes up and are no steps */
  constructor(begin: number) {
    this.scanned = begin;
  }

  get length(): number {
    return this.event.length;
  }

  /** Length of the axis. */
  get width(): number {
    return this.length === 0 ? 0 : (this.x[this.length - 1] as number);
  }

  /** Reads on to the present end of the trace. */
  extend(trace: TraceReader, end: number): void {
    if (end <= this.scanned) return;
    const hopsFrom = this.hops.length;
    const firstRecord = trace.firstOf(this.scanned);
    for (const hop of hopsOf(trace, firstRecord, trace.firstOf(end))) {
      this.hopByRecord.set(hop.record, this.hops.length);
      this.hops.push(hop);
      this.arrivals.push(-1);
      const span = hop.until - trace.get(hop.record).at;
      if (span > this.longestHop) this.longestHop = span;
    }
    let nextHop = hopsFrom;
    for (const step of storyOf(trace, this.scanned, end)) {
      const previous = this.length - 1;
      this.event.push(step.event);
      this.at.push(step.at);
      this.headline.push(step.headline);
      this.notability.push(step.notability);
      this.flags.push(step.sends ? SENDS : 0);
      this.x.push(previous < 0 ? 0 : (this.x[previous] as number) + this.gap(this.at[previous] as number, step.at));
      this.marks.push(this.marksOf(trace, step.first, step.end));
      this.noteArrival(trace.get(step.first).cause, step.event);
      for (; nextHop < this.hops.length && (this.hops[nextHop] as Hop).record < step.end; nextHop++) {
        const { until, lost } = this.hops[nextHop] as Hop;
        if (lost === null && until > this.flightUntil) this.flightUntil = until;
      }
    }
    this.scanned = end;
  }

  private gap(from: number, to: number): number {
    if (to === from) return WIDTH.same;
    if (this.flightUntil > from) return WIDTH.flight;
    return to - from >= LONG_WAIT_NS ? WIDTH.wait : WIDTH.idle;
  }

  private marksOf(trace: TraceReader, first: number, end: number): number {
    let marks = 0;
    for (let id = first; id < end; id++) {
      const { verdict, stage, reason } = trace.get(id as never);
      if (verdict === 'drop' && reason !== 'dev.not-for-us') marks |= MARK.drop;
      if (reason.startsWith('arp.')) marks |= MARK.arp;
      if (stage === 'sh:start' || stage === 'link') marks |= MARK.command;
      if (verdict === 'state' && !stage.startsWith('tty') && !stage.startsWith('sh')) marks |= MARK.table;
    }
    return marks;
  }

  private noteArrival(cause: number, event: number): void {
    const hop = this.hopByRecord.get(cause);
    if (hop !== undefined && this.arrivals[hop] === -1) this.arrivals[hop] = event;
  }

  /** Number of the step that shows the state after `executed` events: the last one before it, or -1. */
  stepBefore(executed: number): number {
    return lowerBound(this.event, executed) - 1;
  }

  /** The next step of a grain after step `from`, or -1. `forward` false: the one before. */
  next(from: number, grain: Grain, forward: boolean): number {
    const by = forward ? 1 : -1;
    for (let i = from + by; i >= 0 && i < this.length; i += by) if (this.counts(i, grain)) return i;
    return -1;
  }

  counts(step: number, grain: Grain): boolean {
    if (grain === 'event') return true;
    if (grain === 'hop') return ((this.flags[step] as number) & SENDS) !== 0 || (this.notability[step] as number) >= 3;
    return (this.notability[step] as number) >= 2;
  }

  /** Number of a step among those of its grain, from 1, and how many there are. */
  position(step: number, grain: Grain): { readonly number: number; readonly of: number } {
    if (grain === 'event') return { number: step + 1, of: this.length };
    let number = 0;
    let of = 0;
    for (let i = 0; i < this.length; i++) {
      if (!this.counts(i, grain)) continue;
      of++;
      if (i <= step) number++;
    }
    return { number, of };
  }

  /** Time at a place of the axis: linear between two steps. */
  timeAt(x: number): Nanos {
    if (this.length === 0) return 0 as Nanos;
    const i = Math.max(0, upperBound(this.x, x) - 1);
    const at = this.at[i] as number;
    const next = this.at[i + 1];
    if (next === undefined || next === at) return at as Nanos;
    const from = this.x[i] as number;
    const width = (this.x[i + 1] as number) - from;
    return Math.round(at + (next - at) * Math.min(1, Math.max(0, (x - from) / width))) as Nanos;
  }

  /** The last step at or before a place of the axis. */
  stepAt(x: number): number {
    return Math.max(0, upperBound(this.x, x + 1e-9) - 1);
  }

  /** Place on the axis of a moment: of the step, and the share of the way to the next one that time has gone. */
  placeOf(executed: number, at: number): number {
    const i = this.stepBefore(executed);
    if (i < 0) return 0;
    const from = this.at[i] as number;
    const next = this.at[i + 1];
    const x = this.x[i] as number;
    if (next === undefined || next === from || at <= from) return x;
    return x + ((this.x[i + 1] as number) - x) * Math.min(1, (at - from) / (next - from));
  }

  /** Frames on cables at a moment. */
  flying(trace: TraceReader, executed: number, at: number): Hop[] {
    const records = trace.firstOf(executed);
    const found: Hop[] = [];
    for (let i = this.firstHopFrom(at - this.longestHop); i < this.hops.length; i++) {
      const hop = this.hops[i] as Hop;
      if (hop.record >= records) break;
      const arrival = this.arrivals[i] as number;
      if (hop.lost === null && (hop.until > at || (hop.until === at && arrival >= executed))) found.push(hop);
    }
    return found;
  }

  /** The first hop that was put on its cable at `at` or later. */
  private firstHopFrom(at: number): number {
    let low = 0;
    let high = this.hops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.hops[middle] as Hop).start < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** First index whose value is at least `value`. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First index whose value is greater than `value`. */
function upperBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
