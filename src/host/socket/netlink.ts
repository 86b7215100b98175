/**
 * Route netlink sockets: programs that want to know when interfaces go up and down and addresses come
 * and go. keepalived opens one; `ip monitor` one that hears of everything.
 * Comes from: dev/ (changes), programs.  Goes to: the program.
 * Source: Linux 6.1 net/core/rtnetlink.c, rtmsg_ifinfo(); net/ipv4/devinet.c, rtmsg_ifa(); net/ipv4/fib_semantics.c,
 *   rtmsg_fib(); net/core/neighbour.c, neigh_update_notify(); net/core/fib_rules.c, notify_rule_change().
 * Differs: groups RTNLGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, NEIGH and IPV4_RULE; keepalived's messages say what changed,
 *   not all that is known.
 */
import { intDelete, intGet, intSet } from '../../engine/index.ts';
import type { Ipv4, PrefixLen } from '../../wire/index.ts';
import type { Dev, IfAddr } from '../dev/state.ts';
import type { FibRule, Route } from '../fib/state.ts';
import type { Neigh } from '../neigh/state.ts';
import type { Net } from '../net.ts';
import type { IfIndex } from '../skb.ts';
import type { NetlinkSock, SockId } from './state.ts';
import { newSockId } from './table.ts';

export type NetlinkEvent =
  /** flags or carrier changed: whether it was up and running then */
  | { readonly kind: 'link'; readonly dev: IfIndex; readonly up: boolean }
  | {
      readonly kind: 'addr';
      readonly dev: IfIndex;
      readonly added: boolean;
      readonly addr: Ipv4;
      readonly prefixLen: PrefixLen;
    };

/** What `ip monitor` hears of: something as it has become, or as it was when it went. */
export type RtEvent = { readonly gone: boolean } & (
  | { readonly kind: 'link'; readonly dev: Dev }
  | { readonly kind: 'addr'; readonly dev: IfIndex; readonly ifa: IfAddr }
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'neigh'; readonly neigh: Neigh }
  | { readonly kind: 'rule'; readonly rule: FibRule }
);

/** Messages that wait for a program that does not read are limited. */
const QUEUE_MAX = 1024;

export function netlinkOpen(net: Net, pid: number): SockId {
  const { sockets } = net.host;
  const sock: NetlinkSock = { kind: 'netlink', id: newSockId(sockets), owner: pid, queue: [], ctQueue: [] };
  intSet(sockets.byId, sock.id, sock);
  sockets.netlinks.push(sock.id);
  return sock.id;
}

/** Tells whoever listens. */
export function netlinkNotify(net: Net, event: NetlinkEvent): void {
  const { sockets } = net.host;
  for (const id of sockets.netlinks) {
    const sock = intGet(sockets.byId, id) as NetlinkSock;
    if (sock.queue.length >= QUEUE_MAX) continue;
    sock.queue.push(event);
    net.wakeForSocket(sock.owner, id);
  }
}

/** A socket that hears of every change from now on. */
export function rtListen(net: Net, pid: number): SockId {
  const { sockets } = net.host;
  const sock: NetlinkSock = { kind: 'netlink', id: newSockId(sockets), owner: pid, queue: [], ctQueue: [], rtQueue: [] };
  intSet(sockets.byId, sock.id, sock);
  sockets.rtListeners.push(sock.id);
  return sock.id;
}

export function rtEventRecv(net: Net, id: SockId): RtEvent | null {
  const sock = intGet(net.host.sockets.byId, id);
  return sock?.kind === 'netlink' ? (sock.rtQueue?.shift() ?? null) : null;
}

/** Tells every listener; whoever calls has seen that there is one. */
export function rtTell(net: Net, event: RtEvent): void {
  const { sockets } = net.host;
  const told = copyOf(event);
  for (const id of sockets.rtListeners) {
    const sock = intGet(sockets.byId, id);
    if (sock?.kind !== 'netlink' || sock.rtQueue === undefined || sock.rtQueue.length >= QUEUE_MAX) continue;
    sock.rtQueue.push(told);
    net.wakeForSocket(sock.owner, id);
  }
}

/** What it was at that moment, without what hangs on it. */
function copyOf(event: RtEvent): RtEvent {
  switch (event.kind) {
    case 'link':
      return { ...event, dev: { ...event.dev, addrs: [], cell: [] } };
    case 'addr':
      return { ...event, ifa: { ...event.ifa } };
    case 'neigh':
      return { ...event, neigh: { ...event.neigh, queue: [] } };
    default:
      return event;
  }
}

export function netlinkClose(net: Net, sock: NetlinkSock): void {
  const { sockets, nf } = net.host;
  sockets.netlinks = sockets.netlinks.filter((id) => id !== sock.id);
  sockets.rtListeners = sockets.rtListeners.filter((id) => id !== sock.id);
  nf.ctListeners = nf.ctListeners.filter((id) => id !== sock.id);
  intDelete(sockets.byId, sock.id);
}
