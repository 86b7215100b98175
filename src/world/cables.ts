/**
 * Where the cable in a port leads, by number: node and interface name a row of four words.
 * Comes from: build.ts, once, when everything is plugged in.  Goes to: link.ts, for each frame.
 *
 * Cables are never plugged elsewhere during a run, so this never changes, and a packet reads it from one line of
 * memory; the records of ports, links and their ends are seven for each port.
 */
import type { NodeId } from '../engine/index.ts';
import type { Link } from './state.ts';

export interface Cables {
  /** place of each node's interface 0; one more ends the last node's */
  readonly first: Int32Array;
  /** by place: number of the link or -1, node and port at the other end, nothing */
  readonly rows: Int32Array;
}

const NONE = -1;
const ROW_SHIFT = 2;

/** @param linkOf link of each port: by node, then by interface or port; -1 for none */
export function layCables(links: readonly Link[], linkOf: readonly (readonly number[])[]): Cables {
  const first = new Int32Array(linkOf.length + 1);
  linkOf.forEach((ports, node) => (first[node + 1] = (first[node] as number) + ports.length));
  const places = first[linkOf.length] as number;
  const rows = new Int32Array(places << ROW_SHIFT).fill(NONE);
  links.forEach(({ ends }, number) => {
    for (const [end, far] of [ends, [ends[1], ends[0]]] as const) {
      rows.set([number, far.node, far.dev], ((first[end.node] as number) + end.dev) << ROW_SHIFT);
    }
  });
  return { first, rows };
}

/** The place in `rows` of a port in which there is a cable, or -1. The words there are link, far node, far port. */
export function cablePlace({ first, rows }: Cables, node: NodeId, dev: number): number {
  const place = (first[node] as number) + dev;
  return dev >= 0 && place < (first[node + 1] as number) && rows[place << ROW_SHIFT] !== NONE ? place << ROW_SHIFT : NONE;
}
