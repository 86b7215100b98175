/**
 * A packet without a connection: is there a service for it, which server does it get, and what if none.
 * Comes from: core.ts, icmp.ts.  Goes to: schedulers/, conn.ts, icmp port unreachable.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_core.c, ip_vs_try_to_schedule(), ip_vs_schedule(),
 *   ip_vs_sched_persist(), ip_vs_leave(); ip_vs_proto_tcp.c, tcp_conn_schedule(); ip_vs_conn.c, ip_vs_check_template().
 * Differs: applications (FTP's control connection) are not read; FTP data is balanced by persistence only.
 */
import { inetAddrType, LO_IF, NO_IF, type HookVerdict, type Skb } from '../host/index.ts';
import { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, IPPROTO_TCP, IPPROTO_UDP, TCP_RST, TCP_SYN, type Ipv4 } from '../wire/index.ts';
import { connArgs, connInGet, connNew, connPut, controlAdd, ctInGet, svcName, templateInvalidate, type ConnParams } from './conn.ts';
import { toDrop } from './defence.ts';
import { pickLaddr } from './fullnat.ts';
import { clientAddr, clientPort, virtualAddr, virtualPort, type Iph } from './iph.ts';
import type { IpvsNet } from './net.ts';
import { schedulerOf } from './schedulers/index.ts';
import type { Conn, Dest, Svc } from './state.ts';
import { ipVsConnStats, ipVsInStats } from './stats.ts';
import { setState } from './state-transition.ts';
import { destOf, FTP_DATA_PORT, FTP_PORT, svcFind, type SvcMatch } from './svc.ts';
import { packetXmit } from './xmit/index.ts';

/**
 * - conn: go on with it              - verdict: the packet's fate is sealed
 * - none: not for IPVS, the local stack goes on with it
 */
export type Scheduled = { readonly kind: 'conn'; readonly conn: Conn } | { readonly kind: 'verdict'; readonly verdict: HookVerdict };

/** Protocol of templates of firewall-mark services: they cover all protocols. */
const IPPROTO_IP = 0;

const ACCEPT: Scheduled = { kind: 'verdict', verdict: 'accept' };
const DROP: Scheduled = { kind: 'verdict', verdict: 'drop' };

const MATCH_REASON: Readonly<Record<SvcMatch, string>> = {
  fwmark: 'ipvs.service-by-mark',
  address: 'ipvs.service-by-address',
  ftp: 'ipvs.service-by-ftp',
  'port-0': 'ipvs.service-by-port-0',
};

/** TCP only begins with a SYN, unless sloppy_tcp lets any packet but RST begin. */
function mayBegin(net: IpvsNet, iph: Iph): boolean {
  if (iph.tcp === null || iph.icmp) return true;
  const { flags } = iph.tcp;
  if ((flags & TCP_RST) !== 0) return false;
  return (flags & TCP_SYN) !== 0 || net.ipvs.sysctl['sloppy_tcp'] !== 0;
}

export function tryToSchedule(net: IpvsNet, skb: Skb, iph: Iph): Scheduled {
  if (!mayBegin(net, iph)) {
    if (net.tracing) traceNoBegin(net, skb, iph);
    return ACCEPT;
  }
  const found = svcFind(net.ipvs, skb.mark, iph.proto, virtualAddr(iph), virtualPort(iph));
  if (found === null) {
    if (net.tracing)
      net.trace('ipvs:in', 'pass', 'ipvs.no-service', skb, {
        vip: virtualAddr(iph),
        vport: virtualPort(iph),
        mark: skb.mark,
      });
    return ACCEPT;
  }
  const { svc, match } = found;
  if (net.tracing) {
    net.trace('ipvs:in', 'pass', MATCH_REASON[match], skb, {
      svc: svcName(svc),
      scheduler: svc.scheduler,
      vip: virtualAddr(iph),
      vport: virtualPort(iph),
      mark: skb.mark,
      servers: svc.dests.length,
    });
  }
  if (toDrop(net.ipvs)) {
    net.trace('ipvs:schedule', 'drop', 'ipvs.dropped-by-defence', skb, {
      mode: net.ipvs.sysctl['drop_packet'] as number,
      rate: net.ipvs.defence.packetRate,
    });
    return DROP;
  }
  return schedule(net, skb, iph, svc);
}

/** A stray packet towards a virtual service: worth a word, for the local stack will refuse it. */
function traceNoBegin(net: IpvsNet, skb: Skb, iph: Iph): void {
  const found = svcFind(net.ipvs, skb.mark, iph.proto, virtualAddr(iph), virtualPort(iph));
  if (found === null) return;
  net.trace('ipvs:in', 'pass', 'ipvs.no-conn-no-syn', skb, {
    svc: svcName(found.svc),
    client: iph.saddr,
    cport: iph.sport,
  });
}

/** ip_vs_schedule(): picks a server and makes the connection. */
function schedule(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc): Scheduled {
  const cport = clientPort(iph);
  if (cport === FTP_DATA_PORT) return ACCEPT;
  if ((skb.iif === NO_IF || skb.iif === LO_IF) && isLocalReply(net, iph)) return ACCEPT;
  if (svc.persistTimeout !== null) return schedPersist(net, skb, iph, svc);
  const vport = virtualPort(iph);
  if (svc.fwmark === 0 && vport !== svc.port) return leave(net, skb, iph, svc);
  const dest = askScheduler(net, skb, iph, svc);
  if (dest === null) return leave(net, skb, iph, svc);
  const conn = makeConn(net, skb, iph, svc, dest, dest.port !== 0 ? dest.port : vport);
  if (conn === null) return DROP;
  ipVsConnStats(net.ipvs, conn, svc);
  traceNewConn(net, skb, conn);
  return { kind: 'conn', conn };
}

/** A packet made here that answers an existing connection. */
function isLocalReply(net: IpvsNet, iph: Iph): boolean {
  return connInGet(net.ipvs, iph.proto, virtualAddr(iph), virtualPort(iph), clientAddr(iph), clientPort(iph)) !== null;
}

function askScheduler(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc): Dest | null {
  const scheduler = schedulerOf(svc.scheduler);
  if (scheduler === null) return null;
  const dest = scheduler.schedule(net, svc, iph);
  if (dest !== null && net.tracing) {
    net.trace('ipvs:schedule', 'pass', scheduler.pickReason, skb, {
      svc: svcName(svc),
      scheduler: svc.scheduler,
      rip: dest.addr,
      rport: dest.port,
      dest: dest.id,
      ...scheduler.pickArgs(svc, dest, iph),
    });
  }
  return dest;
}

function params(skb: Skb, iph: Iph, svc: Svc, dest: Dest | null, dport: number): ConnParams {
  return {
    proto: iph.proto,
    caddr: clientAddr(iph),
    cport: clientPort(iph),
    vaddr: virtualAddr(iph),
    vport: virtualPort(iph),
    daddr: dest === null ? (0 as Ipv4) : dest.addr,
    dport,
    fwmark: skb.mark,
    fwd: dest === null ? 'bypass' : dest.fwd,
    template: false,
    onePacket: svc.onePacket && iph.proto === IPPROTO_UDP,
    synced: false,
    inactive: true,
  };
}

/** @returns null when a FullNAT service has no local address and port left; the drop is recorded then */
function makeConn(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc, dest: Dest, dport: number): Conn | null {
  const p = params(skb, iph, svc, dest, dport);
  if (dest.fwd !== 'fullnat') return connNew(net, p, dest, svc);
  const local = pickLaddr(net, svc, p);
  if (local !== null) return connNew(net, p, dest, svc, local);
  net.trace('ipvs:schedule', 'drop', 'ipvs.no-local-address', skb, {
    svc: svcName(svc),
    pool: svc.laddrs.length,
  });
  return null;
}

function traceNewConn(net: IpvsNet, skb: Skb, conn: Conn): void {
  if (net.tracing) net.trace('ipvs:conn', 'state', conn.noOutput ? 'ipvs.conn-new-half' : 'ipvs.conn-new', skb, connArgs(conn));
}

/** Is the template's server one that this client may still be sent to? */
function templateUsable(net: IpvsNet, template: Conn): boolean {
  const dest = destOf(net.ipvs, template);
  if (dest === null || !dest.available) return false;
  return !(net.ipvs.sysctl['expire_quiescent_template'] !== 0 && dest.weight === 0);
}

/** ip_vs_sched_persist(): a client that was here goes where it went. */
function schedPersist(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc): Scheduled {
  const vport = virtualPort(iph);
  const samePort = vport === svc.port;
  const snet = ((clientAddr(iph) & svc.persistMask) >>> 0) as Ipv4;
  const byMark = !samePort && svc.fwmark !== 0;
  const proto = byMark ? IPPROTO_IP : iph.proto;
  const tAddr = byMark ? (svc.fwmark as Ipv4) : virtualAddr(iph);
  const tPort = samePort && svc.port !== FTP_PORT ? vport : 0;
  let template = ctInGet(net.ipvs, proto, snet, tAddr, tPort);
  if (template !== null && !templateUsable(net, template)) {
    net.trace('ipvs:schedule', 'state', 'ipvs.template-given-up', skb, { client: snet, rip: template.daddr });
    templateInvalidate(net, template);
    template = null;
  }
  let dest: Dest;
  if (template === null) {
    const picked = askScheduler(net, skb, iph, svc);
    if (picked === null) return leave(net, skb, iph, svc);
    dest = picked;
    const dport = samePort && svc.port !== FTP_PORT ? dest.port : 0;
    const p = {
      ...params(skb, iph, svc, dest, dport),
      proto,
      caddr: snet,
      cport: 0,
      vaddr: tAddr,
      vport: tPort,
      template: true,
      onePacket: false,
    };
    template = connNew(net, p, dest, svc);
    template.timeoutMs = (svc.persistTimeout as number) * 1000;
    if (net.tracing) net.trace('ipvs:conn', 'state', 'ipvs.template-new', skb, connArgs(template));
  } else {
    dest = destOf(net.ipvs, template) as Dest;
    if (net.tracing) {
      net.trace('ipvs:schedule', 'pass', 'ipvs.kept-by-template', skb, {
        client: snet,
        rip: dest.addr,
        rport: dest.port,
        dest: dest.id,
        weight: dest.weight,
        timeout: svc.persistTimeout as number,
      });
    }
  }
  const conn = makeConn(net, skb, iph, svc, dest, samePort && dest.port !== 0 ? dest.port : vport);
  if (conn === null) {
    connPut(net, template);
    return DROP;
  }
  controlAdd(conn, template);
  connPut(net, template);
  ipVsConnStats(net.ipvs, conn, svc);
  traceNewConn(net, skb, conn);
  return { kind: 'conn', conn };
}

/** ip_vs_leave(): the service matched, but no server can be had. */
function leave(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc): Scheduled {
  const { ipvs } = net;
  if (ipvs.sysctl['cache_bypass'] !== 0 && svc.fwmark !== 0 && !iph.icmp && inetAddrType(net.host, iph.daddr) === 'unicast') {
    return { kind: 'verdict', verdict: bypass(net, skb, iph, svc) };
  }
  if (svc.port === FTP_PORT && virtualPort(iph) !== FTP_PORT) return ACCEPT;
  traceNoDest(net, skb, iph, svc);
  if (!iph.icmp) net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
  return DROP;
}

function noDestReason(svc: Svc, wrongPort: boolean): string {
  if (wrongPort) return 'ipvs.no-destination-port';
  if (svc.dests.length === 0) return 'ipvs.no-destination-empty';
  return schedulerOf(svc.scheduler) === null ? 'ipvs.no-scheduler' : 'ipvs.no-destination';
}

function traceNoDest(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc): void {
  const zero = svc.dests.filter((d) => d.weight <= 0).length;
  const overload = svc.dests.filter((d) => d.weight > 0 && d.overload).length;
  const wrongPort = svc.fwmark === 0 && svc.persistTimeout === null && virtualPort(iph) !== svc.port;
  net.trace('ipvs:schedule', 'drop', noDestReason(svc, wrongPort), skb, {
    svc: svcName(svc),
    scheduler: svc.scheduler,
    servers: svc.dests.length,
    zero,
    overload,
    vip: virtualAddr(iph),
    vport: virtualPort(iph),
  });
}

/** cache_bypass: goes to where the client wanted, past the caches. */
function bypass(net: IpvsNet, skb: Skb, iph: Iph, svc: Svc): HookVerdict {
  const conn = connNew(net, params(skb, iph, svc, null, 0), null, null);
  ipVsInStats(net.ipvs, conn, null, iph.ip.totalLen);
  setState(net, conn, 'input', iph.tcp, skb);
  const verdict = packetXmit(net, skb, conn, iph);
  conn.inPkts++;
  connPut(net, conn);
  return verdict;
}

/** A packet that would begin a connection: SYN without further conditions, as for scheduling. */
export function isNewConn(iph: Iph): boolean {
  return iph.proto === IPPROTO_TCP && iph.tcp !== null && (iph.tcp.flags & TCP_SYN) !== 0;
}
