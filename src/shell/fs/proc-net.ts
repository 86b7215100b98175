/**
 * /proc/net and other made-up files of /proc.
 * Source: Linux 6.1 net/ipv4/arp.c (arp_seq_show, arp_format_pneigh_entry), net/core/net-procfs.c (dev_seq_show),
 *   net/ipv4/fib_trie.c (fib_route_seq_show).
 */
import type { Dev, Neigh, Route } from '../../host/index.ts';
import { formatIpv4, formatMac, ipv4, multicastMac } from '../../wire/index.ts';
import type { NodeNet } from '../../world/index.ts';

const hex = (value: number, width: number): string => (value >>> 0).toString(16).toUpperCase().padStart(width, '0');
/** an address as a little-endian machine prints it */
const hexSwapped = (addr: number): string =>
  hex(((addr >>> 24) | ((addr >>> 8) & 0xff00) | ((addr << 8) & 0xff0000) | (addr << 24)) >>> 0, 8);
const devName = (net: NodeNet, ifindex: number): string => net.host.devs[ifindex]?.name ?? '*';

function arpLine(net: NodeNet, neigh: Neigh): string {
  const known =
    neigh.nud === 'PERMANENT' || neigh.nud === 'REACHABLE' || neigh.nud === 'STALE' || neigh.nud === 'DELAY' || neigh.nud === 'PROBE';
  const flags = neigh.nud === 'PERMANENT' ? '0x6' : known ? '0x2' : '0x0';
  const mac = neigh.lladdr === null || !known ? '00:00:00:00:00:00' : formatMac(neigh.lladdr);
  return `${formatIpv4(neigh.addr).padEnd(16)} 0x1         ${flags}         ${mac}     *        ${devName(net, neigh.ifindex)}\n`;
}

/** The bucket of an address that is answered for (neighbour.c, pneigh_hash()). */
function proxyBucket(addr: number): number {
  let hash = ((addr >>> 24) | ((addr >>> 8) & 0xff00) | ((addr << 8) & 0xff0000) | (addr << 24)) >>> 0;
  hash = (hash ^ (hash >>> 16)) >>> 0;
  hash = (hash ^ (hash >>> 8)) >>> 0;
  return (hash ^ (hash >>> 4)) & 0xf;
}

/** Addresses that are answered for stand behind the neighbours, by bucket, the newest of a bucket first. */
function proxyLines(net: NodeNet): string {
  const proxies = [...net.host.neigh.entries.values()].filter((neigh) => neigh.proxy).reverse();
  proxies.sort((a, b) => proxyBucket(a.addr) - proxyBucket(b.addr));
  return proxies
    .map(
      ({ addr, ifindex }) =>
        `${formatIpv4(addr).padEnd(16)} 0x1         0xc         00:00:00:00:00:00     *        ${devName(net, ifindex)}\n`,
    )
    .join('');
}

export function procNetArp(net: NodeNet): string {
  const rows = [...net.host.neigh.entries.values()].filter((neigh) => neigh.nud !== 'NOARP' && neigh.nud !== 'NONE' && !neigh.proxy);
  return `IP address       HW type     Flags       HW address            Mask     Device\n${rows.map((neigh) => arpLine(net, neigh)).join('')}${proxyLines(net)}`;
}

function devLine(dev: Dev): string {
  const pad = (value: number, width: number): string => String(value).padStart(width);
  const rx = `${pad(dev.rxBytes, 7)} ${pad(dev.rxPackets, 7)} ${pad(0, 4)} ${pad(dev.rxDropped, 4)} ${pad(0, 4)} ${pad(0, 5)} ${pad(0, 10)} ${pad(0, 9)}`;
  const tx = `${pad(dev.txBytes, 8)} ${pad(dev.txPackets, 7)} ${pad(dev.txErrors, 4)} ${pad(dev.txDropped, 4)} ${pad(0, 4)} ${pad(0, 5)} ${pad(0, 7)} ${pad(0, 10)}`;
  return `${dev.name.padStart(6)}: ${rx} ${tx}\n`;
}

export function procNetDev(net: NodeNet): string {
  const head =
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
  return head + net.host.devs.map((dev) => (dev === null ? '' : devLine(dev))).join('');
}

/** Link-layer groups: IPv6's of all nodes, joined whether the interface is up or not, and IPv4's of all hosts. */
export function procNetDevMcast(net: NodeNet): string {
  const line = (dev: Dev, mac: string): string =>
    `${String(dev.ifindex).padEnd(4)} ${dev.name.padEnd(15)} 1     0     ${mac.replaceAll(':', '')}\n`;
  return net.host.devs
    .map((dev) => {
      if (dev === null || (dev.kind !== 'ethernet' && dev.kind !== 'dummy')) return '';
      const all = dev.mtu >= 1280 ? line(dev, '33:33:00:00:00:01') : '';
      return dev.up ? all + line(dev, formatMac(multicastMac(ipv4(224, 0, 0, 1)))) : all;
    })
    .join('');
}

function routeLine(net: NodeNet, route: Route): string {
  const hop = route.nexthops[0];
  const flags =
    (route.type === 'unreachable' || route.type === 'prohibit' ? 0x201 : 1) |
    ((hop?.gateway ?? null) !== null ? 2 : 0) |
    (route.prefixLen === 32 ? 4 : 0);
  const mask = route.prefixLen === 0 ? 0 : (0xffffffff << (32 - route.prefixLen)) >>> 0;
  const columns = [
    hop === undefined ? '*' : devName(net, hop.dev),
    hexSwapped(route.dst),
    hexSwapped(hop?.gateway ?? 0),
    hex(flags, 4),
    0,
    0,
    route.metric | 0,
    hexSwapped(mask),
    route.metrics?.advmss === undefined ? 0 : Number(route.metrics.advmss) + 40,
    Number(route.metrics?.window ?? 0),
    Number(route.metrics?.rtt ?? 0),
  ];
  return `${columns.join('\t').padEnd(127)}\n`;
}

export function procNetRoute(net: NodeNet): string {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const routes = (net.host.fib.tables.get(254) ?? []).filter(
    (route) => route.type !== 'local' && route.type !== 'broadcast' && route.type !== 'multicast',
  );
  return `${head.padEnd(127)}\n${routes.map((route) => routeLine(net, route)).join('')}`;
}

export function procModules(net: NodeNet): string {
  return [...net.host.modules]
    .reverse()
    .map((name) => `${name} 16384 0 - Live 0x0000000000000000\n`)
    .join('');
}

export function procUptime(net: NodeNet): string {
  const hundredths = Math.floor((net.now - net.host.bootedAt) / 10_000_000);
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
  return `${text} ${text}\n`;
}
