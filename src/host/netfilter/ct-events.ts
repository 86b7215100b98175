/**
 * Who wants to know what becomes of tracked connections: `conntrack -E`.
 * Comes from: conntrack.ts (what happens), programs (they listen).  Goes to: the program.
 * Source: Linux 6.1 net/netfilter/nf_conntrack_ecache.c, nf_ct_deliver_cached_events();
 *   net/netfilter/nf_conntrack_netlink.c, ctnetlink_conntrack_event().
 * Differs: an entry that timed out is told as destroyed when the table is looked at, not by a worker in the background.
 */
import { intGet, intSet, NS_PER_S } from '../../engine/index.ts';
import type { Net } from '../net.ts';
import type { NetlinkSock, SockId } from '../socket/state.ts';
import { newSockId } from '../socket/table.ts';
import type { CtEntry, CtEvent } from './state.ts';

/** Messages that wait for a program that does not read are limited. */
const QUEUE_MAX = 1024;

/** Only connections that begin from now on are told of. */
export function ctListen(net: Net, pid: number): SockId {
  const { sockets, nf } = net.host;
  const sock: NetlinkSock = { kind: 'netlink', id: newSockId(sockets), owner: pid, queue: [], ctQueue: [] };
  intSet(sockets.byId, sock.id, sock);
  nf.ctListeners.push(sock.id);
  return sock.id;
}

export function ctEventRecv(net: Net, id: SockId): CtEvent | null {
  const sock = intGet(net.host.sockets.byId, id);
  return sock?.kind === 'netlink' ? (sock.ctQueue.shift() ?? null) : null;
}

export function ctTell(net: Net, entry: CtEntry, what: CtEvent['what'], by: number | null = null): void {
  entry.changed = false;
  const { sockets, nf } = net.host;
  if (nf.ctListeners.length === 0) return;
  const leftS = Math.max(0, Math.floor((entry.expires - net.now) / NS_PER_S));
  const { id: number, orig, reply, seenReply, assured, srcNatDone, dstNatDone, mark, tcp, packets, bytes, counted } = entry;
  const state = tcp === null ? null : { state: tcp.state };
  const shown = { id: number, orig, reply, seenReply, assured, srcNatDone, dstNatDone, mark, tcp: state, packets, bytes, counted };
  for (const id of nf.ctListeners) {
    const sock = intGet(sockets.byId, id);
    if (sock?.kind !== 'netlink' || sock.ctQueue.length >= QUEUE_MAX) continue;
    sock.ctQueue.push({ what, entry: shown, leftS, by });
    net.wakeForSocket(sock.owner, id);
  }
}
