/**
 * The steps of a run in columns, so that a hundred thousand of them cost little: which events can be
 * stood at, and where each lies on the axis of the timeline.
 * Comes from: sim/story.ts, as the run advances.  Goes to: transport, timeline, playback, event list.
 *
 * The axis is no clock. Frames cross a cable in microseconds and then nothing happens for seconds, so
 * each gap between two steps gets a width that a person can watch; long waits are marked, not waited for.
 */
import type { FrameId, Nanos, TraceId, TraceReader, TraceRecord } from '../engine/index.ts';
import { hopsOf, isDoing, isTurn, lostOnCable, notabilityOf, Requests, storyOf, type Grain, type Hop } from '../sim/index.ts';

/** What a mark on the timeline stands for; a step may have several. */
export const MARK = { drop: 1, arp: 2, command: 4, table: 8 } as const;

/** What a step has that grains ask for. */
const SENDS = 1;
const PACKET_ENDS = 2;
const REQUEST_ENDS = 4;
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

/** Stages whose records tell of changes to interfaces, addresses, cables, power switches. */
const LOOKS: ReadonlySet<string> = new Set(['dev', 'link', 'power']);

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
  /** steps that each grain stands at, in order */
  private readonly places: Readonly<Record<Grain, number[]>> = { request: [], packet: [], story: [], hop: [], event: [] };
  private readonly hopByRecord = new Map<number, number>();
  /** number of the hop with which a frame first went onto a cable */
  private readonly hopByFrame = new Map<number, number>();
  /** events that changed what is seen of nodes and cables on the map */
  private readonly looks: number[] = [];
  /** when each hop's frame was given to its port; hops are in this order */
  private readonly hopAt: number[] = [];
  /** event in which the frame of a hop arrived, by number of the hop; -1: not known */
  private readonly arrivals: number[] = [];
  private scanned: number;
  private requests: Requests | null = null;
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
    this.requests?.goOnWith(trace);
    // frames that were on their way already, and then got into somebody's hand
    const turned = new Set<Hop>();
    const earlier = (record: TraceId): Hop | undefined => {
      const hop = this.hops[this.hopByRecord.get(record) ?? -1];
      if (hop !== undefined) turned.add(hop);
      return hop;
    };
    for (const hop of hopsOf(trace, firstRecord, trace.firstOf(end), earlier)) {
      const { at } = trace.get(hop.record);
      this.hopByRecord.set(hop.record, this.hops.length);
      if (!this.hopByFrame.has(hop.frame)) this.hopByFrame.set(hop.frame, this.hops.length);
      this.hopAt.push(at);
      this.hops.push(hop);
      this.arrivals.push(-1);
      const span = hop.until - at;
      if (span > this.longestHop) this.longestHop = span;
    }
    for (const { record, until } of turned) {
      this.longestHop = Math.max(this.longestHop, until - trace.get(record).at);
      this.flightUntil = Math.max(this.flightUntil, until);
    }
    let nextHop = hopsFrom;
    for (const step of storyOf(trace, this.scanned, end)) {
      const previous = this.length - 1;
      this.event.push(step.event);
      this.at.push(step.at);
      this.headline.push(step.headline);
      this.notability.push(step.notability);
      this.x.push(previous < 0 ? 0 : (this.x[previous] as number) + this.gap(this.at[previous] as number, step.at));
      this.marksOf(trace, step.first, step.end, step.sends ? SENDS : 0);
      this.noteArrival(trace.get(step.first), step.event);
      for (; nextHop < this.hops.length && (this.hops[nextHop] as Hop).record < step.end; nextHop++) {
        const { until, lost } = this.hops[nextHop] as Hop;
        if (lost === null && until > this.flightUntil) this.flightUntil = until;
      }
    }
    this.scanned = end;
  }

  /** Forgets events at the end that wrote nothing: from there on another trace is read. @returns whether that was all that lies there */
  backTo(end: number): boolean {
    if (this.stepBefore(end) < this.length - 1) return false;
    this.scanned = Math.min(this.scanned, end);
    return true;
  }

  private gap(from: number, to: number): number {
    if (to === from) return WIDTH.same;
    if (this.flightUntil > from) return WIDTH.flight;
    return to - from >= LONG_WAIT_NS ? WIDTH.wait : WIDTH.idle;
  }

  private marksOf(trace: TraceReader, first: number, end: number, sends: number): void {
    const requests = (this.requests ??= new Requests(trace));
    let marks = 0;
    let flags = sends;
    let changed = false;
    for (let id = first; id < end; id++) {
      const kind = trace.kindOf(id as TraceId);
      const { verdict, stage, reason } = kind;
      if (verdict === 'drop' && reason !== 'dev.not-for-us') marks |= MARK.drop;
      if (reason.startsWith('arp.')) marks |= MARK.arp;
      if (isDoing(kind)) marks |= MARK.command;
      else if (verdict === 'state' && !stage.startsWith('tty') && !stage.startsWith('sh')) marks |= MARK.table;
      if (verdict === 'deliver' || (verdict === 'drop' && notabilityOf(kind) >= 2)) flags |= PACKET_ENDS;
      if (requests.take(id as TraceId)) flags |= REQUEST_ENDS;
      if (verdict === 'state' && LOOKS.has(stage)) changed = true;
    }
    if (changed) this.looks.push(this.event[this.event.length - 1] as number);
    const step = this.marks.push(marks) - 1;
    const notability = this.notability[step] as number;
    this.places.event.push(step);
    if ((flags & SENDS) !== 0 || notability >= 3) this.places.hop.push(step);
    if (notability >= 2) this.places.story.push(step);
    if ((flags & PACKET_ENDS) !== 0) this.places.packet.push(step);
    if ((flags & REQUEST_ENDS) !== 0) this.places.request.push(step);
  }

  private noteArrival(record: TraceRecord, event: number): void {
    if (isTurn(record)) return;
    const hop = this.hopByRecord.get(record.cause);
    if (hop !== undefined && this.arrivals[hop] === -1) this.arrivals[hop] = event;
  }

  /** Number of the stretch of time in which interfaces, addresses, cables and power are as they are after `executed` events. */
  lookAfter(executed: number): number {
    return lowerBound(this.looks, executed);
  }

  /** Number of the step that shows the state after `executed` events: the last one before it, or -1. */
  stepBefore(executed: number): number {
    return lowerBound(this.event, executed) - 1;
  }

  /** The next step of a grain after step `from`, or -1. `forward` false: the one before. */
  next(from: number, grain: Grain, forward: boolean): number {
    const places = this.places[grain];
    return places[forward ? lowerBound(places, from + 1) : lowerBound(places, from) - 1] ?? -1;
  }

  counts(step: number, grain: Grain): boolean {
    const places = this.places[grain];
    return places[lowerBound(places, step)] === step;
  }

  /** Number of a step among those of its grain, from 1, and how many there are. */
  position(step: number, grain: Grain): { readonly number: number; readonly of: number } {
    const places = this.places[grain];
    return { number: lowerBound(places, step + 1), of: places.length };
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
    const found: Hop[] = [];
    found.length = this.flyingInto(found, trace, executed, at);
    return found;
  }

  /** Frames on cables at a moment, written over what stands in `found`: nothing is made anew. @returns how many */
  flyingInto(found: Hop[], trace: TraceReader, executed: number, at: number): number {
    const records = trace.firstOf(executed);
    let count = 0;
    for (let i = this.hopsSince(at - this.longestHop); i < this.hops.length; i++) {
      const hop = this.hops[i] as Hop;
      if (hop.record >= records) break;
      const arrival = this.arrivals[i] as number;
      if (hop.lost === null && !lostOnCable(hop, records) && (hop.until > at || (hop.until === at && arrival >= executed)))
        found[count++] = hop;
    }
    return count;
  }

  /** Time that a frame has been under way at most, waiting at its port included. */
  get longestSpan(): number {
    return this.longestHop;
  }

  /** Number of the first hop whose frame was given to its port at `at` or later. */
  hopsSince(at: number): number {
    return lowerBound(this.hopAt, at);
  }

  /** Number of the first hop that a record at or after `record` tells of. */
  hopsFrom(record: number): number {
    let low = 0;
    let high = this.hops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.hops[middle] as Hop).record < record) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The hop that a record tells of, or null. */
  hopOf(record: TraceId): Hop | null {
    const number = this.hopByRecord.get(record);
    return number === undefined ? null : (this.hops[number] as Hop);
  }

  /** Number of the hop with which a frame first went onto a cable, or -1. */
  firstHopOf(frame: FrameId): number {
    return this.hopByFrame.get(frame) ?? -1;
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
