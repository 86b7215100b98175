/**
 * A world at time zero: nodes with their interfaces, plugged together, nothing configured yet.
 * Comes from: sim/ (from a scenario), the conformance runner.  Goes to: the engine.
 */
import { createQueue, seedPrng, Step, Trace, type Cabling, type Nanos, type NodeId, type Peer, type TraceLevel } from '../engine/index.ts';
import { createHost, devAdd } from '../host/index.ts';
import { createIpvs } from '../ipvs/index.ts';
import { createSwitch } from '../switch/index.ts';
import { layCables } from './cables.ts';
import { contextOf, createContexts } from './context.ts';
import { farEnd } from './link.ts';
import type { IfaceSpec, Link, LinkEnd, NodeRole, NodeState, Shared, What, WorldState } from './state.ts';
import { createUser } from './user.ts';
import type { Userland } from './userland.ts';

export type NodeSpec =
  | {
      readonly kind: 'linux';
      readonly name: string;
      readonly role: NodeRole;
      readonly interfaces: readonly IfaceSpec[];
      /** commands that it runs whenever it boots after the beginning; left out: none */
      readonly boot?: readonly string[];
    }
  | {
      readonly kind: 'switch';
      readonly name: string;
      readonly role: NodeRole;
      readonly ports: readonly string[];
    };

export interface LinkSpec {
  /** node and interface, or switch and name of the port */
  readonly ends: readonly [readonly [node: string, port: string], readonly [node: string, port: string]];
  readonly delayNs: number;
  readonly rateBps: number | null;
  readonly lossPpm: number;
}

export interface WorldSpec {
  readonly nodes: readonly NodeSpec[];
  readonly links: readonly LinkSpec[];
  /** see Shared.oneKernel */
  readonly oneKernel: boolean;
  readonly seed: number;
}

/** Builds the state. Names must be known and each port used once: the scenario loader has checked that. */
export function buildWorld(spec: WorldSpec, userland: Userland): WorldState {
  const state: WorldState = {
    now: 0 as Nanos,
    executed: 0,
    nextSeq: 0,
    nextFrame: 0,
    nextTrace: 0,
    nextJournal: 0,
    prng: seedPrng(spec.seed),
    queue: createQueue(),
    late: [],
    nodes: spec.nodes.map(createNode),
    shared: {
      links: [],
      linkOf: spec.nodes.map(() => []),
      cables: layCables([], [], () => true),
      oneKernel: spec.oneKernel,
      processorUntil: 0 as Nanos,
      machines: spec.nodes.map((node) => (node.kind === 'switch' ? null : { cards: node.interfaces, commands: node.boot ?? [] })),
    },
  };
  const step = new Step<NodeState, Shared, What>(state, new Trace());
  const contexts = createContexts(step, userland);
  const ports = spec.nodes.map((node, index) => plugPorts(node, () => contextOf(contexts, index as NodeId)));
  const numbers = new Map(spec.nodes.map(({ name }, index) => [name, index]));
  for (const link of spec.links) plug(state.shared, numbers, ports, link);
  state.shared.cables = layCables(state.shared.links, state.shared.linkOf, (node) => state.nodes[node]?.on === true);
  // What building wrote is no part of the story.
  state.nextTrace = 0;
  state.nextFrame = 0;
  return step.state;
}

/** An empty trace for a world, which knows where its cables lead. */
export function newTrace(world: WorldState, level: TraceLevel = 'lab'): Trace {
  return new Trace(level, cablingOf(world.shared));
}

/** Where each port's cable leads. */
export function cablingOf({ links, linkOf }: Readonly<Shared>): Cabling {
  return linkOf.map((ports, node) =>
    ports.map((number, dev): Peer | null => {
      const link = links[number];
      return link === undefined ? null : farEnd(link, node as NodeId, dev);
    }),
  );
}

function createNode(spec: NodeSpec): NodeState {
  if (spec.kind === 'switch') return { kind: 'switch', name: spec.name, role: spec.role, on: true, sw: createSwitch(spec.ports) };
  return {
    kind: 'linux',
    name: spec.name,
    role: spec.role,
    on: true,
    host: createHost(spec.name),
    ipvs: createIpvs(),
    user: createUser(),
  };
}

/** Number of each port by its name. */
function plugPorts(spec: NodeSpec, net: () => Parameters<typeof devAdd>[0]): Map<string, number> {
  if (spec.kind === 'switch') return new Map(spec.ports.map((name, i) => [name, i + 1]));
  const numbers = new Map<string, number>();
  for (const iface of spec.interfaces) {
    const dev = devAdd(net(), { name: iface.name, kind: 'ethernet', lladdr: iface.mac, mtu: iface.mtu });
    numbers.set(iface.name, dev.ifindex);
  }
  return numbers;
}

function plug(shared: Shared, numbers: ReadonlyMap<string, number>, ports: readonly Map<string, number>[], link: LinkSpec): void {
  const end = ([name, port]: readonly [string, string]): LinkEnd => {
    const node = numbers.get(name) ?? -1;
    const dev = ports[node]?.get(port);
    if (dev === undefined) throw new RangeError(`no port ${name}:${port}`);
    return { node: node as NodeId, dev };
  };
  const made: Link = {
    ends: [end(link.ends[0]), end(link.ends[1])],
    delayNs: link.delayNs,
    rateBps: link.rateBps,
    lossPpm: link.lossPpm,
    up: true,
  };
  const number = shared.links.push(made) - 1;
  for (const { node, dev } of made.ends) {
    const row = shared.linkOf[node] as number[];
    while (row.length <= dev) row.push(-1);
    row[dev] = number;
  }
}
