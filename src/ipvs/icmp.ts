/**
 * ICMP errors about balanced packets: they are led to whom they concern, with the addresses that he knows.
 * Comes from: core.ts, hooks.ts (FORWARD).  Goes to: the real server, the client, or on unchanged.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_core.c, ip_vs_in_icmp(), ip_vs_out_icmp(), handle_response_icmp(),
 *   ip_vs_nat_icmp(); ip_vs_xmit.c, ip_vs_icmp_xmit().
 * Differs: errors about GUE and GRE tunnels are left to the host.
 */
import { ipRouteOutput, ipRtUpdatePmtu, withFirst, type HookVerdict, type NfHook, type Skb } from '../host/index.ts';
import {
  ICMP_DEST_UNREACH,
  ICMP_FRAG_NEEDED,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  IPPROTO_IPIP,
  IPV4_HLEN,
  type IcmpHdr,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  layersLen,
} from '../wire/index.ts';
import { connArgs, connInGet, connOutGet, connPut } from './conn.ts';
import { settleConntrack } from './conntrack.ts';
import { clientAddr, clientPort, fillIph, virtualAddr, virtualPort, type Iph } from './iph.ts';
import { errorForClient, errorForServer } from './fullnat.ts';
import type { IpvsNet } from './net.ts';
import { gatherFrags, isBackupOnly, routeMeHarder } from './passage.ts';
import { tryToSchedule } from './schedule.ts';
import type { Conn, Dest, IpvsState } from './state.ts';
import { ipVsInStats, ipVsOutStats } from './stats.ts';
import { destOf } from './svc.ts';
import { sendFullnatReply } from './xmit/fullnat-reply.ts';
import { packetXmit } from './xmit/index.ts';
import { getOutRoute } from './xmit/route.ts';
import { deliverHere, sendOut } from './xmit/send.ts';

/** Layers of an error: IPv4, ICMP, then the packet it is about. */
const EMBEDDED_AT = 2;
/** ... which, for a tunnel packet, carries the request. */
const TUNNELLED_AT = 3;
const MIN_MTU = 68;

/** Only errors that a connection must hear of; echo and the like are the host's own business. */
function errorOf(layers: Layers): IcmpHdr | null {
  const icmp = layers[1];
  if (icmp === undefined || icmp.kind !== 'icmp') return null;
  const isError = icmp.type === ICMP_DEST_UNREACH || icmp.type === ICMP_SOURCE_QUENCH || icmp.type === ICMP_TIME_EXCEEDED;
  return isError && layers[EMBEDDED_AT]?.kind === 'ipv4' ? icmp : null;
}

function findTunnel(ipvs: IpvsState, addr: number): Dest | null {
  for (const svc of ipvs.services) {
    for (const dest of svc.dests) if (dest.fwd === 'tunnel' && dest.addr === addr) return dest;
  }
  return null;
}

/** Errors on the way in: about an answer (to the server), or about a tunnel packet of ours (to the client). */
export function icmpIn(net: IpvsNet, skb: Skb, hook: NfHook): HookVerdict {
  if (!gatherFrags(net, skb, hook)) return 'stolen';
  const icmp = errorOf(skb.layers);
  if (icmp === null) return 'accept';
  const about = skb.layers[EMBEDDED_AT] as Ipv4Hdr;
  let ipip = false;
  if (about.proto === IPPROTO_IPIP) {
    if (about.fragOffset !== 0 || skb.dst === null || skb.dst.type !== 'local') return 'accept';
    const dest = findTunnel(net.ipvs, about.dst);
    if (dest === null || dest.tunType !== 'ipip' || skb.layers[TUNNELLED_AT]?.kind !== 'ipv4') return 'accept';
    ipip = true;
  }
  const iph = fillIph(skb.layers, ipip ? TUNNELLED_AT : EMBEDDED_AT, true, !ipip);
  if (iph === null) return 'accept';
  let conn = connInGet(net.ipvs, iph.proto, clientAddr(iph), clientPort(iph), virtualAddr(iph), virtualPort(iph));
  let isNew = false;
  if (conn === null) {
    if (ipip || net.ipvs.sysctl['schedule_icmp'] === 0) return 'accept';
    const scheduled = tryToSchedule(net, skb, iph);
    if (scheduled.kind === 'verdict') return scheduled.verdict;
    conn = scheduled.conn;
    isNew = true;
  }
  if (ipip) return relayTunnelError(net, skb, icmp, conn, hook);
  ipVsInStats(net.ipvs, conn, destOf(net.ipvs, conn), (skb.layers[0] as Ipv4Hdr).totalLen);
  const verdict = icmpXmit(net, skb, conn, iph, hook);
  if (isNew) connPut(net, conn);
  return verdict;
}

/** Hook FORWARD: errors on their way through, about connections of firewall-mark services. */
export function forwardIcmp(net: IpvsNet, skb: Skb): HookVerdict {
  if (net.ipvs.daemons.length > 0 && isBackupOnly(net.ipvs)) return 'accept';
  return icmpIn(net, skb, 'FORWARD');
}

/** The tunnel's error becomes one about the client's own packet, in the name of the virtual address. */
function relayTunnelError(net: IpvsNet, skb: Skb, icmp: IcmpHdr, conn: Conn, hook: NfHook): HookVerdict {
  let info = icmp.rest;
  const inner = skb.layers[TUNNELLED_AT] as Ipv4Hdr;
  if (icmp.type === ICMP_DEST_UNREACH && icmp.code === ICMP_FRAG_NEEDED) {
    let mtu = icmp.rest & 0xffff;
    const route = ipRouteOutput(net, { dst: conn.daddr });
    const dest = destOf(net.ipvs, conn);
    if (!('error' in route)) {
      const learnt = ipRtUpdatePmtu(net, { dst: conn.daddr }, mtu, route.mtu) ?? route.mtu;
      // what is learnt for the first time makes the server's route stale, but does not change it
      if (dest !== null && dest.routeMtu > 0) mtu = dest.routeLearnt ? learnt : dest.routeMtu;
    }
    if (!inner.df) {
      net.trace('ipvs:icmp', 'deliver', 'ipvs.tunnel-mtu-learnt', skb, { rip: conn.daddr, mtu });
      return 'stolen';
    }
    if (mtu > MIN_MTU + IPV4_HLEN) mtu -= IPV4_HLEN;
    info = mtu;
  }
  const request: Skb = { ...skb, layers: skb.layers.slice(TUNNELLED_AT) };
  // The whole error counts as an answer, of which only the quoted part of the request is left by now.
  ipVsOutStats(net.ipvs, conn, layersLen(request.layers));
  if (hook === 'LOCAL_OUT') {
    // Made by this host itself: while one error is being sent, Linux's ICMP cannot send another.
    net.trace('ipvs:icmp', 'drop', 'ipvs.tunnel-error-own', skb, { rip: conn.daddr, client: conn.caddr });
    return 'stolen';
  }
  net.trace('ipvs:icmp', 'deliver', 'ipvs.tunnel-error-relayed', skb, {
    rip: conn.daddr,
    vip: conn.vaddr,
    client: conn.caddr,
    type: icmp.type,
    code: icmp.code,
  });
  net.tables.calls.icmpSend(net, request, icmp.type, icmp.code, info);
  return 'stolen';
}

/** Rewrites an error towards the server: the target, and the source of the packet that it quotes. */
function natIcmpIn(layers: Layers, conn: Conn, ttl: number): Layers {
  const out = layers.slice() as Layer[];
  out[0] = { ...(out[0] as Ipv4Hdr), dst: conn.daddr, ttl };
  out[EMBEDDED_AT] = { ...(out[EMBEDDED_AT] as Ipv4Hdr), src: conn.daddr };
  const transport = out[EMBEDDED_AT + 1];
  if (transport?.kind === 'tcp' || transport?.kind === 'udp') out[EMBEDDED_AT + 1] = { ...transport, sport: conn.dport };
  return out;
}

function natIcmpOut(layers: Layers, conn: Conn): Layers {
  const out = layers.slice() as Layer[];
  out[0] = { ...(out[0] as Ipv4Hdr), src: conn.vaddr };
  out[EMBEDDED_AT] = { ...(out[EMBEDDED_AT] as Ipv4Hdr), dst: conn.vaddr };
  const transport = out[EMBEDDED_AT + 1];
  if (transport?.kind === 'tcp' || transport?.kind === 'udp') out[EMBEDDED_AT + 1] = { ...transport, dport: conn.vport };
  return out;
}

/** An error about an answer goes to the server that sent the answer. */
function icmpXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph, hook: NfHook): HookVerdict {
  if (net.tracing) net.trace('ipvs:icmp', 'pass', 'ipvs.icmp-for-server', skb, connArgs(conn));
  if (conn.fwd !== 'masq' && conn.local === null) {
    conn.inPkts++;
    return packetXmit(net, skb, conn, iph);
  }
  const here = hook !== 'FORWARD';
  const mode = { local: here, nonLocal: true, redirect: here, tunnel: false };
  const out = getOutRoute(net, skb, conn, conn.daddr, mode, true);
  if (out.kind === 'drop') return 'stolen';
  const ttl = out.kind === 'route' ? out.ip.ttl : (skb.layers[0] as Ipv4Hdr).ttl;
  const layers = out.kind === 'route' ? withFirst(skb.layers, out.ip) : skb.layers;
  skb.layers = conn.local === null ? natIcmpIn(layers, conn, ttl) : errorForServer(layers, conn, conn.local, layers[0] as Ipv4Hdr);
  if (net.tracing) net.traceMangle('ipvs:icmp', 'ipvs.icmp-translated-in', skb, connArgs(conn));
  return out.kind === 'local' ? deliverHere(net, skb, conn) : sendOut(net, skb, conn, out.dst);
}

/** Errors of NAT servers about requests: the client must read of the virtual address. */
export function icmpOut(net: IpvsNet, skb: Skb, hook: NfHook): HookVerdict {
  if (!gatherFrags(net, skb, hook)) return 'stolen';
  if (errorOf(skb.layers) === null) return 'accept';
  const about = fillIph(skb.layers, EMBEDDED_AT, true, true);
  if (about === null) return 'accept';
  // The quoted request went from the client to the server: its target is the server's side of the entry.
  const conn = connOutGet(net.ipvs, about.proto, about.daddr, about.dport, about.saddr, about.sport);
  if (conn === null) return 'accept';
  // With the other methods nothing is to translate, as the request kept its target; it counts all the same.
  if (conn.fwd === 'masq') {
    skb.layers = natIcmpOut(skb.layers, conn);
    if (net.tracing) net.traceMangle('ipvs:icmp', 'ipvs.icmp-translated-out', skb, connArgs(conn));
    if (!routeMeHarder(net, skb, hook)) return 'drop';
  }
  if (conn.local !== null) {
    skb.layers = errorForClient(skb.layers, conn, conn.local);
    if (net.tracing) net.traceMangle('ipvs:icmp', 'ipvs.icmp-translated-out', skb, connArgs(conn));
  }
  ipVsOutStats(net.ipvs, conn, (skb.layers[0] as Ipv4Hdr).totalLen);
  skb.ipvsProperty = true;
  settleConntrack(net, skb, conn, 'output');
  return conn.local !== null && hook === 'LOCAL_IN' ? sendFullnatReply(net, skb) : 'accept';
}
