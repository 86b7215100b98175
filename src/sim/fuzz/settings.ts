/**
 * What commands configure at a host, as text: equal texts mean that nothing was changed. What packets,
 * timers and sockets change by themselves is left out.
 * Comes from: a node's state.  Goes to: try-line.ts.
 */
import type { LinuxNode } from '../../world/index.ts';

/** Counters and memories inside of settings. */
const COUNTED: readonly string[] = [
  'stats',
  'rxPackets',
  'rxBytes',
  'rxDropped',
  'txPackets',
  'txBytes',
  'txDropped',
  'txErrors',
  'packets',
  'bytes',
  'activeConns',
  'inactConns',
  'persistConns',
  'schedData',
  'nextLaddr',
  'txBusyUntil',
  'reachableTimeMs',
  'idleSince',
  'overload',
  'memory',
  'carrier',
  'promisc',
  'credit',
  'prev',
];

export function settingsOf(node: LinuxNode): string {
  const { host, ipvs, user } = node;
  const neighbours = [...host.neigh.entries.values()].filter((neigh) => neigh.nud === 'PERMANENT' || neigh.proxy);
  const {
    entries: _entries,
    gcTimer: _gcTimer,
    lastFlush: _lastFlush,
    proxyQueue: _queue,
    nextProxy: _next,
    ...neighSettings
  } = host.neigh;
  return JSON.stringify(
    {
      hostname: host.hostname,
      devs: host.devs,
      conf: host.conf,
      neigh: [neighSettings, neighbours.map(({ ifindex, addr, lladdr, nud, proxy }) => [ifindex, addr, lladdr, nud, proxy])],
      tables: host.fib.tables,
      rules: host.fib.rules,
      // a table of the packet filter comes into being when somebody looks
      filter: host.nf.tables.filter((table) => table.chains.some((chain) => chain.rules.length > 0)),
      arp: host.nf.arp?.some((chain) => chain.rules.length > 0) === true ? host.nf.arp : null,
      sysctl: host.sysctl,
      services: ipvs.services,
      ipvs: [ipvs.timeouts, ipvs.daemons, ipvs.sysctl],
      units: user.services,
    },
    (key, value: unknown) => {
      if (COUNTED.includes(key)) return undefined;
      return value instanceof Map
        ? [...(value as Map<unknown, unknown>)].filter(([, rows]) => !Array.isArray(rows) || rows.length > 0)
        : value;
    },
  );
}
