/**
 * Route netlink sockets: programs that want to know when interfaces go up and down and addresses come
 * and go. keepalived opens one.
 * Comes from: dev/ (changes), programs.  Goes to: the program.
 * Source: Linux 6.1 net/core/rtnetlink.c, rtmsg_ifinfo(); net/ipv4/devinet.c, rtmsg_ifa().
 * Differs: groups RTNLGRP_LINK and RTNLGRP_IPV4_IFADDR only; a message says what changed, not all that is known.
 */
import { intDelete, intGet, intSet } from '../../engine/index.ts';
import type { Ipv4, PrefixLen } from '../../wire/index.ts';
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

export function netlinkClose(net: Net, sock: NetlinkSock): void {
  const { sockets, nf } = net.host;
  sockets.netlinks = sockets.netlinks.filter((id) => id !== sock.id);
  nf.ctListeners = nf.ctListeners.filter((id) => id !== sock.id);
  intDelete(sockets.byId, sock.id);
}
