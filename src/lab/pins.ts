/**
 * Settings shown as switches, with what their present value does in words.
 * Comes from: the scenario's pins, and what is usual for a node of a role.  Goes to: panels/scenario, the node inspector.
 */
import type { NodeId } from '../engine/index.ts';
import { sysctlRead, type DevConfName } from '../host/index.ts';
import { hostTables, type LinuxNode, type NodeNet, type NodeState } from '../world/index.ts';
import type { Both } from './branch.ts';

export interface Pin {
  readonly node: NodeId;
  readonly sysctl: string;
}

/** A node as code that only looks at its parts sees it: nothing can be done with it. */
export function nodeView(node: Readonly<LinuxNode>): NodeNet {
  const view = {
    host: node.host,
    ipvs: node.ipvs,
    user: node.user,
    parts: { ipvs: node.ipvs, user: node.user },
    tables: hostTables,
  };
  return view as unknown as NodeNet;
}

/** Reads a setting out of a node's state; null when there is no such place. */
export function readSetting(node: Readonly<LinuxNode>, name: string): string | null {
  return sysctlRead(nodeView(node), name);
}

/** Settings of which all and the interface give one value together, and how. */
const COMBINED: Readonly<Record<string, 'max' | 'or' | 'and'>> = {
  arp_ignore: 'max',
  arp_announce: 'max',
  rp_filter: 'max',
  arp_filter: 'or',
  proxy_arp: 'or',
  send_redirects: 'or',
  accept_local: 'or',
  forwarding: 'and',
};

/**
 * The value that counts on each Ethernet interface when all and the interface differ.
 * @returns '' when the pinned value is the one that counts
 */
export function effectiveNote(
  node: Readonly<LinuxNode>,
  name: string,
): { readonly dev: string; readonly value: number; readonly by: 'max' | 'or' | 'and' } | null {
  const setting = /^net\.ipv4\.conf\.[^.]+\.(\w+)$/.exec(name)?.[1] ?? '';
  const by = COMBINED[setting];
  if (by === undefined || by === 'and') return null;
  const pinned = Number(readSetting(node, name));
  const all = node.host.conf.all[setting as DevConfName];
  for (const dev of node.host.devs) {
    if (dev === null || dev.kind !== 'ethernet') continue;
    if (!name.includes('.all.') && !name.includes(`.${dev.name}.`)) continue;
    const own = dev.conf[setting as DevConfName];
    const value = by === 'max' ? Math.max(all, own) : Number(all !== 0 || own !== 0);
    if (value !== pinned) return { dev: dev.name, value, by };
  }
  return null;
}

/** Values that a switch offers. */
export function choicesOf(name: string): readonly string[] {
  const setting = name.slice(name.lastIndexOf('.') + 1);
  return THREE.has(setting) ? ['0', '1', '2'] : ['0', '1'];
}
const THREE = new Set(['arp_ignore', 'arp_announce', 'rp_filter']);

/** `arp_ignore`, or `eth0.arp_ignore` for one interface: short enough for a row. */
export function shortName(name: string): string {
  const conf = /^net\.ipv4\.conf\.([^.]+)\.(\w+)$/.exec(name);
  if (conf !== null) return conf[1] === 'all' ? (conf[2] ?? name) : `${conf[1]}.${conf[2]}`;
  return name.replace(/^net\.ipv4\./, '');
}

/** Pins of a lab that names none: what decides between a healthy and a broken LVS. */
export function usualPins(nodes: readonly Readonly<NodeState>[]): Pin[] {
  return nodes.flatMap((node, i): Pin[] => {
    const id = i as NodeId;
    if (node.role === 'realserver')
      return [
        { node: id, sysctl: 'net.ipv4.conf.all.arp_ignore' },
        { node: id, sysctl: 'net.ipv4.conf.all.arp_announce' },
      ];
    if (node.role === 'director' || node.role === 'router') return [{ node: id, sysctl: 'net.ipv4.ip_forward' }];
    return [];
  });
}

/** What a value does, for the settings that lessons turn on. */
const EFFECTS: Readonly<Record<string, Readonly<Record<string, Both>>>> = {
  arp_ignore: {
    '0': {
      en: 'Answers ARP for every local address, whatever interface has it: also for a VIP on lo.',
      zh: '本机任何接口上的地址都应答 ARP，包括 lo 上的 VIP。',
    },
    '1': {
      en: 'Answers ARP only for addresses of the interface that was asked: stays silent about a VIP on lo.',
      zh: '只应答收到请求的那个接口上的地址：lo 上的 VIP 不应答。',
    },
    '2': { en: 'As 1, and only if the asker is in the same subnet.', zh: '同 1，且请求方须在同一子网。' },
  },
  arp_announce: {
    '0': {
      en: 'May name any local address as the sender in its ARP requests: also the VIP, which spoils others’ tables.',
      zh: 'ARP 请求的发送方可用本机任何地址，包括 VIP：会污染别人的邻居表。',
    },
    '1': {
      en: 'Prefers a sender address of the target’s subnet in ARP requests.',
      zh: 'ARP 请求尽量使用与目标同网段的源地址。',
    },
    '2': {
      en: 'Names the best address of the sending interface in ARP requests, never the VIP on lo.',
      zh: 'ARP 请求总是使用发送接口上的最佳地址，不会用 lo 上的 VIP。',
    },
  },
  ip_forward: {
    '0': { en: 'Does not forward packets that are for somebody else.', zh: '不转发目的地不是本机的报文。' },
    '1': { en: 'Forwards packets that are for somebody else.', zh: '转发目的地不是本机的报文。' },
  },
  rp_filter: {
    '0': { en: 'Takes packets from any source by any interface.', zh: '不检查源地址从哪个接口来。' },
    '1': {
      en: 'Drops a packet whose source is not reached by the interface it came in by.',
      zh: '源地址的回程路由不是收包接口时丢弃。',
    },
    '2': {
      en: 'Drops a packet only if its source is not reachable by any interface.',
      zh: '源地址从任何接口都不可达时才丢弃。',
    },
  },
  send_redirects: {
    '0': { en: 'Never tells a sender of a better gateway.', zh: '不发送 ICMP 重定向。' },
    '1': {
      en: 'Tells a sender of a better gateway by an ICMP redirect.',
      zh: '发现更好的网关时发送 ICMP 重定向。',
    },
  },
  conntrack: {
    '0': { en: 'IPVS keeps its connections out of conntrack.', zh: 'IPVS 连接不进入 conntrack。' },
    '1': { en: 'IPVS connections are tracked by conntrack too.', zh: 'IPVS 连接同时由 conntrack 跟踪。' },
  },
  expire_nodest_conn: {
    '0': {
      en: 'Packets of connections to a removed real server are dropped silently.',
      zh: '后端移除后，其连接的报文被静默丢弃。',
    },
    '1': { en: 'Connections to a removed real server end at once.', zh: '后端移除后，其连接立即过期。' },
  },
};

/** What the present value does, or null when nothing is known about it. */
export function effectOf(name: string, value: string): Both | null {
  const setting = name.slice(name.lastIndexOf('.') + 1);
  const known = EFFECTS[setting === 'forwarding' ? 'ip_forward' : setting];
  return known?.[value] ?? null;
}
