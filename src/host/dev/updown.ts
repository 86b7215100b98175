/**
 * Switching interfaces on and off, and changing their properties, with all that follows.
 * Comes from: the commands ip link and ifconfig, world/ (cables).  Goes to: dev/addr.ts, fib/config.ts, neigh/admin.ts, arp/send.ts.
 * Source: Linux 6.1 net/ipv4/devinet.c, inetdev_event(); net/bridge/br_if.c, br_port_carrier_check() (runs
 *   after the interface is up); net/ipv4/fib_frontend.c, fib_netdev_event();
 *   net/ipv4/arp.c, arp_netdev_event(); net/core/dev.c, dev_change_name().
 * Differs: what arp_notify sends while an interface comes up is lost on every kind of cable, as it is at the
 *   port of a bridge.
 */
import { ARP_REQUEST, IPV4_LOOPBACK, MAC_BROADCAST, MAC_ZERO, type Mac } from '../../wire/index.ts';
import { arpSend } from '../arp/send.ts';
import { fibSyncDownDev } from '../fib/config.ts';
import { neighCarrierDown, neighChangeAddr, neighIfDown } from '../neigh/admin.ts';
import { fibChanged } from '../fib/table.ts';
import type { Net } from '../net.ts';
import { addrAdd, fibAddIfaddr } from './addr.ts';
import { confAnd, confMax } from './conf.ts';
import { devByName } from './get.ts';
import type { Dev } from './state.ts';

/** Smallest MTU an interface takes (ETH_MIN_MTU); IPv4 needs as much. */
export const MIN_MTU = 68;
const MAX_MTU = 65535;
/** Longest name, without the terminating zero (IFNAMSIZ - 1). */
const MAX_NAME = 15;

export function devSetUp(net: Net, dev: Dev, up: boolean): void {
  if (dev.up === up) return;
  dev.up = up;
  if (dev.kind === 'ethernet' && dev.carrier) dev.carrierChanges++;
  if (up) dev.everUp = true;
  net.trace('dev', 'state', up ? 'dev.up' : 'dev.down', null, null, dev.ifindex);
  if (dev.kind === 'ethernet' && dev.carrier) net.linkChanged(dev.ifindex, up);
  tellLink(net, dev, false);
  if (up) bringUp(net, dev);
  else {
    fibSyncDownDev(net, dev.ifindex, false);
    fibChanged(net.host.fib);
    neighIfDown(net, dev);
  }
  linkNotify(net, dev);
  // the state that follows from the carrier is told once more
  if (up && dev.kind === 'ethernet' && dev.carrier) tellLink(net, dev, false);
}

/** Programs that watch everything hear of it. */
export function tellLink(net: Net, dev: Dev, gone: boolean): void {
  if (net.host.sockets.rtListeners.length > 0) net.tables.calls.rtTell(net, { kind: 'link', dev, gone });
}

/** Programs that watch interfaces hear of it. */
function linkNotify(net: Net, dev: Dev): void {
  if (net.host.sockets.netlinks.length > 0)
    net.tables.calls.netlinkNotify(net, { kind: 'link', dev: dev.ifindex, up: dev.up && dev.carrier });
}

function bringUp(net: Net, dev: Dev): void {
  if (dev.kind === 'loopback' && dev.addrs.length === 0) addrAdd(net, dev, { local: IPV4_LOOPBACK, prefixLen: 8 });
  if (confMax(net.host, dev, 'arp_notify') !== 0) announceInVain(net, dev);
  for (const ifa of dev.addrs) fibAddIfaddr(net.host, dev, ifa, net);
  fibChanged(net.host.fib);
}

/**
 * The kernel announces the addresses of an interface within the moment it comes up. The port at the other
 * end of the cable notices the new link only afterwards, so that these frames reach nobody.
 */
function announceInVain(net: Net, dev: Dev): void {
  for (const ifa of dev.addrs) {
    net.trace('arp', 'state', 'arp.notify-too-early', null, net.tracing ? { addr: ifa.local } : null, dev.ifindex);
  }
}

/** Gratuitous ARP for every address of the interface (inetdev_send_gratuitous_arp). */
function announceAddrs(net: Net, dev: Dev): void {
  for (const ifa of dev.addrs) {
    net.trace('arp', 'state', 'arp.notify', null, net.tracing ? { addr: ifa.local } : null, dev.ifindex);
    arpSend(net, dev, ARP_REQUEST, MAC_BROADCAST, dev.lladdr, ifa.local, MAC_ZERO, ifa.local, null);
  }
}

/** The cable was plugged in or pulled out, or its other end came up or went down. */
export function devSetCarrier(net: Net, dev: Dev, carrier: boolean): void {
  if (dev.carrier === carrier) return;
  dev.carrier = carrier;
  if (dev.up) dev.carrierChanges++;
  fibChanged(net.host.fib);
  net.trace('dev', 'state', carrier ? 'dev.carrier-on' : 'dev.carrier-off', null, null, dev.ifindex);
  if (!carrier && confAnd(net.host, dev, 'arp_evict_nocarrier')) neighCarrierDown(net, dev);
  tellLink(net, dev, false);
  linkNotify(net, dev);
}

/** Packets that never leave the host may have any length. */
function maxMtu(dev: Dev): number {
  return dev.kind === 'loopback' || dev.kind === 'dummy' ? 0x7fffffff : MAX_MTU;
}

export function devSetMtu(net: Net, dev: Dev, mtu: number): 'EINVAL' | null {
  if (!Number.isInteger(mtu) || mtu < MIN_MTU || mtu > maxMtu(dev)) return 'EINVAL';
  dev.mtu = mtu;
  fibChanged(net.host.fib);
  net.trace('dev', 'state', 'dev.mtu', null, net.tracing ? { mtu } : null, dev.ifindex);
  tellLink(net, dev, false);
  return null;
}

export function devSetLladdr(net: Net, dev: Dev, lladdr: Mac): void {
  dev.lladdr = lladdr;
  net.usualHeader = null;
  net.trace('dev', 'state', 'dev.lladdr', null, net.tracing ? { mac: lladdr } : null, dev.ifindex);
  tellLink(net, dev, false);
  if (dev.up && confMax(net.host, dev, 'arp_notify') !== 0) announceAddrs(net, dev);
  neighChangeAddr(net, dev);
}

/** `ip link set … arp on|off` */
export function devSetNoarp(net: Net, dev: Dev, noarp: boolean): void {
  if (dev.noarp === noarp) return;
  dev.noarp = noarp;
  tellLink(net, dev, false);
  neighChangeAddr(net, dev);
}

/** The first address is labelled by the name alone, the others keep what stands behind the colon or are numbered (inetdev_changename). */
function renamedLabel(name: string, old: string, index: number): string {
  if (index === 0) return name;
  const colon = old.indexOf(':');
  const suffix = colon < 0 ? `:${index + 1}` : old.slice(colon);
  return name.slice(0, MAX_NAME - suffix.length) + suffix;
}

/** An interface must be down to be renamed; the labels of its addresses follow. */
export function devRename(net: Net, dev: Dev, name: string): 'EBUSY' | 'EEXIST' | 'EINVAL' | null {
  if (dev.up) return 'EBUSY';
  if (name === '' || name.length > MAX_NAME || /[\s/:]/.test(name) || name === '.' || name === '..') return 'EINVAL';
  if (name === dev.name) return null;
  if (devByName(net.host, name) !== null) return 'EEXIST';
  const old = dev.name;
  dev.name = name;
  dev.addrs.forEach((ifa, i) => (ifa.label = renamedLabel(name, ifa.label, i)));
  fibChanged(net.host.fib);
  net.trace('dev', 'state', 'dev.renamed', null, net.tracing ? { old, name } : null, dev.ifindex);
  tellLink(net, dev, false);
  return null;
}
