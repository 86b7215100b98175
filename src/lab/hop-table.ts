/**
 * The hops of a run in columns: a million of them as records would be most of what a collection of garbage looks at.
 * Comes from: step-index.ts, as a trace is read.  Goes to: canvas, what-if, as records again.
 */
import type { FrameId, Nanos, NodeId, TraceId, TraceRecord } from '../engine/index.ts';
import { hopOf, turnedHop, type Hop, type HopTurn } from '../sim/index.ts';
import { Column } from './column.ts';

/** Hops that were read last stay at hand: a picture reads those under way again and again. */
const NEAR = 8192;
/** An interface or port of a node in one word. */
const DEV_BITS = 16;
const DEV_MASK = (1 << DEV_BITS) - 1;

export class HopTable {
  private readonly records = new Column(Int32Array);
  private readonly frames = new Column(Int32Array);
  private readonly sources = new Column(Int32Array);
  private readonly targets = new Column(Int32Array);
  private readonly starts = new Column(Float64Array);
  private readonly untils = new Column(Float64Array);
  /** 1: the frame is lost as it leaves */
  private readonly losses = new Column(Uint8Array);
  /** when each hop's frame was given to its port; hops are in this order */
  private readonly given = new Column(Float64Array);
  /** event in which the frame of a hop arrived; -1: not known */
  private readonly arrivals = new Column(Int32Array);
  /** by frame: the hop with which it first went onto a cable */
  private readonly firsts = new Column(Int32Array);
  /** what was done to the frames of hops on their way */
  private readonly turns = new Map<number, readonly HopTurn[]>();
  private readonly near: (Hop | null)[] = Array.from({ length: NEAR }, () => null);
  private longest = 0;

  get length(): number {
    return this.records.length;
  }

  /** Time that a frame has been under way at most, waiting at its port included. */
  get longestSpan(): number {
    return this.longest;
  }

  get(number: number): Hop | undefined {
    const record = this.records.get(number);
    if (record === undefined) return undefined;
    const known = this.near[number % NEAR];
    return known?.record === record ? known : this.read(number, record as TraceId);
  }

  private read(number: number, record: TraceId): Hop {
    const source = this.sources.get(number) as number;
    const target = this.targets.get(number) as number;
    return (this.near[number % NEAR] = {
      record,
      frame: this.frames.get(number) as FrameId,
      from: (source >>> DEV_BITS) as NodeId,
      fromDev: source & DEV_MASK,
      to: (target >>> DEV_BITS) as NodeId,
      toDev: target & DEV_MASK,
      start: this.starts.get(number) as Nanos,
      until: this.untils.get(number) as Nanos,
      turns: this.turns.get(number) ?? null,
      lost: this.losses.get(number) === 1 ? record : null,
    });
  }

  /** Takes in the record of a frame that is put on a cable. */
  begin(record: TraceRecord): void {
    const { record: id, frame, from, fromDev, to, toDev, start, until, lost } = hopOf(record);
    const number = this.length;
    // A frame may be on cables again and again.
    if (this.firstOf(frame) < 0) {
      while (this.firsts.length <= frame) this.firsts.push(-1);
      if (frame >= 0) this.firsts.set(frame, number);
    }
    this.records.push(id);
    this.frames.push(frame);
    this.sources.push((from << DEV_BITS) | fromDev);
    this.targets.push((to << DEV_BITS) | toDev);
    this.starts.push(start);
    this.untils.push(until);
    this.losses.push(lost === null ? 0 : 1);
    this.given.push(record.at);
    this.arrivals.push(-1);
    this.longest = Math.max(this.longest, until - record.at);
  }

  /** Takes in the record of something done to a frame on its way. */
  turn(record: TraceRecord): void {
    const number = this.numberOf(record.cause);
    if (number < 0) return;
    const { turns, until } = turnedHop(this.get(number) as Hop, record);
    this.turns.set(number, turns ?? []);
    this.untils.set(number, until);
    this.longest = Math.max(this.longest, until - (this.given.get(number) as number));
    this.near[number % NEAR] = null;
  }

  /** Takes in that an event began with a record that was caused by another one. */
  arrive(cause: TraceId, event: number): void {
    const number = this.numberOf(cause);
    if (number >= 0 && this.arrivals.get(number) === -1) this.arrivals.set(number, event);
  }

  /** When the frame of a hop arrives; 0 if it is lost as it leaves. */
  arrivesAt(number: number): number {
    return this.losses.get(number) === 1 ? 0 : (this.untils.get(number) as number);
  }

  /** Event in which the frame of a hop arrived, or -1. */
  arrivalOf(number: number): number {
    return this.arrivals.get(number) as number;
  }

  /** Number of the hop that a record tells of, or -1. */
  numberOf(record: TraceId): number {
    const number = this.records.lowerBound(record);
    return this.records.get(number) === record ? number : -1;
  }

  /** Number of the first hop that a record at or after `record` tells of. */
  from(record: number): number {
    return this.records.lowerBound(record);
  }

  /** Number of the first hop whose frame was given to its port at `at` or later. */
  since(at: number): number {
    return this.given.lowerBound(at);
  }

  /** Number of the hop with which a frame first went onto a cable, or -1. */
  firstOf(frame: FrameId): number {
    const number = this.firsts.get(frame) ?? -1;
    // In a table that begins as another one, frames of that one's future stand here still.
    return this.frames.get(number) === frame ? number : -1;
  }

  /**
   * Makes this a table of what another one knew before a record.
   * @param executed events before that record
   * @param at time of the last of them
   */
  beginAs(other: HopTable, record: number, executed: number, at: number): void {
    const count = other.from(record);
    for (const name of ['records', 'frames', 'sources', 'targets', 'starts', 'untils', 'losses', 'given', 'arrivals'] as const)
      this[name].beginAs(other[name], count);
    this.firsts.beginAs(other.firsts, other.firsts.length);
    this.longest = other.longest;
    for (const [number, turns] of other.turns) if (number < count) this.turnAs(number, turns, record);
    for (let number = this.since(at - this.longest); number < count; number++)
      if (this.arrivalOf(number) >= executed) this.arrivals.set(number, -1);
  }

  /** Of what was done to a frame, keeps what was done before a record. */
  private turnAs(number: number, turns: readonly HopTurn[], record: number): void {
    const before = turns.filter((turn) => turn.record < record);
    const undone = turns[before.length];
    if (before.length > 0) this.turns.set(number, before);
    if (undone !== undefined) this.untils.set(number, undone.was);
  }
}
