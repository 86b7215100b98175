/**
 * What of the world is seen on the map: interfaces with their addresses, cables, power switches. It seldom
 * changes, and between two changes no world has to be restored to draw a moment.
 * Comes from: the world of a branch.  Goes to: scene.ts.
 */
import type { Branch } from '../lab/index.ts';
import type { Ipv4, Mac } from '../wire/index.ts';
import type { LinkEnd, NodeRole, NodeState } from '../world/index.ts';

export interface DevLook {
  readonly name: string;
  /** null: it has none, or shows none */
  readonly mac: Mac | null;
  readonly addrs: readonly { readonly local: Ipv4; readonly prefixLen: number; readonly label: string }[];
}

export interface NodeLook {
  readonly name: string;
  readonly role: NodeRole;
  readonly on: boolean;
  readonly devs: readonly DevLook[];
  /** equal words, equal looks */
  readonly key: string;
}

export interface LinkLook {
  readonly ends: readonly [LinkEnd, LinkEnd];
  readonly delayNs: number;
  readonly rateBps: number | null;
  readonly lossPpm: number;
  readonly up: boolean;
}

export interface Look {
  readonly nodes: readonly NodeLook[];
  readonly links: readonly LinkLook[];
}

/** Looks kept of one branch. */
const KEPT = 64;
const kept = new WeakMap<Branch, Map<number, Look>>();

export function lookOf(branch: Branch, executed: number): Look {
  let looks = kept.get(branch);
  if (looks === undefined) kept.set(branch, (looks = new Map()));
  // Before the first step the nodes are being set up: each event may change them.
  const number = executed <= branch.begin ? -1 - executed : branch.steps.lookAfter(executed);
  const known = looks.get(number);
  if (known !== undefined) return known;
  const { nodes, shared } = branch.run.worldAt(executed);
  const made = { nodes: nodes.map(nodeLook), links: shared.links.map((link) => ({ ...link })) };
  const oldest = looks.size >= KEPT ? looks.keys().next().value : undefined;
  if (oldest !== undefined) looks.delete(oldest);
  looks.set(number, made);
  return made;
}

function nodeLook(node: Readonly<NodeState>): NodeLook {
  const { name, role, on } = node;
  const devs =
    node.kind === 'switch'
      ? []
      : node.host.devs.flatMap((dev): DevLook[] =>
          dev === null
            ? []
            : [
                {
                  name: dev.name,
                  mac: dev.kind === 'ethernet' ? dev.lladdr : null,
                  addrs: dev.addrs.map(({ local, prefixLen, label }) => ({ local, prefixLen, label })),
                },
              ],
        );
  return { name, role, on, devs, key: JSON.stringify([name, role, on, devs]) };
}

/** A port of a node as one number. */
export function portKey(node: number, dev: number): number {
  return node * 65536 + dev;
}
