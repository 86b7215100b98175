/**
 * The connection table: entries, look-up, timers, and the link between a connection and its server.
 * Comes from: schedule.ts, core.ts, sync/.  Goes to: state-transition.ts, xmit/.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_new(), ip_vs_conn_in_get(),
 *   ip_vs_ct_in_get(), ip_vs_conn_out_get(), ip_vs_bind_dest(), ip_vs_conn_expire().
 * Differs: a FullNAT entry stands in a second table under its local address. References are not counted:
 *   nothing runs in parallel.
 */
import { wheelDelay } from '../host/index.ts';
import { later, millis, nanos } from '../engine/index.ts';
import { formatIpv4, IPPROTO_UDP, type Ipv4 } from '../wire/index.ts';
import { clientFind, connAdd, connIndex, connOf, connRemove, connUnindex, serverFind } from './conn-table.ts';
import { dropConntrackOf } from './conntrack.ts';
import type { Ipv6 } from './ipv6.ts';
import type { IpvsNet } from './net.ts';
import { firstState, protoName } from './protos.ts';
import type { Conn, ConnId, Dest, FwdMethod, IpvsState, Svc } from './state.ts';
import { destOf } from './svc.ts';
import { syncConn } from './sync/master.ts';
import { syncThreshold } from './sync/settings.ts';

/** A new entry lives this long unless a state gives it another timeout. */
const FIRST_TIMEOUT_MS = 3000;
/** A template that still controls connections is looked at again after this time. */
const CONTROLLING_TIMEOUT_MS = 60_000;
/** Four jiffies: syncEnd's two lowest bits count repetitions. */
const SYNC_END_STEP = 16_000_000;
/** Ports of a template that has been given up: nothing looks for them. */
export const INVALID_PORT = 0xffff;

/** Look-up key: address and port as one number below 2^48. */
export function connKey(addr: Ipv4, port: number): number {
  return addr * 0x10000 + port;
}

export interface ConnParams {
  readonly proto: number;
  readonly caddr: Ipv4;
  readonly cport: number;
  readonly vaddr: Ipv4;
  readonly vport: number;
  readonly daddr: Ipv4;
  readonly dport: number;
  readonly fwmark: number;
  readonly fwd: FwdMethod;
  readonly template: boolean;
  readonly onePacket: boolean;
  readonly synced: boolean;
  /** only for synchronised entries, whose sender knows better; else true */
  readonly inactive: boolean;
}

type ConnTable = Map<number, ConnId | ConnId[]>;

function addToTable(table: ConnTable, key: number, id: ConnId): void {
  const there = table.get(key);
  // Newest first: an entry that is on its way out must not be found any more.
  if (there === undefined) table.set(key, id);
  else if (typeof there === 'number') table.set(key, [id, there]);
  else there.unshift(id);
}

function removeFromTable(table: ConnTable, key: number, id: ConnId): void {
  const there = table.get(key);
  if (there === id) table.delete(key);
  else if (typeof there === 'object') {
    const at = there.indexOf(id);
    if (at >= 0) there.splice(at, 1);
    if (there.length === 1) table.set(key, there[0] as ConnId);
  }
}

/** How many entries stand under a key. */
function countAt(there: ConnId | ConnId[]): number {
  return typeof there === 'number' ? 1 : there.length;
}

export function connHash({ conns }: IpvsState, conn: Conn): void {
  connIndex(conns, conn.id);
  const { local } = conn;
  if (local !== null) addToTable(conns.byLocal, connKey(local.addr, local.port), conn.id);
}

export function connUnhash({ conns }: IpvsState, conn: Conn): void {
  connUnindex(conns, conn.id);
  const { local } = conn;
  if (local !== null) removeFromTable(conns.byLocal, connKey(local.addr, local.port), conn.id);
}

/** The connection of a client's packet. */
export function connInGet(ipvs: IpvsState, proto: number, caddr: Ipv4, cport: number, vaddr: Ipv4, vport: number): Conn | null {
  return clientFind(ipvs.conns, proto, caddr, cport, vaddr, vport, false);
}

/** A persistence template. */
export function ctInGet(ipvs: IpvsState, proto: number, caddr: Ipv4, vaddr: Ipv4, vport: number): Conn | null {
  return clientFind(ipvs.conns, proto, caddr, 0, vaddr, vport, true);
}

/** The connection of an answer to a FullNAT director's own address and port. */
export function connLocalGet(ipvs: IpvsState, proto: number, laddr: Ipv4, lport: number, daddr: Ipv4, dport: number): Conn | null {
  const { conns } = ipvs;
  const there = conns.byLocal.get(connKey(laddr, lport));
  if (there === undefined) return null;
  for (let i = 0; i < countAt(there); i++) {
    const conn = connOf(conns, typeof there === 'number' ? there : (there[i] as ConnId)) as Conn;
    if (conn.proto === proto && conn.daddr === daddr && conn.dport === dport) return conn;
  }
  return null;
}

/**
 * The connection of a server's packet: with NAT it comes from the server's address, with all other
 * methods from the virtual one. `caddr` and `cport` are where it goes.
 */
export function connOutGet(ipvs: IpvsState, proto: number, saddr: Ipv4, sport: number, caddr: Ipv4, cport: number): Conn | null {
  const conn = serverFind(ipvs.conns, proto, saddr, sport, caddr, cport);
  return conn ?? connLocalGet(ipvs, proto, caddr, cport, saddr, sport);
}

function bindDest(net: IpvsNet, conn: Conn, dest: Dest, svc: Svc | null): void {
  conn.dest = dest.id;
  conn.svc = svc === null ? null : svc.id;
  conn.fwd = dest.fwd;
  // Only NAT's replies are sure to pass here.
  conn.noOutput = dest.fwd !== 'masq' && dest.fwd !== 'fullnat';
  if (conn.template) dest.persistConns++;
  else if (conn.inactive) dest.inactConns++;
  else dest.activeConns++;
  updateOverload(net, dest);
}

/**
 * Looks at a server's thresholds after its connections or the thresholds themselves have changed. Between
 * the two thresholds, or between the upper one and three quarters of it, things stay as they are.
 */
export function updateOverload(net: IpvsNet, dest: Dest): void {
  const total = dest.activeConns + dest.inactConns;
  const over = dest.uThreshold !== 0 && total >= dest.uThreshold;
  if (over === dest.overload || (!over && !clearsOverload(dest, total))) return;
  dest.overload = over;
  net.trace('ipvs:conn', 'state', over ? 'ipvs.dest-overload' : 'ipvs.dest-overload-over', null, {
    dest: dest.addr,
    port: dest.port,
    conns: total,
    threshold: dest.uThreshold,
  });
}

function clearsOverload(dest: Dest, total: number): boolean {
  if (dest.lThreshold !== 0) return total < dest.lThreshold;
  if (dest.uThreshold !== 0) return total * 4 < dest.uThreshold * 3;
  return true;
}

function unbindDest(net: IpvsNet, conn: Conn): void {
  const dest = destOf(net.ipvs, conn);
  if (dest === null) return;
  if (conn.template) dest.persistConns--;
  else if (conn.inactive) dest.inactConns--;
  else dest.activeConns--;
  updateOverload(net, dest);
}

/** Makes an entry, binds it to its server and puts it into the table. Its timer starts with connPut(). */
export function connNew(
  net: IpvsNet,
  p: ConnParams,
  dest: Dest | null,
  svc: Svc | null,
  local: { addr: Ipv4; port: number } | null = null,
): Conn {
  const { ipvs } = net;
  const state = firstState(p.proto, p.template);
  const end = local === null ? null : { addr: local.addr, port: local.port, seqDelta: null, dataSeq: null };
  const conn = connAdd(ipvs.conns, { ...p, onePacket: p.onePacket && p.proto === IPPROTO_UDP }, end);
  conn.state = state;
  conn.oldState = state;
  conn.inactive = p.inactive;
  conn.noOutput = p.fwd !== 'masq' && p.fwd !== 'fullnat';
  conn.timeoutMs = FIRST_TIMEOUT_MS;
  conn.expires = net.now;
  conn.fireAt = net.now;
  conn.timerAt = net.now;
  conn.nfct = ipvs.sysctl['conntrack'] !== 0;
  conn.syncEnd = Math.floor(net.now / SYNC_END_STEP) * 4;
  if (dest !== null) bindDest(net, conn, dest, svc);
  if (!conn.onePacket) connHash(ipvs, conn);
  return conn;
}

/** Binds a synchronised entry that found no server at first, when it has one now. */
export function connBindLate(net: IpvsNet, conn: Conn, dest: Dest, svc: Svc): void {
  bindDest(net, conn, dest, svc);
}

/** Done with a packet: the timer starts anew with the timeout in force. One-packet entries end here. */
export function connPut(net: IpvsNet, conn: Conn): void {
  if (conn.onePacket) {
    connExpire(net, conn);
    return;
  }
  const span = millis(conn.timeoutMs);
  conn.expires = later(net.now, span);
  const fireAt = later(net.now, wheelDelay(net.now, span));
  conn.fireAt = fireAt;
  // Moving a timer later costs nothing: it fires at the old time and is armed again then.
  if (conn.timer !== null && conn.timerAt <= fireAt) return;
  armAt(net, conn);
}

function armAt(net: IpvsNet, conn: Conn): void {
  const { fireAt } = conn;
  conn.timerAt = fireAt;
  conn.timer = net.arm('ipvs-conn', conn.id, nanos(fireAt - net.now));
}

/** Lets the timer fire at once: as a later event at the same time, so the entry still counts until then. */
export function connExpireNow(net: IpvsNet, conn: Conn): void {
  conn.expires = net.now;
  conn.fireAt = net.now;
  armAt(net, conn);
}

/** Deletes an entry at once (ip_vs_conn_del); a template that controls connections stays for another minute. */
export function connDelete(net: IpvsNet, conn: Conn): void {
  if (conn.timer === null) return;
  conn.timer = null;
  if (conn.control !== null) conn.timeoutMs = 0;
  connExpire(net, conn);
}

export function connTimer(net: IpvsNet, key: number | string, seq: number): void {
  const conn = connOf(net.ipvs.conns, key as ConnId);
  if (conn === null || conn.timer !== seq) return;
  conn.timer = null;
  if (conn.fireAt > net.now) armAt(net, conn);
  else connExpire(net, conn);
}

function controlDel(ipvs: IpvsState, conn: Conn): Conn | null {
  const template = connOf(ipvs.conns, conn.control);
  conn.control = null;
  if (template === null) return null;
  template.nControl--;
  return template;
}

/** The timer of an entry has run out. */
function connExpire(net: IpvsNet, conn: Conn): void {
  const { ipvs } = net;
  if (conn.nControl > 0) {
    conn.timeoutMs = CONTROLLING_TIMEOUT_MS;
    net.trace('ipvs:conn', 'state', 'ipvs.template-prolonged', null, {
      client: conn.caddr,
      conns: conn.nControl,
    });
    if (ipvs.daemons.length > 0) syncConn(net, conn, syncThreshold(ipvs));
    connPut(net, conn);
    return;
  }
  const template = controlDel(ipvs, conn);
  if (template !== null && conn.timeoutMs === 0 && template.nControl === 0 && !(template.template && template.state === 'ASSURED')) {
    connDelete(net, template);
  }
  if (conn.nfct && !conn.onePacket) dropConntrackOf(net, conn);
  unbindDest(net, conn);
  if (!conn.onePacket) connUnhash(ipvs, conn);
  conn.timer = null;
  connRemove(ipvs.conns, conn);
  if (conn.onePacket || !net.tracing) return;
  net.trace('ipvs:conn', 'state', conn.template ? 'ipvs.template-expired' : 'ipvs.conn-expired', null, connArgs(conn));
}

/** Gives up a template: no look-up finds it from now on, and it goes when its timer does. */
export function templateInvalidate(net: IpvsNet, conn: Conn): void {
  if (conn.vport === INVALID_PORT) return;
  connUnhash(net.ipvs, conn);
  conn.dport = INVALID_PORT;
  conn.vport = INVALID_PORT;
  conn.cport = 0;
  connHash(net.ipvs, conn);
}

/** Puts a connection under a template, which lives on as long as it does. */
export function controlAdd(conn: Conn, template: Conn): void {
  conn.control = template.id;
  template.nControl++;
}

/** The server has answered or the handshake is complete: the template is worth keeping. */
export function controlAssure(net: IpvsNet, conn: Conn): void {
  const template = connOf(net.ipvs.conns, conn.control);
  if (template !== null && template.template) template.state = 'ASSURED';
}

/** Values for sentences about a connection. */
export function connArgs(conn: Conn): Record<string, string | number> {
  return {
    proto: protoName(conn.proto),
    client: conn.caddr,
    cport: conn.cport,
    vip: conn.vaddr,
    vport: conn.vport,
    dest: conn.daddr,
    dport: conn.dport,
    state: conn.state,
    fwd: conn.fwd,
    timeout: conn.timeoutMs / 1000,
  };
}

/** Address and port of a service or a real server: '10.0.0.1:80', '[2001:db8::1]:80'. */
export function endText(end: { readonly addr: Ipv4; readonly addr6: Ipv6 | null; readonly port: number }): string {
  return `${end.addr6 === null ? formatIpv4(end.addr) : `[${end.addr6}]`}:${end.port}`;
}

/** 'TCP 10.0.0.1:80' or 'FWM 5', as kernel messages and listings name a service. */
export function svcName(svc: Svc): string {
  return svc.fwmark !== 0 ? `FWM ${svc.fwmark}` : `${protoName(svc.proto)} ${endText(svc)}`;
}
