/**
 * What stands in the nodes' tables at a moment, as facts: neighbours, IPVS, routes, settings, cables.
 * Comes from: a world.  Goes to: compare.ts.
 */
import type { NodeId } from '../../engine/index.ts';
import { fibExceptions, neighList, routeText, RT_TABLE_LOCAL, type HostState } from '../../host/index.ts';
import { connsOf, endText, type Conn, type IpvsState } from '../../ipvs/index.ts';
import { formatIpv4, formatMac, type Mac } from '../../wire/index.ts';
import type { LinuxNode, NodeState } from '../../world/index.ts';
import type { WorldView } from '../run.ts';
import { fact, same, type Fact, type Told } from './fact.ts';

/** Yields undefined now and then, for whoever has to do something else meanwhile. */
export function* tableFacts(world: WorldView): Generator<Fact | undefined> {
  const macs = macsOf(world.nodes);
  for (let i = 0; i < world.nodes.length; i++) {
    const node = world.nodes[i] as NodeState;
    if (node.kind === 'linux') yield* nodeFacts(i as NodeId, node, macs);
    yield undefined;
  }
  for (const [i, link] of world.shared.links.entries()) {
    const ends = link.ends.map(({ node }) => world.nodes[node]?.name ?? '').join(' – ');
    const { up, delayNs, rateBps, lossPpm } = link;
    const figures = `${delayNs / 1000} µs, ${rateBps === null ? '∞' : rateBps / 1_000_000} Mbit/s, ${lossPpm / 10_000} %`;
    yield fact(
      'setting',
      `link ${i}`,
      link.ends[0].node,
      { en: `cable ${ends}`, zh: `网线 ${ends}` },
      { en: `${up ? 'plugged in' : 'cut'}, ${figures}`, zh: `${up ? '已连接' : '已拔掉'}，${figures}` },
    );
  }
}

function* nodeFacts(id: NodeId, node: Readonly<LinuxNode>, macs: ReadonlyMap<Mac, string>): Generator<Fact> {
  yield* neighFacts(id, node.name, node.host, macs);
  yield* ipvsFacts(id, node.name, node.ipvs);
  yield* routeFacts(id, node.name, node.host);
  yield* settingFacts(id, node);
}

function macsOf(nodes: readonly Readonly<NodeState>[]): Map<Mac, string> {
  const macs = new Map<Mac, string>();
  for (const node of nodes) {
    if (node.kind !== 'linux') continue;
    for (const dev of node.host.devs) if (dev !== null && dev.kind === 'ethernet') macs.set(dev.lladdr, `${node.name}·${dev.name}`);
  }
  return macs;
}

function* neighFacts(id: NodeId, name: string, host: HostState, macs: ReadonlyMap<Mac, string>): Generator<Fact> {
  for (const { ifindex, addr, lladdr, nud, proxy } of neighList(host)) {
    if (proxy || nud === 'NONE' || nud === 'NOARP') continue;
    const dev = host.devs[ifindex]?.name ?? '';
    const ip = formatIpv4(addr);
    const owner = lladdr === null ? '' : `${macs.get(lladdr) ?? formatMac(lladdr)} `;
    yield fact(
      'neigh',
      `${id} ${ifindex} ${addr}`,
      id,
      { en: `${name}: ${ip} on ${dev}`, zh: `${name}：${dev} 上的 ${ip}` },
      same(`${owner}${nud}`),
    );
  }
}

const COUNTS: readonly (readonly [key: 'conns' | 'active' | 'inactive' | 'packets', label: Told])[] = [
  ['conns', { en: 'connections scheduled', zh: '累计调度连接' }],
  ['active', { en: 'active connections', zh: '活动连接' }],
  ['inactive', { en: 'inactive connections', zh: '非活动连接' }],
  ['packets', { en: 'packets in', zh: '入包数' }],
];

function* ipvsFacts(id: NodeId, name: string, ipvs: IpvsState): Generator<Fact> {
  for (const svc of ipvs.services) {
    const service = svc.fwmark === 0 ? endText(svc) : `fwmark ${svc.fwmark}${svc.addr6 === null ? '' : ' IPv6'}`;
    yield fact(
      'ipvs',
      `${id} ${service} scheduler`,
      id,
      { en: `${name}: scheduler of ${service}`, zh: `${name}：${service} 的调度算法` },
      same(svc.scheduler),
    );
    for (const dest of svc.dests) {
      const rip = endText(dest);
      const counts = {
        conns: dest.stats.now.conns,
        active: dest.activeConns,
        inactive: dest.inactConns,
        packets: dest.stats.now.inPkts,
      };
      yield fact(
        'ipvs',
        `${id} ${service} ${rip} weight`,
        id,
        { en: `${name}: weight of ${rip}`, zh: `${name}：${rip} 的权重` },
        same(`${dest.weight}`),
      );
      for (const [key, label] of COUNTS) {
        yield fact(
          'ipvs',
          `${id} ${service} ${rip} ${key}`,
          id,
          { en: `${name}: ${rip} ${label.en}`, zh: `${name}：${rip} ${label.zh}` },
          same(String(counts[key])),
        );
      }
    }
  }
  for (const conn of connsOf(ipvs.conns)) {
    const key = `${conn.proto} ${formatIpv4(conn.caddr)}:${conn.cport} → ${formatIpv4(conn.vaddr)}:${conn.vport}`;
    const short = `${formatIpv4(conn.caddr)}:${conn.cport}`;
    const what = conn.template
      ? { en: `${name}: persistence of ${short}`, zh: `${name}：${short} 的持久连接模板` }
      : { en: `${name}: connection of ${short}`, zh: `${name}：${short} 的连接` };
    yield fact('ipvs', `${id} conn ${key}`, id, what, same(connText(conn)));
  }
}

function connText(conn: Conn): string {
  return `${formatIpv4(conn.daddr)}:${conn.dport} ${conn.state}`;
}

function* routeFacts(id: NodeId, name: string, host: HostState): Generator<Fact> {
  for (const [table, routes] of host.fib.tables) {
    if (table === RT_TABLE_LOCAL) continue;
    for (const route of routes) {
      const text = routeText(host, route);
      yield fact('route', `${id} ${table} ${text} ${route.metric}`, id, same(`${name}: ${text}`), {
        en: 'yes',
        zh: '有',
      });
    }
  }
  for (const [addr, { gateway, mtu }] of fibExceptions(host.fib)) {
    const ip = formatIpv4(addr);
    const learnt = `${gateway === null ? '' : `via ${formatIpv4(gateway)} `}${mtu === null ? '' : `mtu ${mtu}`}`.trim();
    yield fact('route', `${id} learnt ${addr}`, id, { en: `${name}: learnt about ${ip}`, zh: `${name}：关于 ${ip} 学到` }, same(learnt));
  }
}

function* settingFacts(id: NodeId, { name, host, ipvs }: Readonly<LinuxNode>): Generator<Fact> {
  const rows = function* (prefix: string, values: object): Generator<Fact> {
    for (const [key, value] of Object.entries(values)) {
      if (typeof value !== 'number' && typeof value !== 'string') continue;
      yield fact('setting', `${id} ${prefix}${key}`, id, same(`${name}: ${prefix}${key}`), same(String(value)));
    }
  };
  yield* rows('', host.sysctl);
  yield* rows('net.ipv4.vs.', ipvs.sysctl);
  yield* rows('net.ipv4.conf.all.', host.conf.all);
  yield* rows('net.ipv4.conf.default.', host.conf.default);
  for (const dev of host.devs) {
    if (dev === null) continue;
    yield* rows(`net.ipv4.conf.${dev.name}.`, dev.conf);
    const addrs = dev.addrs.map((addr) => `${formatIpv4(addr.local)}/${addr.prefixLen}`).join(' ');
    yield fact(
      'setting',
      `${id} dev ${dev.name}`,
      id,
      same(`${name}: ${dev.name}`),
      same(`${dev.up ? 'up' : 'down'} mtu ${dev.mtu} ${addrs}`),
    );
  }
}
