/**
 * Where the cable in a port leads, by number: node and interface name a place in four columns.
 * Comes from: build.ts, once, when everything is plugged in.  Goes to: link.ts, for each frame.
 *
 * Cables are never plugged elsewhere during a run, so this never changes, and a packet reads it from a few
 * lines of memory that all packets share; the records of ports, links and their ends are seven for each port.
 */
import type { NodeId } from '../engine/index.ts';
import type { Link } from './state.ts';

export interface Cables {
  /** place of each node's interface 0; one more row ends the last node's */
  readonly first: Int32Array;
  /** by place: number of the link, or -1 */
  readonly link: Int32Array;
  /** by place: the other end */
  readonly farNode: Int32Array;
  readonly farDev: Int32Array;
}

const NONE = -1;

/** @param linkOf link of each port: by node, then by interface or port; -1 for none */
export function layCables(links: readonly Link[], linkOf: readonly (readonly number[])[]): Cables {
  const first = new Int32Array(linkOf.length + 1);
  linkOf.forEach((ports, node) => (first[node + 1] = (first[node] as number) + ports.length));
  const places = first[linkOf.length] as number;
  const link = new Int32Array(places).fill(NONE);
  const farNode = new Int32Array(places);
  const farDev = new Int32Array(places);
  links.forEach(({ ends }, number) => {
    for (const [end, far] of [ends, [ends[1], ends[0]]] as const) {
      const place = (first[end.node] as number) + end.dev;
      link[place] = number;
      farNode[place] = far.node;
      farDev[place] = far.dev;
    }
  });
  return { first, link, farNode, farDev };
}

/** The place of a port in which there is a cable, or -1. */
export function cablePlace({ first, link }: Cables, node: NodeId, dev: number): number {
  const place = (first[node] as number) + dev;
  return dev >= 0 && place < (first[node + 1] as number) && link[place] !== NONE ? place : NONE;
}
