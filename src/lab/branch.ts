/**
 * One future of a lab: a run with the columns read from its trace. A change in the past begins another.
 * Comes from: store.ts.  Goes to: playback, canvas, panels, which read and never write.
 */
import type { Nanos, NodeId } from '../engine/index.ts';
import { LIMITS, namesOf, storyBegins, type Names, type Run, type RunEnd } from '../sim/index.ts';
import type { Mac } from '../wire/index.ts';
import type { NodeState } from '../world/index.ts';
import type { MacNames } from './frame-text.ts';
import { rolesOf, type Roles } from './roles.ts';
import { StepIndex } from './step-index.ts';
import { TerminalIndex } from './terminal-index.ts';

/** A text in both languages. */
export interface Both {
  readonly en: string;
  readonly zh: string;
}

/** What all moments of a branch share: it changes only when the run grows. */
export interface Cast {
  readonly roles: Roles;
  readonly macs: MacNames;
  readonly names: Names;
}

export interface Branch {
  readonly id: number;
  readonly label: Both;
  /** id of the branch it left, or null for the first one */
  readonly parent: number | null;
  /** when it began */
  readonly began: Nanos;
  readonly run: Run;
  /** events before it set the nodes up */
  readonly begin: number;
  /** events before the furthest moment at which somebody has stood */
  seen: number;
  readonly steps: StepIndex;
  readonly terminals: TerminalIndex;
  /** read from the world at its end */
  cast: Cast;
  end: RunEnd;
}

/**
 * @param run has passed its setups
 * @param past a branch whose run begins as this one, which has gone no further yet: what both have in common is not read again
 */
export function createBranch(id: number, label: Both, parent: number | null, began: Nanos, run: Run, past: Branch | null = null): Branch {
  const begin = past?.begin ?? storyBegins(run);
  const branch: Branch = {
    id,
    label,
    parent,
    began,
    run,
    begin,
    seen: 0,
    steps: past?.steps.upTo(run.head, run.trace) ?? new StepIndex(begin),
    terminals: past?.terminals.upTo(run.trace.length) ?? new TerminalIndex(),
    cast: past?.cast ?? { roles: new Map(), macs: new Map(), names: namesOf([]) },
    end: 'running',
  };
  readOn(branch);
  return branch;
}

/**
 * The same future without what lies after its first `executed` events, ready to go on from there in another way.
 * What refers to the old one is to refer to this one.
 */
export function takenBack(branch: Branch, executed: number): Branch {
  const { id, label, parent, began } = branch;
  const shorter = createBranch(id, label, parent, began, branch.run.fork(executed), branch);
  return { ...shorter, seen: Math.min(branch.seen, executed) };
}

/** Takes in what the run has done since the last call. */
export function readOn(branch: Branch): void {
  branch.steps.extend(branch.run.trace, branch.run.head);
  branch.terminals.extend(branch.run.trace);
}

/** Looks at who has which address at these moments; the last one counts most. */
export function readCast(branch: Branch, moments: readonly number[]): void {
  const devs: (readonly NodeDevs[])[] = [];
  // A view of a world holds only until the next look at the run: each is used up before the next.
  function* views() {
    for (const executed of moments) {
      const { nodes } = branch.run.worldAt(executed);
      devs.push(nodes.map(devsOf));
      yield nodes;
    }
  }
  const roles = rolesOf(views());
  const macs = new Map<Mac, { node: string; dev: string }>();
  for (const nodes of devs)
    for (const { name, ports } of nodes)
      for (const port of ports) if (port.mac !== null) macs.set(port.mac, { node: name, dev: port.name });
  branch.cast = { roles, macs, names: frozenNames(devs) };
}

interface NodeDevs {
  readonly name: string;
  readonly ports: readonly { readonly index: number; readonly name: string; readonly mac: Mac | null }[];
}

function devsOf(node: Readonly<NodeState>): NodeDevs {
  if (node.kind === 'switch')
    return {
      name: node.name,
      ports: node.sw.ports.map((port) => ({ index: port.number, name: port.name, mac: null })),
    };
  const ports = node.host.devs.flatMap((dev) =>
    dev === null ? [] : [{ index: dev.ifindex as number, name: dev.name, mac: dev.kind === 'ethernet' ? dev.lladdr : null }],
  );
  return { name: node.name, ports };
}

/** Names that were valid in the latest of these worlds, or failing that in an earlier one. */
function frozenNames(worlds: readonly (readonly NodeDevs[])[]): Names {
  const dev = new Map<number, string>();
  for (const nodes of worlds) nodes.forEach((node, id) => node.ports.forEach((d) => dev.set(id * 4096 + d.index, d.name)));
  const nodes = worlds[0] ?? [];
  return {
    node: (id: NodeId) => nodes[id]?.name ?? `#${id}`,
    dev: (id: NodeId, index: number) => (index === 0 ? '' : (dev.get(id * 4096 + index) ?? `if${index}`)),
  };
}

/** The page stops a run here and asks; the simulator itself would go on to LIMITS. */
export const PAGE_EVENTS = Math.min(1_600_000, LIMITS.events);
