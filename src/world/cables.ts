/**
 * Where the cable in a port leads, and whether a frame is sure to arrive there, by number: node and interface name
 * a row of four words.
 * Comes from: build.ts, when everything is plugged in; anew when a cable or a node's power changes.  Goes to: link.ts,
 * for each frame.
 *
 * A packet reads it from one line of memory; the records of ports, links, their ends and the far node are nine for
 * each port.
 */
import type { NodeId } from '../engine/index.ts';
import type { Link } from './state.ts';

export interface Cables {
  /** place of each node's interface 0; one more ends the last node's */
  readonly first: Int32Array;
  /** by place: number of the link or -1, node and port at the other end, number of its pace or -1 where not every frame arrives */
  readonly rows: Int32Array;
  readonly paces: readonly Pace[];
}

/** How fast cables are, each sort once. */
export interface Pace {
  readonly delayNs: number;
  /** bits per second; null: no time at all */
  readonly rateBps: number | null;
}

const NONE = -1;
const ROW_SHIFT = 2;

/**
 * @param linkOf link of each port: by node, then by interface or port; -1 for none
 * @param isOn whether a node takes in what arrives
 */
export function layCables(links: readonly Link[], linkOf: readonly (readonly number[])[], isOn: (node: NodeId) => boolean): Cables {
  const first = new Int32Array(linkOf.length + 1);
  linkOf.forEach((ports, node) => (first[node + 1] = (first[node] as number) + ports.length));
  const places = first[linkOf.length] as number;
  const rows = new Int32Array(places << ROW_SHIFT).fill(NONE);
  const paces: Pace[] = [];
  links.forEach((link, number) => {
    const { ends } = link;
    const pace = link.up && link.lossPpm === 0 ? paceOf(paces, link) : NONE;
    for (const [end, far] of [ends, [ends[1], ends[0]]] as const) {
      rows.set([number, far.node, far.dev, isOn(far.node) ? pace : NONE], ((first[end.node] as number) + end.dev) << ROW_SHIFT);
    }
  });
  return { first, rows, paces };
}

function paceOf(paces: Pace[], { delayNs, rateBps }: Link): number {
  const known = paces.findIndex((pace) => pace.delayNs === delayNs && pace.rateBps === rateBps);
  return known >= 0 ? known : paces.push({ delayNs, rateBps }) - 1;
}

/** The place in `rows` of a port in which there is a cable, or -1. The words there are link, far node, far port, pace. */
export function cablePlace({ first, rows }: Cables, node: NodeId, dev: number): number {
  const place = (first[node] as number) + dev;
  return dev >= 0 && place < (first[node + 1] as number) && rows[place << ROW_SHIFT] !== NONE ? place << ROW_SHIFT : NONE;
}
