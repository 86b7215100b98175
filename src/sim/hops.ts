/**
 * Frames on cables: where each one was at any moment.
 * Comes from: the 'link:tx' records of a trace.  Goes to: the canvas.
 */
import type { FrameId, Nanos, NodeId, TraceId, TraceReader } from '../engine/index.ts';

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
  /** its last bit arrives */
  readonly until: Nanos;
  /** null: it arrives; otherwise the record that tells why it does not */
  readonly lost: TraceId | null;
}

/** The hops that begin in records [from, to), in order of beginning. */
export function hopsOf(trace: TraceReader, from: number, to: number): Hop[] {
  const hops: Hop[] = [];
  for (let id = from; id < to; id++) {
    const { stage, verdict, args, frame, node, dev, at } = trace.get(id as TraceId);
    if (stage !== 'link:tx') continue;
    const lost = verdict === 'drop' ? (id as TraceId) : null;
    hops.push({
      record: id as TraceId,
      frame,
      from: node,
      fromDev: dev,
      to: Number(args?.['toNode'] ?? node) as NodeId,
      toDev: Number(args?.['toDev'] ?? 0),
      start: Number(args?.['start'] ?? at) as Nanos,
      until: Number(args?.['until'] ?? at) as Nanos,
      lost,
    });
  }
  return hops;
}
