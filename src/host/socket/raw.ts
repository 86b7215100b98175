/**
 * Raw sockets: ICMP as ping uses it, and protocols that programs speak themselves (VRRP).
 * Comes from: icmp/input.ts, ipv4/input.ts, programs.  Goes to: ipv4/send.ts, the program.
 * Source: Linux 6.1 net/ipv4/raw.c, raw_local_deliver(), raw_err(), raw_sendmsg().
 * Differs: ICMP filters are the program's business.
 */
import { intDelete, intGet, intSet } from '../../engine/index.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_REDIRECT,
  IPPROTO_ICMP,
  makeIcmp,
  makePayload,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import { devGet, devOfAddr } from '../dev/get.ts';
import { mcJoin, mcLeave } from '../dev/mcast.ts';
import { ipRouteOutput } from '../fib/output.ts';
import { ipSend } from '../ipv4/send.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type IfIndex, type Skb } from '../skb.ts';
import { bindable, type Opened } from '../tcp/connect.ts';
import { icmpErrno, toErrno, type Errno } from './errno.ts';
import { defaultPmtuDisc, type PmtuDisc, type QueuedError, type RawMessage, type RawSock } from './state.ts';
import { newSockId } from './table.ts';

export interface RawOpenRequest {
  readonly proto?: number;
  readonly src?: Ipv4;
  readonly oif?: IfIndex;
  readonly ttl?: number;
  readonly tos?: number;
  readonly mark?: number;
  readonly pmtuDisc?: PmtuDisc | null;
  readonly broadcast?: boolean;
  /** it only sends */
  readonly deaf?: boolean;
  /** IP_RECVERR, as ping sets it: without it ICMP errors do not concern the program */
  readonly recvErr?: boolean;
  /** IP_HDRINCL: the program writes the header, and any source address into it */
  readonly headerIncluded?: boolean;
}

export function rawOpen(net: Net, pid: number, req: RawOpenRequest = {}): Opened {
  const sockets = net.host.sockets;
  const bound = req.src ?? (0 as Ipv4);
  if (req.headerIncluded !== true && !bindable(net, bound)) return { error: 'EADDRNOTAVAIL' };
  const sock: RawSock = {
    kind: 'raw',
    id: newSockId(sockets),
    owner: pid,
    proto: req.proto ?? IPPROTO_ICMP,
    bound,
    oif: req.oif ?? NO_IF,
    pmtuDisc: req.pmtuDisc ?? defaultPmtuDisc(net.host),
    ttl: req.ttl ?? 0,
    tos: req.tos ?? 0,
    mark: req.mark ?? 0,
    broadcast: req.broadcast ?? false,
    error: null,
    queue: [],
    errors: [],
    deaf: req.deaf ?? false,
    recvErr: req.recvErr ?? true,
    headerIncluded: req.headerIncluded ?? false,
    groups: [],
  };
  intSet(sockets.byId, sock.id, sock);
  sockets.raws.push(sock.id);
  return { sock: sock.id };
}

/** Sends layers (from the transport header on) to an address. */
export function rawSend(net: Net, sock: RawSock, dst: Ipv4, layers: Layers): Errno | null {
  if (sock.error !== null) {
    const { error } = sock;
    sock.error = null;
    return error;
  }
  const route = ipRouteOutput(net, {
    dst,
    ...(sock.bound === 0 ? {} : { src: sock.bound }),
    ...(sock.oif === NO_IF ? {} : { oif: sock.oif }),
    ...(sock.tos === 0 ? {} : { tos: sock.tos }),
    ...(sock.mark === 0 ? {} : { mark: sock.mark }),
    proto: sock.proto,
    ...(sock.headerIncluded ? { anySrc: true } : {}),
  });
  if ('error' in route) return toErrno(route.error);
  if (route.type === 'broadcast' && !sock.broadcast) return 'EACCES';
  const error = ipSend(net, {
    dst,
    src: sock.bound === 0 ? route.src : sock.bound,
    proto: sock.proto,
    tos: sock.tos,
    ...(sock.mark === 0 ? {} : { mark: sock.mark }),
    ...(sock.ttl === 0 ? {} : { ttl: sock.ttl }),
    df: sock.pmtuDisc === 'want' ? 'want' : sock.pmtuDisc !== 'dont',
    layers,
    sk: sock.id,
    dstRoute: route,
  });
  if (error === null) return null;
  if (error === 'EMSGSIZE') {
    // the program learns the MTU with the error
    sock.errors.push({
      origin: 'local',
      errno: 'EMSGSIZE',
      type: 0,
      code: 0,
      info: route.mtu,
      from: 0 as Ipv4,
      about: layers,
      at: net.now,
    });
  }
  return toErrno(error);
}

/** One echo request. */
export function pingSend(net: Net, sock: RawSock, dst: Ipv4, id: number, seq: number, payload: Uint8Array): Errno | null {
  const icmp = makeIcmp(ICMP_ECHO, 0, id * 65536 + (seq & 0xffff));
  return rawSend(net, sock, dst, payload.length === 0 ? [icmp] : [icmp, makePayload(payload)]);
}

export function rawRecv(sock: RawSock): RawMessage | null {
  return sock.queue.shift() ?? null;
}

/** The next error of the queue; taking the last one clears the socket's error. */
export function rawRecvError(sock: RawSock): QueuedError | null {
  const error = sock.errors.shift() ?? null;
  sock.error = sock.errors[0]?.errno ?? null;
  return error;
}

/**
 * The interface that counts for a socket bound to one: for what this host sent to itself the one that has
 * the address, though it came by lo.
 * Source: Linux 6.1 include/linux/skbuff.h, inet_iif(); net/ipv4/route.c, ip_route_output_key_hash_rcu().
 */
function inetIif(net: Net, skb: Skb, dst: Ipv4): IfIndex {
  return skb.iif === LO_IF ? (devOfAddr(net.host, dst)?.ifindex ?? LO_IF) : skb.iif;
}

function copyTo(net: Net, skb: Skb, proto: number): boolean {
  const sockets = net.host.sockets;
  if (sockets.raws.length === 0) return false;
  const ip = skb.layers[0] as Ipv4Hdr;
  let taken = false;
  for (const id of sockets.raws) {
    const sock = intGet(sockets.byId, id) as RawSock;
    if (sock.deaf || sock.proto !== proto || (sock.bound !== 0 && sock.bound !== ip.dst)) continue;
    if (sock.oif !== NO_IF && sock.oif !== inetIif(net, skb, ip.dst)) continue;
    sock.queue.push({ layers: skb.layers, at: net.now });
    net.wakeForSocket(sock.owner, id);
    taken = true;
  }
  return taken;
}

/** An ICMP message for programs that read ICMP. */
export function pingRcv(net: Net, skb: Skb): void {
  const taken = copyTo(net, skb, IPPROTO_ICMP);
  const icmp = skb.layers[1];
  if (icmp?.kind !== 'icmp' || icmp.type !== ICMP_ECHOREPLY) return;
  const { src } = skb.layers[0] as Ipv4Hdr;
  // replies end here; errors go on to the protocols they are about
  if (!taken) net.trace('icmp_rcv', 'drop', 'socket.echo-reply-for-nobody', skb, { src });
  else if (net.tracing)
    net.trace('icmp_rcv', 'deliver', 'socket.echo-reply', skb, {
      src,
      id: icmp.rest >>> 16,
      seq: icmp.rest & 0xffff,
    });
}

/** A packet of a protocol that only programs speak. @returns whether one took a copy */
export function rawRcv(net: Net, skb: Skb): boolean {
  const { proto, src } = skb.layers[0] as Ipv4Hdr;
  const taken = copyTo(net, skb, proto);
  if (taken && net.tracing) net.trace('raw_rcv', 'deliver', 'socket.raw-delivered', skb, { proto, src });
  return taken;
}

/** An ICMP error about an ICMP message of ours. */
export function pingError(net: Net, type: number, code: number, rest: number, embedded: Layers, from: Ipv4): boolean {
  const sockets = net.host.sockets;
  const ip = embedded[0] as Ipv4Hdr;
  let found = false;
  for (const id of sockets.raws) {
    const sock = intGet(sockets.byId, id) as RawSock;
    if (sock.proto !== ip.proto || (sock.bound !== 0 && sock.bound !== ip.src)) continue;
    found = true;
    if (type === ICMP_REDIRECT || !sock.recvErr) continue;
    const errno = errorOf(sock, type, code);
    if (errno === null) continue;
    const info = type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED ? rest & 0xffff : 0;
    sock.errors.push({ origin: 'icmp', errno, type, code, info, from, about: embedded, at: net.now });
    sock.error = errno;
    net.wakeForSocket(sock.owner, id);
  }
  return found;
}

function errorOf(sock: RawSock, type: number, code: number): Errno | null {
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED && sock.pmtuDisc === 'dont') return 'EMSGSIZE';
  return icmpErrno(type, code)?.errno ?? null;
}

/** IP_ADD_MEMBERSHIP: packets to the group that come in by the interface are for this host. */
export function rawJoin(net: Net, sock: RawSock, ifindex: IfIndex, group: Ipv4): Errno | null {
  const dev = devGet(net.host, ifindex);
  if (dev === null) return 'ENODEV';
  mcJoin(dev, group);
  sock.groups.push({ dev: ifindex, group });
  return null;
}

export function rawClose(net: Net, sock: RawSock): void {
  for (const { dev: ifindex, group } of sock.groups) {
    const dev = devGet(net.host, ifindex);
    if (dev !== null) mcLeave(dev, group);
  }
  const sockets = net.host.sockets;
  sockets.raws.splice(sockets.raws.indexOf(sock.id), 1);
  intDelete(sockets.byId, sock.id);
}
