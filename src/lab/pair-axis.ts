/**
 * The steps of two branches on one axis, so that both are stepped and played together.
 * Comes from: two step indexes.  Goes to: playback/pair.ts, the timeline of what-if.
 *
 * A step of the pair stands at one time. At a time at which only one branch has a step, the other one
 * stays where it is.
 */
import type { Nanos } from '../engine/index.ts';
import type { Grain, Moment } from '../sim/index.ts';
import type { Branch } from './branch.ts';
import { Column } from './column.ts';
import type { HopTable } from './hop-table.ts';
import { LONG_WAIT_NS } from './step-index.ts';

const WIDTH = { same: 0.08, flight: 1, idle: 0.3, wait: 0.8 } as const;

type Hops = Pick<HopTable, 'get'>;

/** Latest arrival among the frames that have begun their way by a time, asked with growing times. */
class Flights {
  private readonly hops: Hops;
  private next = 0;
  private until = 0;

  constructor(hops: Hops) {
    this.hops = hops;
  }

  by(at: number): number {
    for (let hop = this.hops.get(this.next); hop !== undefined && hop.start <= at; hop = this.hops.get(++this.next)) {
      if (hop.lost === null && hop.until > this.until) this.until = hop.until;
    }
    return this.until;
  }
}

export class PairAxis {
  readonly a: Branch;
  readonly b: Branch;
  readonly at = new Column(Float64Array);
  readonly x = new Column(Float64Array);
  /** places after which nothing happens for long */
  readonly waits = new Column(Int32Array);
  /** the step of each branch at this place, or the last one before it; -1: none yet */
  readonly stepA: number[] = [];
  readonly stepB: number[] = [];
  /** whether the branch has a step just here */
  private readonly hasA: boolean[] = [];
  private readonly hasB: boolean[] = [];

  constructor(a: Branch, b: Branch) {
    this.a = a;
    this.b = b;
  }

  /** Lays the steps of both beside each other; yields now and then. */
  *lay(): Generator<undefined, void> {
    const { a, b } = this;
    const flights = [new Flights(a.steps.hops), new Flights(b.steps.hops)] as const;
    let ia = 0;
    let ib = 0;
    while (ia < a.steps.length || ib < b.steps.length) {
      const at = Math.min(a.steps.at.get(ia) ?? Infinity, b.steps.at.get(ib) ?? Infinity);
      const endA = endOf(a, ia, at);
      const endB = endOf(b, ib, at);
      for (let i = 0; i < Math.max(endA - ia, endB - ib); i++) {
        const before = this.at.get(this.length - 1) ?? at;
        if (at - before >= LONG_WAIT_NS) this.waits.push(this.length - 1);
        this.x.push(this.placeOfNext(at, flights));
        this.at.push(at);
        this.stepA.push(Math.min(endA - 1, ia + i));
        this.stepB.push(Math.min(endB - 1, ib + i));
        this.hasA.push(ia + i < endA);
        this.hasB.push(ib + i < endB);
      }
      ia = endA;
      ib = endB;
      yield undefined;
    }
  }

  private placeOfNext(at: number, flights: readonly [Flights, Flights]): number {
    const last = this.at.length - 1;
    if (last < 0) return 0;
    const before = this.at.get(last) as number;
    const x = this.x.get(last) as number;
    if (at === before) return x + WIDTH.same;
    if (Math.max(flights[0].by(before), flights[1].by(before)) > before) return x + WIDTH.flight;
    return x + (at - before >= LONG_WAIT_NS ? WIDTH.wait : WIDTH.idle);
  }

  get length(): number {
    return this.at.length;
  }

  get width(): number {
    return this.x.get(this.length - 1) ?? 0;
  }

  /** Whether a branch has a step of its own at a place, and which. */
  own(step: number, side: 'a' | 'b'): number {
    const has = side === 'a' ? this.hasA : this.hasB;
    return has[step] === true ? ((side === 'a' ? this.stepA : this.stepB)[step] as number) : -1;
  }

  counts(step: number, grain: Grain): boolean {
    const a = this.own(step, 'a');
    const b = this.own(step, 'b');
    return (a >= 0 && this.a.steps.counts(a, grain)) || (b >= 0 && this.b.steps.counts(b, grain));
  }

  /** The next step of a grain after step `from`, or -1. */
  next(from: number, grain: Grain, forward: boolean): number {
    const by = forward ? 1 : -1;
    for (let i = from + by; i >= 0 && i < this.length; i += by) if (this.counts(i, grain)) return i;
    return -1;
  }

  /** Number of a step among those of its grain, from 1, and how many there are. */
  position(step: number, grain: Grain): { readonly number: number; readonly of: number } {
    let number = 0;
    let of = 0;
    for (let i = 0; i < this.length; i++) {
      if (!this.counts(i, grain)) continue;
      of++;
      if (i <= step) number++;
    }
    return { number, of };
  }

  /** The last step at or before a place of the axis. */
  stepAt(x: number): number {
    return Math.max(0, this.x.lowerBound(x + 1e-9) - 1);
  }

  timeAt(x: number): Nanos {
    if (this.length === 0) return 0 as Nanos;
    const i = this.stepAt(x);
    const at = this.at.get(i) as number;
    const next = this.at.get(i + 1);
    if (next === undefined || next === at) return at as Nanos;
    const from = this.x.get(i) as number;
    const share = (x - from) / ((this.x.get(i + 1) as number) - from);
    return Math.round(at + (next - at) * Math.min(1, Math.max(0, share))) as Nanos;
  }

  /** Place of the last step at a time, or of the way to the next one. */
  placeOf(at: number): number {
    const next = this.at.lowerBound(at + 1);
    if (next === 0) return 0;
    const x = this.x.get(next - 1) as number;
    const from = this.at.get(next - 1) as number;
    const following = this.at.get(next);
    if (following === undefined || at <= from) return x;
    return x + (((this.x.get(next) as number) - x) * (at - from)) / (following - from);
  }

  /** Place of the step at which a branch has lived through an event. */
  placeOfEvent(side: 'a' | 'b', event: number, at: number): number {
    const { steps } = this[side];
    for (let step = this.at.lowerBound(at); this.at.get(step) === at; step++) {
      const own = this.own(step, side);
      if (own >= 0 && steps.event.get(own) === event) return this.x.get(step) as number;
    }
    return this.placeOf(at);
  }

  /** The moment of each branch at a place. */
  momentsAt(x: number): { readonly a: Moment; readonly b: Moment } {
    const at = this.timeAt(x);
    const step = this.stepAt(x);
    return {
      a: momentOf(this.a, this.stepA[step] ?? -1, at),
      b: momentOf(this.b, this.stepB[step] ?? -1, at),
    };
  }
}

function momentOf(branch: Branch, step: number, at: Nanos): Moment {
  return { executed: step < 0 ? 0 : (branch.steps.event.get(step) as number) + 1, at };
}

function endOf(branch: Branch, from: number, at: number): number {
  let end = from;
  while (end < branch.steps.length && branch.steps.at.get(end) === at) end++;
  return end;
}
