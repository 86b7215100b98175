/**
 * Where a packet that came in goes: up to a program, on to another host, or nowhere.
 * Comes from: ipv4/input.ts (ipRcv, after PRE_ROUTING), arp/rcv.ts.  Goes to: fib/lookup.ts, fib/validate.ts.
 * Source: Linux 6.1 net/ipv4/route.c, ip_route_input_rcu(), ip_route_input_slow(), ip_mkroute_input(), ip_error().
 * Differs: multicast is not forwarded; bc_forwarding is not modelled.
 */
import {
  ICMP_DEST_UNREACH,
  ICMP_HOST_UNREACH,
  ICMP_NET_UNREACH,
  ICMP_PKT_FILTERED,
  IPPROTO_IGMP,
  IPV4_ANY,
  IPV4_BROADCAST,
  isLoopback,
  isMulticast,
  isZeroNet,
  type Ipv4,
  type Ipv4Hdr,
} from '../../wire/index.ts';
import { confMax, confOr, forwardingOn } from '../dev/conf.ts';
import { devGet, devName } from '../dev/get.ts';
import { mcMember } from '../dev/mcast.ts';
import { addrOnlink, selectSource } from '../dev/select-source.ts';
import { RT_SCOPE_LINK, RT_SCOPE_UNIVERSE, type Dev } from '../dev/state.ts';
import type { Net } from '../net.ts';
import { LO_IF, NO_IF, type Dst, type Skb } from '../skb.ts';
import { exceptionInUse } from './exception.ts';
import { addrFlow, ANY_SCOPE, fibLookup, type LookupErrno } from './lookup.ts';
import { isMtuLocked, makeDst, mixHash, pathMtu, pathText, pathVaries, routeSource, selectPath, type Found } from './path.ts';
import { recall, remember } from './memory.ts';
import { portsOf, type AskedPorts } from './ports.ts';
import { inputMemory } from './table.ts';
import { fibValidateSource, type SourceCheck } from './validate.ts';

/** A packet as the input route sees it; ARP asks too, with the addresses of its question. */
export interface InputFlow {
  readonly dst: Ipv4;
  readonly src: Ipv4;
  readonly tos: number;
  readonly mark: number;
  readonly proto: number;
  /** false: ARP; a route out of the receiving interface is no answer then, unless proxy_arp_pvlan is set */
  readonly isIp: boolean;
  /** left out: no rule asks for them */
  readonly ports?: AskedPorts | undefined;
}

export type InputResult =
  /** lasting: it holds for all such packets until something changes (fibChanged) */
  | { readonly kind: 'route'; readonly dst: Dst; readonly lasting: boolean }
  /** errno is null for martians: nobody is told */
  | { readonly kind: 'refused'; readonly reason: string; readonly errno: LookupErrno | null };

/** TOS bits that routes are compared with on the way in (IPTOS_RT_MASK). */
const TOS_MASK = 0x1c;

function refused(reason: string, errno: LookupErrno | null = null): InputResult {
  return { kind: 'refused', reason, errno };
}

const SOURCE_REASON: Readonly<Record<Exclude<SourceCheck['kind'], 'ok'>, string>> = {
  'own-address': 'fib.martian-source-own-address',
  'not-unicast': 'fib.martian-source',
  'rpf-strict': 'fib.rp-filter-strict',
  'rpf-loose': 'fib.rp-filter-loose',
};

/** The decision alone, without records. */
export function inputRoute(net: Net, dev: Dev, flow: InputFlow): InputResult {
  const { dst, src } = flow;
  if (isMulticast(dst)) return multicastRoute(net, dev, flow);
  if (isMulticast(src) || src === IPV4_BROADCAST) return refused('fib.martian-source');
  if (dst === IPV4_BROADCAST || (src === IPV4_ANY && dst === IPV4_ANY)) return broadcastRoute(net, dev, flow, 'limited broadcast');
  if (isZeroNet(src)) return refused('fib.martian-source');
  if (isZeroNet(dst)) return refused('fib.martian-destination');
  if (isLoopback(dst)) {
    if (!confOr(net.host, dev, 'route_localnet')) return refused('fib.martian-destination-loopback');
  } else if (isLoopback(src) && !confOr(net.host, dev, 'route_localnet')) {
    return refused('fib.martian-source-loopback');
  }
  const found = fibLookup(net, {
    dst,
    src,
    oif: NO_IF,
    iif: dev.ifindex,
    tos: flow.tos & TOS_MASK,
    mark: flow.mark,
    scope: ANY_SCOPE,
    ...flow.ports,
  });
  if (found.kind === 'error') {
    if (!forwardingOn(dev)) return refused('fib.not-local', 'EINVAL');
    return refused(ERROR_REASON[found.route === null ? 'ENETUNREACH' : found.errno], found.errno);
  }
  const type = found.entry.route.type;
  if (type === 'broadcast') return broadcastRoute(net, dev, flow, pathText(net.host, found.entry));
  if (type === 'local') {
    const check = fibValidateSource(net, src, dst, flow.tos & TOS_MASK, flow.mark, NO_IF, dev, flow.ports);
    if (check.kind !== 'ok') return refused(SOURCE_REASON[check.kind]);
    return localRoute(net, dev, 'local', dst, pathText(net.host, found.entry));
  }
  if (!forwardingOn(dev)) return refused('fib.forwarding-off', 'EINVAL');
  if (type !== 'unicast') return refused('fib.martian-destination');
  return forwardRoute(net, dev, flow, found);
}

const ERROR_REASON: Readonly<Record<LookupErrno, string>> = {
  ENETUNREACH: 'fib.no-route',
  EHOSTUNREACH: 'fib.unreachable-route',
  EACCES: 'fib.prohibit-route',
  EINVAL: 'fib.blackhole-route',
};

function localRoute(net: Net, dev: Dev, type: 'local' | 'broadcast' | 'multicast', dst: Ipv4, text: string): InputResult {
  const mtu = pathMtu(net.host, LO_IF, null, null, false);
  // who listens to a group changes without notice
  return {
    kind: 'route',
    dst: makeDst(type, LO_IF, null, dst, mtu, dev.ifindex, false, text),
    lasting: type !== 'multicast',
  };
}

function broadcastRoute(net: Net, dev: Dev, flow: InputFlow, text: string): InputResult {
  if (!flow.isIp) return refused('fib.martian-destination');
  if (!isZeroNet(flow.src)) {
    const check = fibValidateSource(net, flow.src, IPV4_ANY, flow.tos & TOS_MASK, flow.mark, NO_IF, dev, flow.ports);
    if (check.kind !== 'ok') return refused(SOURCE_REASON[check.kind]);
  }
  return localRoute(net, dev, 'broadcast', flow.dst, text);
}

function multicastRoute(net: Net, dev: Dev, flow: InputFlow): InputResult {
  const { dst, src } = flow;
  if (!mcMember(dev, dst)) return refused('fib.multicast-not-joined');
  if (isMulticast(src) || src === IPV4_BROADCAST) return refused('fib.martian-source');
  if (isLoopback(src) && !confOr(net.host, dev, 'route_localnet')) return refused('fib.martian-source-loopback');
  if (isZeroNet(src)) {
    if (dst >>> 8 !== 0xe00000 && flow.proto !== IPPROTO_IGMP) return refused('fib.martian-source');
  } else {
    const check = fibValidateSource(net, src, IPV4_ANY, flow.tos & TOS_MASK, flow.mark, NO_IF, dev, flow.ports);
    if (check.kind !== 'ok') return refused(SOURCE_REASON[check.kind]);
  }
  return localRoute(net, dev, 'multicast', dst, 'group joined');
}

function forwardRoute(net: Net, dev: Dev, flow: InputFlow, found: Found): InputResult {
  const host = net.host;
  const path = selectPath(host, found, flow.src, flow.dst, mixHash(flow.src, flow.dst));
  const { nexthop } = path;
  const out = devGet(host, nexthop.dev) as Dev;
  const check = fibValidateSource(net, flow.src, flow.dst, flow.tos & TOS_MASK, flow.mark, out.ifindex, dev, flow.ports);
  if (check.kind !== 'ok') return refused(SOURCE_REASON[check.kind]);
  const back = out === dev;
  let doRedirect = false;
  if (back && check.onlink && confOr(host, out, 'send_redirects')) {
    doRedirect = confOr(host, out, 'shared_media') || addrOnlink(out, flow.src, nexthop.gateway ?? IPV4_ANY);
  }
  if (!flow.isIp && back && !confOr(host, dev, 'proxy_arp_pvlan')) return refused('fib.arp-same-interface');
  const exception = exceptionInUse(net, nexthop, flow.dst);
  const mtuLocked = isMtuLocked(path.entry.route, exception);
  const usePmtu = host.sysctl['net.ipv4.ip_forward_use_pmtu'] !== 0 || mtuLocked;
  const mtu = pathMtu(host, out.ifindex, path.entry.route, exception, usePmtu);
  const gateway = exception?.gateway ?? (nexthop.ownGateway === true ? null : nexthop.gateway);
  return {
    kind: 'route',
    dst: makeDst('unicast', out.ifindex, gateway, IPV4_ANY, mtu, dev.ifindex, doRedirect, pathText(host, path.entry), exception, mtuLocked),
    lasting: exception === null && !pathVaries(host, path.entry.route),
  };
}

const UNREACH_CODE: Readonly<Record<LookupErrno, number | null>> = {
  ENETUNREACH: ICMP_NET_UNREACH,
  EHOSTUNREACH: ICMP_HOST_UNREACH,
  EACCES: ICMP_PKT_FILTERED,
  EINVAL: null,
};

/**
 * Routes a packet on its way in and returns the route, or null when it ends here: then the record is
 * written, and the sender is told if a router has to.
 */
export function ipRouteInput(net: Net, skb: Skb, dev: Dev): Dst | null {
  const ip = skb.layers[0] as Ipv4Hdr;
  const memory = inputMemory(net);
  const asks = net.host.fib.rulesAskPorts;
  const known = asks ? null : recall(memory, ip.dst, ip.src, dev.ifindex, ip.tos, skb.mark);
  if (known !== null) return known;
  const result = inputRoute(net, dev, {
    dst: ip.dst,
    src: ip.src,
    tos: ip.tos,
    mark: skb.mark,
    proto: ip.proto,
    isIp: true,
    ports: asks ? portsOf(ip.proto, skb.layers[1], !ip.mf && ip.fragOffset === 0) : undefined,
  });
  if (result.kind === 'route') {
    if (result.lasting && !asks) remember(memory, ip.dst, ip.src, dev.ifindex, ip.tos, skb.mark, result.dst);
    return result.dst;
  }
  net.trace('fib', 'drop', result.reason, skb, net.tracing ? refusalArgs(net, dev, ip) : null, dev.ifindex);
  const code = result.errno === null ? null : UNREACH_CODE[result.errno];
  if (result.reason === 'fib.no-route') net.host.ipv4.mib.inNoRoutes++;
  else if (result.reason === 'fib.not-local' || result.reason === 'fib.forwarding-off') net.host.ipv4.mib.inAddrErrors++;
  if (code !== null) {
    const type = code === ICMP_PKT_FILTERED ? 'prohibit' : 'unreachable';
    skb.dst = makeDst(type, LO_IF, null, IPV4_ANY, 0, dev.ifindex, false, result.reason);
    net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, code, 0, { routeError: true });
  }
  return null;
}

function refusalArgs(net: Net, dev: Dev, ip: Ipv4Hdr): Record<string, string | number> {
  const back = fibLookup(net, addrFlow(ip.src));
  const by = back.kind === 'found' && back.nexthop !== null ? devName(net.host, back.nexthop.dev) : '-';
  return { src: ip.src, dst: ip.dst, value: confMax(net.host, dev, 'rp_filter'), back: by };
}

/**
 * The address to answer a packet from that was sent to many (echo requests to a broadcast address), or
 * the one it was sent to.
 * Source: fib_frontend.c, fib_compute_spec_dst().
 */
export function fibComputeSpecDst(net: Net, skb: Skb): Ipv4 {
  const ip = skb.layers[0] as Ipv4Hdr;
  if (skb.dst?.type === 'local') return ip.dst;
  // sent out of lo to a foreign address: delivered here, but that address cannot answer
  if (skb.dst?.type === 'unicast' && skb.dst.iif === NO_IF && skb.iif === LO_IF) return ip.dst;
  const dev = devGet(net.host, skb.iif);
  if (isZeroNet(ip.src)) return selectSource(net.host, dev, ip.src, RT_SCOPE_LINK);
  const found = fibLookup(net, addrFlow(ip.src));
  if (found.kind === 'found') return routeSource(net.host, found.entry.route, found.nexthop);
  return selectSource(net.host, dev, ip.src, RT_SCOPE_UNIVERSE);
}
