/**
 * Frames on cables: where each one was at any moment.
 * Comes from: the 'link:tx' records of a trace, and those of frames in somebody's hand.  Goes to: the canvas.
 */
import type { FrameId, Nanos, NodeId, TraceId, TraceReader, TraceRecord } from '../engine/index.ts';

/** Something done to a frame on its way. */
export interface HopTurn {
  readonly record: TraceId;
  readonly at: Nanos;
  /** when it was to arrive before that */
  readonly was: Nanos;
  /** its new time of arrival; null: it was lost there */
  readonly until: Nanos | null;
}

/** One frame crossing one cable. */
export interface Hop {
  readonly record: TraceId;
  readonly frame: FrameId;
  readonly from: NodeId;
  readonly fromDev: number;
  readonly to: NodeId;
  readonly toDev: number;
  /** its first bit leaves */
  readonly start: Nanos;
  /** its last bit arrives, or it is lost on its way: later when somebody holds the frame up */
  readonly until: Nanos;
  /** what was done to it on its way, in order; null: nothing */
  readonly turns: readonly HopTurn[] | null;
  /** null: it arrives; otherwise the record that tells why it does not */
  readonly lost: TraceId | null;
}

/** Whether a record tells of something done to a frame on its way: it is no arrival. */
export function isTurn({ stage, frame }: TraceRecord): boolean {
  return stage === 'link' && frame >= 0;
}

/** The hops that begin in records [from, to), in order of beginning. */
export function hopsOf(trace: TraceReader, from: number, to: number): Hop[] {
  const hops: Hop[] = [];
  const places = new Map<TraceId, number>();
  for (let id = from; id < to; id++) {
    const { stage } = trace.kindOf(id as TraceId);
    if (stage !== 'link:tx' && stage !== 'link') continue;
    const record = trace.get(id as TraceId);
    if (stage === 'link:tx') places.set(record.id, hops.push(hopOf(record)) - 1);
    const turned = isTurn(record) ? places.get(record.cause) : undefined;
    if (turned !== undefined) hops[turned] = turnedHop(hops[turned] as Hop, record);
  }
  return hops;
}

/** @param record of a frame that is put on a cable */
export function hopOf({ id, verdict, args, frame, node, dev, at }: TraceRecord): Hop {
  return {
    record: id,
    frame,
    from: node,
    fromDev: dev,
    to: Number(args?.['toNode'] ?? node) as NodeId,
    toDev: Number(args?.['toDev'] ?? 0),
    start: Number(args?.['start'] ?? at) as Nanos,
    until: Number(args?.['until'] ?? at) as Nanos,
    turns: null,
    lost: verdict === 'drop' ? id : null,
  };
}

/** A hop after what a record tells was done to its frame. */
export function turnedHop(hop: Hop, { id, at, verdict, args }: TraceRecord): Hop {
  const until = verdict === 'drop' ? null : (Number(args?.['until']) as Nanos);
  const turns = [...(hop.turns ?? []), { record: id, at, was: hop.until, until }];
  // what is lost goes as far as it would have come by then
  return { ...hop, turns, until: until ?? hop.until };
}

/** The record by which a frame was lost on its way, if that was before record `before`. */
export function lostOnCable({ turns }: Hop, before: number): boolean {
  const last = turns?.[turns.length - 1];
  return last !== undefined && last.until === null && last.record < before;
}

/** How far a frame has come on its cable, 0 to 1. */
export function placeOnCable({ start, until, turns }: Hop, at: number): number {
  if (turns === null) return share(start, until, at);
  // each turn gives the rest of the way another length of time: the first arrival was the plain one
  let begin: number = start;
  let from = 0;
  let end: number = until;
  for (const { at: turned, was, until: next } of turns) {
    end = was;
    if (turned > at) break;
    from += (1 - from) * share(begin, end, turned);
    begin = turned;
    if (next === null) return from;
    end = next;
  }
  return from + (1 - from) * share(begin, end, at);
}

function share(start: number, until: number, at: number): number {
  if (until <= start) return at < until ? 0 : 1;
  return Math.min(1, Math.max(0, (at - start) / (until - start)));
}
