/**
 * Where in its stack a node handles the packet of the present step: the stations it has, and how far it came.
 * Comes from: the records of the step's event, lab/packet-path.ts.  Goes to: scene.ts, and drawn by draw-notes.ts.
 */
import type { TraceId, TraceReader } from '../engine/index.ts';
import { packetPath, waysOf, wayWith, type StationId } from '../lab/index.ts';

export interface PassageStop {
  readonly id: StationId;
  readonly went: boolean;
  readonly end: 'drop' | 'deliver' | 'queue' | null;
}

export interface Passage {
  readonly stops: readonly PassageStop[];
  /** the station that the sentence of the step is about, or the last one reached */
  readonly here: StationId;
}

/** @param told the record that the step's sentence tells, -1: none */
export function passageOf(trace: TraceReader, event: number, told: number): Passage | null {
  const way = wayWith(waysOf(trace, event), told as TraceId);
  if (way === null || way.kind === 'switched') return null;
  const path = packetPath(way, {}, told as TraceId);
  const stops = path.stations.map(({ id, went, end }): PassageStop => ({ id, went, end }));
  const here = path.stations.find((station) => station.here)?.id ?? path.went[path.went.length - 1];
  if (here === undefined || path.went.length < 2) return null;
  return { stops, here };
}
