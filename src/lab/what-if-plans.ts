/**
 * Ready-made pairs of futures, and the parts from which a person makes one.
 * Comes from: a world at the moment shown.  Goes to: what-if.ts, by the buttons and the form of what-if.
 */
import type { Nanos, NodeId } from '../engine/index.ts';
import { neighList } from '../host/index.ts';
import type { Moment, WorldView } from '../sim/index.ts';
import { formatIpv4, type Ipv4 } from '../wire/index.ts';
import type { LinuxNode, NodeState } from '../world/index.ts';
import type { Both, Branch } from './branch.ts';
import { LONG_WAIT_NS } from './step-index.ts';
import { idleTerminal } from './typing.ts';
import type { Doing, Plan } from './what-if.ts';

/** A line typed at a terminal where nothing runs at the moment. */
export function typed(branch: Branch, executed: number, node: NodeId, text: string): Doing {
  return {
    node,
    stimulus: { kind: 'exec', tty: idleTerminal(branch, node, branch.run.trace.firstOf(executed)), text },
  };
}

export interface Direct {
  readonly vip: Ipv4;
  readonly port: number;
  readonly director: NodeId;
  readonly client: NodeId;
  readonly servers: readonly { readonly id: NodeId; readonly node: Readonly<LinuxNode> }[];
}

/** The direct-routing service of a world, with its client and its real servers. */
export function directOf(nodes: readonly Readonly<NodeState>[]): Direct | null {
  const client = nodes.findIndex((node) => node.kind === 'linux' && node.role === 'client');
  for (const [director, node] of nodes.entries()) {
    if (node.kind !== 'linux') continue;
    for (const svc of node.ipvs.services) {
      if (svc.fwmark !== 0 || svc.proto !== 6 || client < 0) continue;
      const addrs = new Set(svc.dests.filter((dest) => dest.fwd === 'droute').map((dest) => dest.addr));
      const servers = nodes.flatMap((n, i) =>
        n.kind === 'linux' && n !== node && hasOneOf(n, addrs) && hasOneOf(n, new Set([svc.addr])) ? [{ id: i as NodeId, node: n }] : [],
      );
      if (servers.length > 0) return { vip: svc.addr, port: svc.port, director: director as NodeId, client: client as NodeId, servers };
    }
  }
  return null;
}

function hasOneOf(node: Readonly<LinuxNode>, addrs: ReadonlySet<Ipv4>): boolean {
  return node.host.devs.some((dev) => dev?.addrs.some(({ local }) => addrs.has(local)) === true);
}

export function hasDirect(world: WorldView): boolean {
  return directOf(world.nodes) !== null;
}

/**
 * The first moment from the one shown on at which nothing is under way: a question asked before the change
 * would be answered as before it.
 */
export function quietMoment(branch: Branch, from: Moment): Moment {
  const { steps, run } = branch;
  for (let step = Math.max(0, steps.stepBefore(from.executed)); step < steps.length; step++) {
    const at = steps.at.get(step) as Nanos;
    const executed = (steps.event.get(step) as number) + 1;
    const waits = (steps.at.get(step + 1) ?? Infinity) - at >= LONG_WAIT_NS;
    if (executed >= from.executed && waits && steps.flying(run.trace, executed, at).length === 0) return { executed, at };
  }
  return from;
}

/**
 * Direct routing as it should be and with real servers that answer for the VIP. In both futures whoever
 * knows the VIP's MAC forgets it, and the client sends the same requests.
 */
export function healthyAndBroken(branch: Branch, executed: number): Plan | null {
  const { nodes } = branch.run.worldAt(executed);
  const direct = directOf(nodes);
  if (direct === null) return null;
  const line = (node: NodeId, text: string): Doing => typed(branch, executed, node, text);
  const onlyA = direct.servers.flatMap(({ id, node }) =>
    settingsFor(node, { arp_ignore: 1, arp_announce: 2 }).map((text) => line(id, text)),
  );
  const onlyB = direct.servers.flatMap(({ id, node }) =>
    settingsFor(node, { arp_ignore: 0, arp_announce: 0 }).map((text) => line(id, text)),
  );
  const forget = forgettings(nodes, direct.vip).map(({ node, text }) => line(node, text));
  const port = direct.port === 80 ? '' : `:${direct.port}`;
  const requests = line(direct.client, `for i in 1 2 3 4; do curl -s http://${formatIpv4(direct.vip)}${port}/; done`);
  return {
    labels: {
      a: { en: 'Healthy: the real servers are silent about the VIP', zh: '正常：后端服务器不应答 VIP' },
      b: { en: 'Broken: the real servers answer for the VIP', zh: '故障：后端服务器应答 VIP' },
    },
    onlyA,
    onlyB,
    both: [...forget, requests],
  };
}

/** What makes everybody who knows the MAC of an address forget it. */
export function forgettings(nodes: readonly Readonly<NodeState>[], addr: Ipv4): { readonly node: NodeId; readonly text: string }[] {
  return nodes.flatMap((node, i) =>
    node.kind !== 'linux'
      ? []
      : neighList(node.host)
          .filter((entry) => entry.addr === addr && !entry.proxy)
          .map(({ ifindex }) => ({
            node: i as NodeId,
            text: `ip neigh del ${formatIpv4(addr)} dev ${node.host.devs[ifindex]?.name ?? ''}`,
          })),
  );
}

/** What has to be typed so that these values count on every interface; nothing where they do already. */
export function settingsFor({ host }: Readonly<LinuxNode>, want: { readonly arp_ignore: number; readonly arp_announce: number }): string[] {
  const lines: string[] = [];
  for (const name of ['arp_ignore', 'arp_announce'] as const) {
    const off = want[name] === 0;
    if (host.conf.all[name] !== want[name] && (off || host.conf.all[name] < want[name]))
      lines.push(`sysctl -w net.ipv4.conf.all.${name}=${want[name]}`);
    if (!off) continue;
    // The larger of all and the interface counts: to switch it off, both have to be 0.
    for (const dev of host.devs)
      if (dev !== null && dev.kind === 'ethernet' && dev.conf[name] !== 0) lines.push(`sysctl -w net.ipv4.conf.${dev.name}.${name}=0`);
  }
  return lines;
}

/** A plan of one thing that only the second future has; it may take several deeds. */
export function onePlan(change: readonly Doing[], label: Both, both: readonly Doing[]): Plan {
  return { labels: { a: { en: 'as it is', zh: '不做改动' }, b: label }, onlyA: [], onlyB: change, both };
}
