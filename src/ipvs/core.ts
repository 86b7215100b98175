/**
 * The two doors of IPVS: requests of clients come in, answers of servers go out.
 * Comes from: hooks.ts.  Goes to: schedule.ts, state-transition.ts, xmit/, sync/.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_core.c, ip_vs_in_hook(), ip_vs_out_hook(), handle_response(),
 *   is_new_conn_expected().
 * Differs: nothing known for TCP and UDP; see protos.ts for the others.
 */
import type { HookVerdict, NfHook, Skb } from '../host/index.ts';
import { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, IPPROTO_ICMP, IPPROTO_TCP, TCP_RST, type Ipv4Hdr } from '../wire/index.ts';
import { connArgs, connExpireNow, connInGet, connOutGet, connPut } from './conn.ts';
import { settleConntrack, usesOldConntrack } from './conntrack.ts';
import { icmpIn, icmpOut } from './icmp.ts';
import { fillIph, type Iph } from './iph.ts';
import type { IpvsNet } from './net.ts';
import { gatherFrags, isBackupOnly, routeMeHarder } from './passage.ts';
import { isBalanced } from './protos.ts';
import { isNewConn, tryToSchedule } from './schedule.ts';
import type { Conn, Dest, IpvsState } from './state.ts';
import { ipVsInStats, ipVsOutStats } from './stats.ts';
import { setState } from './state-transition.ts';
import { destOf } from './svc.ts';
import { syncConn } from './sync/master.ts';
import { isMaster, syncThreshold } from './sync/settings.ts';
import { packetXmit } from './xmit/index.ts';
import { snat } from './xmit/nat.ts';
import { sendFullnatReply, translateFullnatReply } from './xmit/fullnat-reply.ts';

/** Should a SYN that hits an old entry be scheduled as a new connection? */
function isReuse(net: IpvsNet, conn: Conn): boolean {
  const mode = net.ipvs.sysctl['conn_reuse_mode'] as number;
  if (mode === 0 || conn.control !== null || conn.proto !== IPPROTO_TCP) return false;
  if (conn.state === 'TIME_WAIT' || conn.state === 'CLOSE') return true;
  return (mode & 2) !== 0 && conn.state === 'FIN_WAIT' && conn.noOutput;
}

type Kept = { readonly kind: 'keep' } | { readonly kind: 'gone' } | { readonly kind: 'drop' };
const KEEP: Kept = { kind: 'keep' };

/** Lets go of an entry, so that the packet can be scheduled anew; not while tracking still knows it. */
function letGo(net: IpvsNet, skb: Skb, conn: Conn, expire: boolean): Kept {
  const old = usesOldConntrack(net, conn, skb);
  if (!old) conn.nfct = false;
  if (expire) connExpireNow(net, conn);
  if (!old) return { kind: 'gone' };
  net.trace('ipvs:conn', 'drop', 'ipvs.old-conntrack', skb, connArgs(conn));
  return { kind: 'drop' };
}

/** A SYN met an entry: reuse of the client's port, or a server with weight 0 that is to be left. */
function checkReschedule(net: IpvsNet, skb: Skb, conn: Conn, dest: Dest | null): Kept {
  if (net.ipvs.sysctl['expire_nodest_conn'] !== 0 && dest !== null && dest.weight === 0) {
    net.trace('ipvs:conn', 'state', 'ipvs.conn-left-weight-0', skb, connArgs(conn));
    return letGo(net, skb, conn, conn.nControl === 0);
  }
  if (!isReuse(net, conn)) return KEEP;
  const old = usesOldConntrack(net, conn, skb);
  if (conn.nControl > 0 && old) return KEEP;
  net.trace('ipvs:conn', 'state', 'ipvs.conn-port-reused', skb, connArgs(conn));
  return letGo(net, skb, conn, conn.nControl === 0);
}

/** The server of the connection has been deleted. */
function checkAvailable(net: IpvsNet, skb: Skb, conn: Conn): Kept {
  if (net.ipvs.sysctl['expire_nodest_conn'] === 0) {
    net.trace('ipvs:conn', 'drop', 'ipvs.server-deleted', skb, connArgs(conn));
    return { kind: 'drop' };
  }
  net.trace('ipvs:conn', 'state', 'ipvs.server-deleted-expire', skb, connArgs(conn));
  return letGo(net, skb, conn, true);
}

/** Requests: hooks LOCAL_IN and LOCAL_OUT. */
export function ipVsIn(net: IpvsNet, skb: Skb, hook: 'LOCAL_IN' | 'LOCAL_OUT'): HookVerdict {
  const { ipvs } = net;
  if (skb.ipvsProperty || skb.dst === null) return 'accept';
  if (skb.pktType !== 'host' && hook !== 'LOCAL_OUT') return 'accept';
  if (ipvs.daemons.length > 0 && isBackupOnly(ipvs)) return 'accept';
  const ip = skb.layers[0] as Ipv4Hdr;
  if (ip.proto === IPPROTO_ICMP) return icmpIn(net, skb, hook);
  if (!isBalanced(ip.proto)) {
    if (ipvs.sysctl['ignore_tunneled'] !== 0) skb.ipvsProperty = true;
    return 'accept';
  }
  const iph = fillIph(skb.layers, 0, false, false);
  if (iph === null) return 'accept';
  let conn = connInGet(ipvs, iph.proto, iph.saddr, iph.sport, iph.daddr, iph.dport);
  let dest = conn === null ? null : destOf(ipvs, conn);
  if (conn !== null && isNewConn(iph)) {
    const kept = checkReschedule(net, skb, conn, dest);
    if (kept.kind === 'drop') return 'drop';
    if (kept.kind === 'gone') conn = null;
  }
  if (conn !== null && dest !== null && !dest.available) {
    const kept = checkAvailable(net, skb, conn);
    if (kept.kind === 'drop') return 'drop';
    if (kept.kind === 'gone') conn = null;
  }
  if (conn === null) {
    const scheduled = tryToSchedule(net, skb, iph);
    if (scheduled.kind === 'verdict') return scheduled.verdict;
    conn = scheduled.conn;
    dest = destOf(ipvs, conn);
  } else if (net.tracing) {
    net.trace('ipvs:in', 'pass', 'ipvs.conn-found', skb, connArgs(conn));
  }
  return goOn(net, skb, iph, conn, dest);
}

/** Counts the packet, moves the state on, sends it, and tells the backup. */
function goOn(net: IpvsNet, skb: Skb, iph: Iph, conn: Conn, dest: Dest | null): HookVerdict {
  const { ipvs } = net;
  ipVsInStats(ipvs, conn, dest, iph.ip.totalLen);
  setState(net, conn, 'input', iph.tcp, skb);
  const verdict = packetXmit(net, skb, conn, iph);
  const pkts = conn.onePacket ? syncThreshold(ipvs) : ++conn.inPkts;
  if (ipvs.daemons.length > 0 && isMaster(ipvs)) syncConn(net, conn, pkts);
  connPut(net, conn);
  return verdict;
}

/** Answers: hooks FORWARD, LOCAL_IN and LOCAL_OUT. */
export function ipVsOut(net: IpvsNet, skb: Skb, hook: NfHook): HookVerdict {
  if (skb.ipvsProperty || skb.dst === null) return 'accept';
  const first = skb.layers[0] as Ipv4Hdr;
  if (first.proto === IPPROTO_ICMP) return icmpOut(net, skb, hook);
  if (!isBalanced(first.proto)) return 'accept';
  if (!gatherFrags(net, skb, hook)) return 'stolen';
  const iph = fillIph(skb.layers, 0, false, false);
  if (iph === null) return 'accept';
  const conn = connOutGet(net.ipvs, iph.proto, iph.saddr, iph.sport, iph.daddr, iph.dport);
  if (conn !== null) return handleResponse(net, skb, iph, conn, hook);
  if (net.ipvs.sysctl['nat_icmp_send'] !== 0 && isNatServer(net.ipvs, iph) && !isReset(iph)) {
    net.trace('ipvs:out', 'drop', 'ipvs.no-conn-for-server', skb, {
      rip: iph.saddr,
      rport: iph.sport,
      client: iph.daddr,
    });
    net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
    return 'drop';
  }
  return 'accept';
}

function isReset(iph: Iph): boolean {
  return iph.tcp !== null && (iph.tcp.flags & TCP_RST) !== 0;
}

/** Is this the address and port of a NAT server (ip_vs_has_real_service)? */
function isNatServer(ipvs: IpvsState, iph: Iph): boolean {
  for (const svc of ipvs.services) {
    if (svc.fwmark === 0 && svc.proto !== iph.proto) continue;
    for (const dest of svc.dests) {
      if (dest.fwd === 'masq' && dest.addr === iph.saddr && dest.port === iph.sport) return true;
    }
  }
  return false;
}

/** The answer gets the virtual address as its source. */
function handleResponse(net: IpvsNet, skb: Skb, iph: Iph, conn: Conn, hook: NfHook): HookVerdict {
  if (conn.fwd === 'fullnat') {
    translateFullnatReply(net, skb, conn);
  } else if (iph.saddr !== conn.vaddr || iph.sport !== conn.vport) {
    skb.layers = snat(skb.layers, conn.vaddr, conn.vport);
    if (net.tracing) {
      net.traceMangle('ipvs:out', 'ipvs.reply-translated', skb, {
        rip: conn.daddr,
        rport: conn.dport,
        vip: conn.vaddr,
        vport: conn.vport,
        client: conn.caddr,
      });
    }
  }
  if (!routeMeHarder(net, skb, hook)) return 'drop';
  ipVsOutStats(net.ipvs, conn, iph.ip.totalLen);
  setState(net, conn, 'output', iph.tcp, skb);
  skb.ipvsProperty = true;
  settleConntrack(net, skb, conn, 'output');
  connPut(net, conn);
  return conn.fwd === 'fullnat' && hook === 'LOCAL_IN' ? sendFullnatReply(net, skb) : 'accept';
}
