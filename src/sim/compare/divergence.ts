/**
 * The first moment at which two futures part, and the two records that tell it best.
 * Comes from: two traces behind their common past.  Goes to: compare.ts, and from there the sentence on the page.
 */
import { NO_FRAME, type Nanos, type TraceId, type TraceReader, type TraceRecord } from '../../engine/index.ts';
import type { Run } from '../run.ts';
import { notabilityOf } from '../story.ts';
import { Likeness } from './likeness.ts';
import { ranTo, TypedRecords, type Past } from './shared.ts';

export interface Divergence {
  /** time of the first record that only one of the futures has */
  readonly at: Nanos;
  /** the record of each future that tells the difference; null: nothing there answers the other one */
  readonly a: TraceRecord | null;
  readonly b: TraceRecord | null;
  /** the same comes in the other future too, at this time */
  readonly later: Nanos | null;
}

/** Records looked at before others get their turn. */
const SLICE = 2_000;
/** How far to look for something that only comes at another time. */
const LATER_MAX = 20_000;

/** One future behind the common past, instant by instant, without what the change itself wrote. */
class Tail {
  readonly trace: TraceReader;
  readonly like: Likeness;
  private readonly typed: TypedRecords;
  private next: number;

  constructor(run: Run, events: number, typed: TypedRecords) {
    this.trace = run.trace;
    this.like = new Likeness(run.trace);
    this.typed = typed;
    this.next = run.trace.firstOf(events);
  }

  get at(): number {
    this.skip();
    return this.next < this.trace.length ? this.trace.get(this.next as TraceId).at : Infinity;
  }

  /** The records of the instant at which the tail stands; moves on behind them. */
  take(at: number): TraceRecord[] {
    const found: TraceRecord[] = [];
    while (this.at === at) found.push(this.trace.get(this.next++ as TraceId));
    return found;
  }

  private skip(): void {
    for (; this.next < this.trace.length; this.next++) {
      const record = this.trace.get(this.next as TraceId);
      if (!this.typed.has(record)) return;
    }
  }

  /** Where something that looks like it comes from here on. */
  find(text: string): Nanos | null {
    const end = Math.min(this.trace.length, this.next + LATER_MAX);
    for (let id = this.next; id < end; id++) {
      const record = this.trace.get(id as TraceId);
      if (this.like.text(record) === text) return record.at;
    }
    return null;
  }
}

/** Looks for the first difference; yields now and then. */
export function* divergenceOf(a: Run, b: Run, past: Past): Generator<undefined, Divergence | null> {
  const tailA = new Tail(a, past.events, new TypedRecords(past.onlyA));
  const tailB = new Tail(b, past.events, new TypedRecords(past.onlyB));
  // A run that was run further is not another future.
  const until = Math.min(ranTo(a), ranTo(b));
  let looked = 0;
  for (;;) {
    const at = Math.min(tailA.at, tailB.at);
    if (at > until || at === Infinity) return null;
    const onA = tailA.take(at);
    const onB = tailB.take(at);
    looked += onA.length + onB.length;
    if (looked > SLICE) {
      looked = 0;
      yield undefined;
    }
    const [onlyA, onlyB] = unmatched(onA, onB, tailA.like, tailB.like);
    if (onlyA.length > 0 || onlyB.length > 0) return told(at as Nanos, onlyA, onlyB, tailA, tailB);
  }
}

/** What is left of two lists when equals have been struck out, in whatever order they stand. */
function unmatched(
  a: readonly TraceRecord[],
  b: readonly TraceRecord[],
  likeA: Likeness,
  likeB: Likeness,
): readonly [TraceRecord[], TraceRecord[]] {
  const left = new Map<string, TraceRecord[]>();
  for (const record of b) {
    const text = likeB.text(record);
    const known = left.get(text);
    if (known === undefined) left.set(text, [record]);
    else known.push(record);
  }
  const onlyA = a.filter((record) => left.get(likeA.text(record))?.shift() === undefined);
  const kept = new Set([...left.values()].flat());
  return [onlyA, b.filter((record) => kept.has(record))];
}

/** Chooses the record that matters most, and what the other future has in its place. */
function told(at: Nanos, onlyA: readonly TraceRecord[], onlyB: readonly TraceRecord[], tailA: Tail, tailB: Tail): Divergence {
  const bestA = best(onlyA);
  const bestB = best(onlyB);
  const weightOf = (record: TraceRecord | null): number => (record === null ? -1 : weight(record));
  if (bestB !== null && weightOf(bestB) >= weightOf(bestA)) {
    const a = counterpart(bestB, onlyA, tailB.like, tailA.like);
    return { at, a, b: bestB, later: a === null ? tailA.find(tailB.like.text(bestB)) : null };
  }
  const first = bestA as TraceRecord;
  const b = counterpart(first, onlyB, tailA.like, tailB.like);
  return { at, a: first, b, later: b === null ? tailB.find(tailA.like.text(first)) : null };
}

function weight(record: TraceRecord): number {
  return record.reason === 'link.sent' ? 0.5 : notabilityOf(record);
}

function best(records: readonly TraceRecord[]): TraceRecord | null {
  let found: TraceRecord | null = null;
  for (const record of records) if (found === null || weight(record) > weight(found)) found = record;
  return found;
}

/** What the other future has instead: about the same frame at the same node, or else at that node. */
function counterpart(record: TraceRecord, others: readonly TraceRecord[], own: Likeness, other: Likeness): TraceRecord | null {
  const here = others.filter((o) => o.node === record.node);
  const frame = own.frame(record.frame);
  return (
    best(record.frame === NO_FRAME ? here.filter((o) => o.frame === NO_FRAME) : here.filter((o) => other.frame(o.frame) === frame)) ??
    best(here)
  );
}
