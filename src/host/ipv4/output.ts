/**
 * The way out of a host: LOCAL_OUT for packets made here, POST_ROUTING for all, pieces if too long,
 * then the neighbour.
 * Comes from: ipv4/send.ts, ipv4/forward.ts, tunnel/xmit.ts, ipvs/xmit.  Goes to: neigh/output.ts.
 * Source: Linux 6.1 net/ipv4/ip_output.c, ip_local_out(), ip_output(), ip_mc_output(),
 *   ip_finish_output(), ip_fragment().
 * Differs: own multicasts are not looped back to this host (as with IP_MULTICAST_LOOP off, which
 *   keepalived and the synchronisation of IPVS set).
 */
import type { Ipv4Hdr } from '../../wire/index.ts';
import { devGet, devOfPacket } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import { neighOutput } from '../neigh/output.ts';
import { nfHook } from '../netfilter/nf-hook.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type Dst, type Skb } from '../skb.ts';
import { cloneSkb } from '../skb-new.ts';
import { ipFragment, leavesAsItCame } from './frag.ts';
import { ipHdr } from './layers.ts';
import type { WaitingPieces } from './state.ts';

/**
 * A packet made here, complete and with a route: LOCAL_OUT, then out.
 * @returns false when a hook of LOCAL_OUT ended it or went on with it elsewhere
 */
export function ipLocalOut(net: Net, skb: Skb): boolean {
  if (nfHook(net, 'LOCAL_OUT', skb, NO_IF, (skb.dst as Dst).dev) !== 'accept') return false;
  ipOutput(net, skb);
  return true;
}

/** Out by the route in skb.dst. @returns false when it is too long and must not be cut */
export function ipOutput(net: Net, skb: Skb): boolean {
  const dst = skb.dst as Dst;
  skb.oif = dst.dev;
  const { mib } = net.host.ipv4;
  if (skb.follows) mib.outOctets += dataLen(skb);
  else {
    mib.outRequests++;
    mib.outOctets += ipHdr(skb).totalLen;
  }
  if (dst.type === 'broadcast' || dst.type === 'multicast') {
    ipMcOutput(net, skb, dst);
    return true;
  }
  return nfHook(net, 'POST_ROUTING', skb, skb.iif, skb.oif) !== 'accept' || ipFinishOutput(net, skb);
}

/** A further piece of one large TCP packet adds to the sums what it carries: the packet is cut behind this place (GSO). */
export function dataLen({ layers }: Skb): number {
  const last = layers[layers.length - 1];
  return last?.kind === 'payload' ? last.bytes.length : 0;
}

/** Broadcasts come round to the sender's own sockets too; a multicast TTL of 0 stays here. */
function ipMcOutput(net: Net, skb: Skb, dst: Dst): void {
  if (dst.type === 'broadcast' && dst.dev !== LO_IF) {
    const copy = cloneSkb(skb);
    copy.pktType = 'broadcast';
    net.trace('ip_output', 'pass', 'ipv4.broadcast-copy', copy, net.tracing ? { dst: ipHdr(skb).dst } : null);
    if (nfHook(net, 'POST_ROUTING', copy, NO_IF, dst.dev) === 'accept') net.loop(dst.dev, copy);
  }
  if (dst.type === 'multicast' && ipHdr(skb).ttl === 0) {
    net.trace('ip_output', 'drop', 'ipv4.multicast-ttl-0', skb, null);
    return;
  }
  if (nfHook(net, 'POST_ROUTING', skb, NO_IF, dst.dev) !== 'accept') return;
  const { mib } = net.host.ipv4;
  if (dst.type === 'broadcast') {
    mib.outBcastPkts++;
    mib.outBcastOctets += ipHdr(skb).totalLen;
  } else {
    mib.outMcastPkts++;
    mib.outMcastOctets += ipHdr(skb).totalLen;
  }
  ipFinishOutput(net, skb);
}

/** After POST_ROUTING: cut if need be, then to the neighbour. @returns false when it is too long and must not be cut */
export function ipFinishOutput(net: Net, skb: Skb): boolean {
  const dst = skb.dst as Dst;
  const ip = ipHdr(skb);
  const dev = devOfPacket(net, dst.dev);
  if (dev === null) {
    net.trace('ip_output', 'drop', 'ipv4.output-dev-gone', skb, null);
    return true;
  }
  if (ip.totalLen <= dst.mtu && skb.joinedFrom === null) {
    neighOutput(net, skb, dev, dst.gateway ?? ip.dst);
    return true;
  }
  return outputPieces(net, skb, dev, dst, ip);
}

function outputPieces(net: Net, skb: Skb, dev: Dev, dst: Dst, ip: Ipv4Hdr): boolean {
  const joined = skb.joinedFrom;
  if (ip.totalLen > dst.mtu && ip.df && (joined === null || joined.maxSize > dst.mtu)) {
    net.host.ipv4.mib.fragFails++;
    net.trace('ip_fragment', 'drop', 'ipv4.too-long-with-df', skb, {
      len: ip.totalLen,
      mtu: dst.mtu,
      route: dst.route,
    });
    net.tables.calls.icmpSend(net, skb, 3, 4, dst.mtu);
    return false;
  }
  // packets put together on the way through leave in the pieces they came in, or none longer
  const mtu = joined !== null && joined.maxSize < dst.mtu ? joined.maxSize : dst.mtu;
  const nexthop = dst.gateway ?? ip.dst;
  if (ip.totalLen <= mtu) {
    neighOutput(net, skb, dev, nexthop);
    return true;
  }
  const came = joined !== null && leavesAsItCame(joined.sizes, skb.layers, mtu) ? joined.sizes : undefined;
  const pieces = ipFragment(skb.layers, mtu, ip.df, came);
  net.host.ipv4.mib.fragOks++;
  net.host.ipv4.mib.fragCreates += pieces.length;
  net.trace('ip_fragment', 'mangle', 'ipv4.fragmented', skb, {
    len: ip.totalLen,
    mtu,
    count: pieces.length,
    asItCame: came === undefined ? 0 : 1,
  });
  sendPieces(net, { skb, dev: dev.ifindex, nexthop, layers: pieces }, net.host.ipv4.nextPieces++);
  return true;
}

/** One piece after the other; a process sees each through before the next leaves. */
function sendPieces(net: Net, waiting: WaitingPieces, key: number): void {
  const { ipv4 } = net.host;
  const dev = devGet(net.host, waiting.dev);
  for (let layers = waiting.layers.shift(); layers !== undefined && dev !== null; layers = waiting.layers.shift()) {
    const piece = cloneSkb(waiting.skb);
    piece.layers = layers;
    piece.joinedFrom = null;
    neighOutput(net, piece, dev, waiting.nexthop);
    if (waiting.layers.length > 0 && net.afterwards('ip-pieces', key)) {
      ipv4.pieces.set(key, waiting);
      return;
    }
  }
}

export function ipPiecesGoOn(net: Net, key: number): void {
  const { ipv4 } = net.host;
  const waiting = ipv4.pieces.get(key);
  if (waiting === undefined) return;
  ipv4.pieces.delete(key);
  sendPieces(net, { ...waiting, layers: [...waiting.layers] }, key);
}
