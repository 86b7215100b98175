/**
 * Interfaces by number and by name.
 * Comes from: everywhere in this room.  Goes to: HostState.devs.
 * Source: Linux 6.1 net/core/dev.c, __dev_get_by_index(), __dev_get_by_name().
 * Differs: nothing known.
 */
import type { Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { IfIndex } from '../skb.ts';
import type { HostState } from '../state.ts';
import type { Dev, IfAddr } from './state.ts';

export function devGet(host: HostState, ifindex: IfIndex): Dev | null {
  return host.devs[ifindex] ?? null;
}

/** The same for the way of a packet: mostly the interface by which the last one came, whose record is at hand. */
export function devOfPacket(net: Net, ifindex: IfIndex): Dev | null {
  const usual = net.usualDev;
  return usual !== null && usual.ifindex === ifindex ? usual : devGet(net.host, ifindex);
}

export function devByName(host: HostState, name: string): Dev | null {
  for (const dev of host.devs) if (dev !== null && dev.name === name) return dev;
  return null;
}

/** Name for sentences; a number stands for an interface that is gone. */
export function devName(host: HostState, ifindex: IfIndex): string {
  return host.devs[ifindex]?.name ?? `if${ifindex}`;
}

/** The interface that an address of this host is configured on (inet_lookup_ifaddr_rcu), up or down. */
export function devOfAddr(host: HostState, addr: Ipv4): Dev | null {
  for (const dev of host.devs) {
    if (dev === null) continue;
    for (const ifa of dev.addrs) if (ifa.local === addr) return dev;
  }
  return null;
}

/** The entry for an address on one interface. */
export function addrOn(dev: Dev, local: Ipv4): IfAddr | null {
  for (const ifa of dev.addrs) if (ifa.local === local) return ifa;
  return null;
}

/** Name of the interface that has an address, for sentences; '-' if none has it. */
export function ownerName(host: HostState, addr: Ipv4): string {
  return devOfAddr(host, addr)?.name ?? '-';
}
