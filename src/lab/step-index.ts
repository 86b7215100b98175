/**
 * The steps of a run in columns, so that a hundred thousand of them cost little: which events can be
 * stood at, and where each lies on the axis of the timeline.
 * Comes from: sim/story.ts, as the run advances.  Goes to: transport, timeline, playback, event list.
 *
 * The axis is no clock. Frames cross a cable in microseconds and then nothing happens for seconds, so
 * each gap between two steps gets a width that a person can watch; long waits are marked, not waited for.
 */
import type { FrameId, Nanos, TraceId, TraceReader } from '../engine/index.ts';
import {
  GRAINS,
  isDoing,
  isTurn,
  lostOnCable,
  notabilityOf,
  Requests,
  storyOf,
  type Grain,
  type Hop,
  type StoryStep,
} from '../sim/index.ts';
import { Column } from './column.ts';
import { HopTable } from './hop-table.ts';

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
  readonly event = new Column(Int32Array);
  readonly at = new Column(Float64Array);
  /** record that tells the step */
  readonly headline = new Column(Int32Array);
  readonly notability = new Column(Float64Array);
  /** place on the axis of the timeline */
  readonly x = new Column(Float64Array);
  /** steps after which nothing happens for long */
  readonly waits = new Column(Int32Array);
  /** MARK bits */
  readonly marks = new Column(Uint8Array);
  /** hops in the order of their beginning */
  readonly hops = new HopTable();
  /** steps that each grain stands at, in order */
  private readonly places: Readonly<Record<Grain, Column>> = {
    request: new Column(Int32Array),
    packet: new Column(Int32Array),
    story: new Column(Int32Array),
    hop: new Column(Int32Array),
    event: new Column(Int32Array),
  };
  /** events that changed what is seen of nodes and cables on the map */
  private readonly looks = new Column(Int32Array);
  private scanned: number;
  private requests: Requests | null = null;
  /** when the last of the frames arrives that have been put on cables */
  private flightUntil = 0;

  /** @param begin events before it set the nodes up and are no steps */
  constructor(begin: number) {
    this.scanned = begin;
  }

  get length(): number {
    return this.event.length;
  }

  /** Length of the axis. */
  get width(): number {
    return this.x.get(this.length - 1) ?? 0;
  }

  /** Reads on to the present end of the trace. */
  extend(trace: TraceReader, end: number): void {
    if (end <= this.scanned) return;
    for (const step of storyOf(trace, this.scanned, end)) this.take(trace, step);
    this.scanned = end;
  }

  private take(trace: TraceReader, step: StoryStep): void {
    const last = this.length - 1;
    const before = this.at.get(last) ?? step.at;
    this.x.push(last < 0 ? 0 : this.width + this.gap(before, step.at));
    if (step.at - before >= LONG_WAIT_NS) this.waits.push(last);
    this.event.push(step.event);
    this.at.push(step.at);
    this.headline.push(step.headline);
    this.notability.push(step.notability);
    this.readRecords(trace, step);
  }

  /** The index of the first events alone, to be read on from in another trace that begins with them. */
  upTo(executed: number, trace: TraceReader): StepIndex {
    const past = new StepIndex(Math.min(this.scanned, executed));
    const steps = this.stepBefore(executed) + 1;
    for (const name of ['event', 'at', 'headline', 'notability', 'x', 'marks'] as const) past[name].beginAs(this[name], steps);
    for (const grain of GRAINS) past.places[grain].beginAs(this.places[grain], this.places[grain].lowerBound(steps));
    past.waits.beginAs(this.waits, this.waits.lowerBound(steps - 1));
    past.looks.beginAs(this.looks, this.looks.lowerBound(executed));
    const record = trace.firstOf(past.scanned);
    const at = past.at.get(steps - 1) ?? 0;
    past.hops.beginAs(this.hops, record, executed, at);
    past.requests = this.requests?.before(record, trace) ?? null;
    for (let hop = past.hops.since(at - past.hops.longestSpan); hop < past.hops.length; hop++)
      past.flightUntil = Math.max(past.flightUntil, past.hops.arrivesAt(hop));
    return past;
  }

  private gap(from: number, to: number): number {
    if (to === from) return WIDTH.same;
    if (this.flightUntil > from) return WIDTH.flight;
    return to - from >= LONG_WAIT_NS ? WIDTH.wait : WIDTH.idle;
  }

  private readRecords(trace: TraceReader, { event, first, end, notability, sends }: StoryStep): void {
    const requests = (this.requests ??= new Requests(trace));
    let marks = 0;
    let flags = sends ? SENDS : 0;
    let changed = false;
    for (let id = first; id < end; id = (id + 1) as TraceId) {
      const kind = trace.kindOf(id);
      const { verdict, stage, reason } = kind;
      if (verdict === 'drop' && reason !== 'dev.not-for-us') marks |= MARK.drop;
      if (reason.startsWith('arp.')) marks |= MARK.arp;
      if (isDoing(kind)) marks |= MARK.command;
      else if (verdict === 'state' && !stage.startsWith('tty') && !stage.startsWith('sh')) marks |= MARK.table;
      if (verdict === 'deliver' || (verdict === 'drop' && notabilityOf(kind) >= 2)) flags |= PACKET_ENDS;
      if (requests.take(id)) flags |= REQUEST_ENDS;
      if (verdict === 'state' && LOOKS.has(stage)) changed = true;
      if (stage === 'link:tx' || stage === 'link') this.readHop(trace, id);
    }
    if (changed) this.looks.push(event);
    if (trace.kindOf(first).stage !== 'link') this.hops.arrive(trace.causeOf(first), event);
    this.marks.push(marks);
    const step = this.length - 1;
    this.places.event.push(step);
    // What somebody typed is stood at too: a table that a command prints is part of the story.
    if ((flags & SENDS) !== 0 || (marks & MARK.command) !== 0 || notability >= 3) this.places.hop.push(step);
    if (notability >= 2) this.places.story.push(step);
    if ((flags & PACKET_ENDS) !== 0) this.places.packet.push(step);
    if ((flags & REQUEST_ENDS) !== 0) this.places.request.push(step);
  }

  /** A frame is put on a cable, or something is done to one there. */
  private readHop(trace: TraceReader, id: TraceId): void {
    const record = trace.get(id);
    let hop = this.hops.length;
    if (record.stage === 'link:tx') this.hops.begin(record);
    else if (isTurn(record)) {
      this.hops.turn(record);
      hop = this.hops.numberOf(record.cause);
    } else return;
    if (hop >= 0) this.flightUntil = Math.max(this.flightUntil, this.hops.arrivesAt(hop));
  }

  /** Number of the stretch of time in which interfaces, addresses, cables and power are as they are after `executed` events. */
  lookAfter(executed: number): number {
    return this.looks.lowerBound(executed);
  }

  /** Number of the step that shows the state after `executed` events: the last one before it, or -1. */
  stepBefore(executed: number): number {
    return this.event.lowerBound(executed) - 1;
  }

  /**
   * The next step of a grain after step `from`, or -1. `forward` false: the one before. Behind the last step of
   * a grain the run still has an end, where the last frames have arrived.
   */
  next(from: number, grain: Grain, forward: boolean): number {
    const places = this.places[grain];
    if (!forward) return places.get(places.lowerBound(from) - 1) ?? -1;
    return places.get(places.lowerBound(from + 1)) ?? (from < this.length - 1 ? this.length - 1 : -1);
  }

  counts(step: number, grain: Grain): boolean {
    const places = this.places[grain];
    return places.get(places.lowerBound(step)) === step;
  }

  /** Number of a step among those of its grain, from 1, and how many there are. */
  position(step: number, grain: Grain): { readonly number: number; readonly of: number } {
    const places = this.places[grain];
    return { number: places.lowerBound(step + 1), of: places.length };
  }

  /** Time at a place of the axis: linear between two steps. */
  timeAt(x: number): Nanos {
    if (this.length === 0) return 0 as Nanos;
    const i = Math.max(0, this.x.upperBound(x) - 1);
    const at = this.at.get(i) as number;
    const next = this.at.get(i + 1);
    if (next === undefined || next === at) return at as Nanos;
    const from = this.x.get(i) as number;
    const width = (this.x.get(i + 1) as number) - from;
    return Math.round(at + (next - at) * Math.min(1, Math.max(0, (x - from) / width))) as Nanos;
  }

  /** The last step at or before a place of the axis. */
  stepAt(x: number): number {
    return Math.max(0, this.x.upperBound(x + 1e-9) - 1);
  }

  /** Place on the axis of a moment: of the step, and the share of the way to the next one that time has gone. */
  placeOf(executed: number, at: number): number {
    const i = this.stepBefore(executed);
    if (i < 0) return 0;
    const from = this.at.get(i) as number;
    const next = this.at.get(i + 1);
    const x = this.x.get(i) as number;
    if (next === undefined || next === from || at <= from) return x;
    return x + ((this.x.get(i + 1) as number) - x) * Math.min(1, (at - from) / (next - from));
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
    for (let i = this.hopsSince(at - this.longestSpan); i < this.hops.length; i++) {
      const until = this.hops.arrivesAt(i);
      const under = until > at || (until === at && this.hops.arrivalOf(i) >= executed);
      const hop = under ? this.hops.get(i) : undefined;
      if (hop === undefined) continue;
      if (hop.record >= records) break;
      if (hop.lost === null && !lostOnCable(hop, records)) found[count++] = hop;
    }
    return count;
  }

  /** Time that a frame has been under way at most, waiting at its port included. */
  get longestSpan(): number {
    return this.hops.longestSpan;
  }

  /** Number of the first hop whose frame was given to its port at `at` or later. */
  hopsSince(at: number): number {
    return this.hops.since(at);
  }

  /** Number of the first hop that a record at or after `record` tells of. */
  hopsFrom(record: number): number {
    return this.hops.from(record);
  }

  /** The hop that a record tells of, or null. */
  hopOf(record: TraceId): Hop | null {
    return this.hops.get(this.hops.numberOf(record)) ?? null;
  }

  /** Number of the hop with which a frame first went onto a cable, or -1. */
  firstHopOf(frame: FrameId): number {
    return this.hops.firstOf(frame);
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
