/**
 * New interfaces, and interfaces that go.
 * Comes from: world/ (network cards of a node), the commands ip link add and ip tunnel, init.ts.  Goes to: HostState.devs.
 * Source: Linux 6.1 net/core/dev.c, register_netdevice(); net/ipv4/devinet.c, inetdev_init();
 *   net/core/neighbour.c, neigh_parms_alloc().
 * Differs: nothing known.
 */
import type { Nanos } from '../../engine/index.ts';
import { MAC_ZERO, type Mac } from '../../wire/index.ts';
import { fibSyncDownDev } from '../fib/config.ts';
import { fibChanged } from '../fib/table.ts';
import type { NeighParms } from '../neigh/state.ts';
import type { Net } from '../net.ts';
import type { IfIndex } from '../skb.ts';
import type { HostState } from '../state.ts';
import { addrFlush } from './addr.ts';
import type { Dev, DevKind, TunnelParms } from './state.ts';
import { devSetUp, tellLink } from './updown.ts';

export interface DevSpec {
  readonly name: string;
  readonly kind: DevKind;
  /** left out: a random one of the locally administered kind */
  readonly lladdr?: Mac | undefined;
  /** left out: 65536 for lo, 1480 for ipip, else 1500 */
  readonly mtu?: number | undefined;
  readonly tunnel?: TunnelParms | null | undefined;
}

const DEFAULT_MTU: Readonly<Record<DevKind, number>> = {
  loopback: 65536,
  ethernet: 1500,
  dummy: 1500,
  ipip: 1480,
};

/** An interface with the host's present defaults, not yet in the list. */
export function createDev(host: HostState, ifindex: IfIndex, spec: DevSpec, lladdr: Mac): Dev {
  const { kind } = spec;
  // what every packet reads stands first: it shares a line of memory
  return {
    ifindex,
    kind,
    up: false,
    carrier: true,
    mtu: spec.mtu ?? DEFAULT_MTU[kind],
    tapped: false,
    rxPackets: 0,
    rxBytes: 0,
    txPackets: 0,
    txBytes: 0,
    txBusyUntil: 0 as Nanos,
    lladdr,
    rxDropped: 0,
    txDropped: 0,
    txErrors: 0,
    carrierChanges: kind === 'ethernet' ? 1 : 0,
    name: spec.name,
    everUp: false,
    noarp: kind === 'dummy' || kind === 'ipip',
    nomulticast: kind !== 'ethernet',
    promisc: false,
    allmulti: false,
    alias: null,
    group: 0,
    addrs: [],
    conf: { ...host.conf.default },
    neighParms: { ...host.neigh.parms, ownNames: [] },
    confOwn: [],
    mcGroups: new Map(),
    tunnel: spec.tunnel ?? null,
    tunnelErrors: null,
    cell: [],
    txQueueLen: 1000,
  };
}

/** Uniform in [base/2, 3/2 base), as the kernel draws it for each interface. */
function drawReachableTime(net: Net, parms: NeighParms): void {
  const base = parms.base_reachable_time_ms;
  parms.reachableTimeMs = base === 0 ? 0 : Math.floor(base / 2) + net.randomBelow(base);
}

function randomMac(net: Net): Mac {
  return (0x020000000000 + net.randomBelow(0x100) * 0x100000000 + net.random()) as Mac;
}

/** Adds an interface, down and without addresses. Its name must be free. */
export function devAdd(net: Net, spec: DevSpec): Dev {
  const { host } = net;
  const ifindex = host.devs.length as IfIndex;
  const lladdr = spec.lladdr ?? (spec.kind === 'loopback' || spec.kind === 'ipip' ? MAC_ZERO : randomMac(net));
  const dev = createDev(host, ifindex, spec, lladdr);
  drawReachableTime(net, dev.neighParms);
  host.devs.push(dev);
  net.trace('dev', 'state', 'dev.added', null, net.tracing ? { kind: spec.kind } : null, ifindex);
  tellLink(net, dev, false);
  return dev;
}

/** `ip link del`: addresses, routes and neighbours go with it; its number is not used again. */
export function devDel(net: Net, dev: Dev): 'EOPNOTSUPP' | null {
  if (dev.kind === 'loopback' || dev.kind === 'ethernet') return 'EOPNOTSUPP';
  devSetUp(net, dev, false);
  addrFlush(net, dev, () => true);
  fibSyncDownDev(net, dev.ifindex, true);
  net.trace('dev', 'state', 'dev.deleted', null, net.tracing ? { name: dev.name } : null, dev.ifindex);
  tellLink(net, dev, true);
  net.host.devs[dev.ifindex] = null;
  fibChanged(net.host.fib);
  return null;
}
