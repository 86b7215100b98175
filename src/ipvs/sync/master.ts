/**
 * The master's side of connection synchronisation: decides which connections are worth telling,
 * gathers them, and sends a full message after 20 ms or an incomplete one when it is two seconds old.
 * Comes from: core.ts (after each packet), conn.ts.  Goes to: UDP 224.0.0.81:8848.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c, ip_vs_sync_conn_needed(), ip_vs_sync_conn(),
 *   next_sync_buff(), sync_thread_master().
 * Differs: one socket for all connections (sync_ports=1); messages of version 0 are not written.
 */
import { devByName, ipSend, mcJoin, mcLeave, selectSource, RT_SCOPE_UNIVERSE } from '../../host/index.ts';
import { later, millis, seconds, type Nanos } from '../../engine/index.ts';
import { IPPROTO_TCP, IPPROTO_UDP, makePayload, makeUdp, UDP_HLEN } from '../../wire/index.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn, ConnId, IpvsState, SyncDaemon } from '../state.ts';
import { isMaster, syncPeriod, syncThreshold } from './settings.ts';
import { emitSync, SYNC_CONN_LEN, SYNC_HEADER_LEN, type SyncedConn } from './wire.ts';

/** The sender looks for something to send this often while it has nothing. */
const CHECK_PERIOD: Nanos = seconds(1);
/** A message is sent at the latest when its first connection has waited this long. */
const FLUSH_AGE: Nanos = seconds(2);
/** Full messages wait this long, so that several go together. */
const SEND_DELAY: Nanos = millis(20);
/** Most connections that fit the counter of one byte. */
const MAX_CONNS = 255;
const FIRST_PORT = 32768;
const PORT_COUNT = 28232;

/** What synchronisation remembers; IpvsState.sync while a daemon runs. */
export interface SyncMemory {
  /** connections gathered for the message under way */
  pending: SyncedConn[];
  firstUse: Nanos;
  /** complete messages that wait to be sent */
  queue: SyncedConn[][];
  sport: number;
  checkTimer: number | null;
  flushTimer: number | null;
  sent: number;
  received: number;
}

export function syncMemory(ipvs: IpvsState): SyncMemory {
  if (ipvs.sync === null) {
    const fresh: SyncMemory = {
      pending: [],
      firstUse: 0 as Nanos,
      queue: [],
      sport: 0,
      checkTimer: null,
      flushTimer: null,
      sent: 0,
      received: 0,
    };
    ipvs.sync = fresh;
  }
  return ipvs.sync as SyncMemory;
}

/** The states worth telling; a connection that is only being opened is not. */
function isToldState(conn: Conn): boolean {
  const { state } = conn;
  return state === 'ESTABLISHED' || state === 'FIN_WAIT' || state === 'CLOSE' || state === 'CLOSE_WAIT' || state === 'TIME_WAIT';
}

/** With sync_refresh_period: told recently enough, so not again. */
function isFresh(net: IpvsNet, conn: Conn, end: Nanos): boolean {
  const period = (net.ipvs.sysctl['sync_refresh_period'] as number) * 1_000_000_000;
  const least = Math.max((conn.timeoutMs * 1_000_000) / 2, 10_000_000_000);
  return Math.abs(end - conn.syncEnd) < Math.min(period, least);
}

function syncNeeded(net: IpvsNet, conn: Conn, pkts: number): boolean {
  const { ipvs } = net;
  if (!conn.template) {
    if (ipvs.sysctl['sync_persist_mode'] !== 0 && conn.control !== null) return false;
    if (conn.proto === IPPROTO_TCP) {
      if (!isToldState(conn)) return false;
      if (conn.state !== conn.oldState && conn.state !== 'ESTABLISHED') return true;
    }
  }
  const refresh = ipvs.sysctl['sync_refresh_period'] as number;
  if (refresh > 0 && isFresh(net, conn, later(net.now, millis(conn.timeoutMs)))) return false;
  const period = syncPeriod(ipvs);
  const threshold = syncThreshold(ipvs);
  if (period > 0) return conn.template || pkts % period === threshold;
  return refresh > 0 || pkts === threshold;
}

/** After a packet: tells the backup about the connection, and about the template above it, if it is time. */
export function syncConn(net: IpvsNet, first: Conn, firstPkts: number): void {
  if (!isMaster(net.ipvs)) return;
  let conn: Conn | undefined = first;
  let pkts = firstPkts;
  while (conn !== undefined) {
    if (!conn.onePacket && syncNeeded(net, conn, pkts)) {
      conn.oldState = conn.state;
      conn.syncEnd = later(net.now, millis(conn.timeoutMs));
      addToMessage(net, conn);
    }
    const above: ConnId | null = conn.control;
    conn = above === null ? undefined : net.ipvs.conns.get(above);
    if (conn === undefined) return;
    if (conn.template) pkts = ++conn.inPkts;
    else pkts = syncThreshold(net.ipvs);
  }
}

function masterOf(ipvs: IpvsState): SyncDaemon | null {
  for (const daemon of ipvs.daemons) if (daemon.role === 'master') return daemon;
  return null;
}

function addToMessage(net: IpvsNet, conn: Conn): void {
  const daemon = masterOf(net.ipvs);
  if (daemon === null) return;
  const memory = syncMemory(net.ipvs);
  const size = SYNC_HEADER_LEN + SYNC_CONN_LEN * (memory.pending.length + 1);
  if (memory.pending.length > 0 && (size > daemon.maxlen || memory.pending.length >= MAX_CONNS)) queueMessage(net, memory);
  if (memory.pending.length === 0) memory.firstUse = net.now;
  memory.pending.push({
    proto: conn.proto,
    state: conn.state,
    caddr: conn.caddr,
    cport: conn.cport,
    vaddr: conn.vaddr,
    vport: conn.vport,
    daddr: conn.daddr,
    dport: conn.dport,
    fwmark: conn.fwmark,
    timeoutS: Math.floor(conn.timeoutMs / 1000),
    fwd: conn.fwd,
    noOutput: conn.noOutput,
    inactive: conn.inactive,
    template: conn.template,
    nfct: conn.nfct,
  });
  if (net.tracing) {
    net.trace('ipvs:sync', 'state', 'ipvs.sync-noted', null, {
      client: conn.caddr,
      cport: conn.cport,
      state: conn.state,
      pkts: conn.inPkts,
    });
  }
}

function queueMessage(net: IpvsNet, memory: SyncMemory): void {
  memory.queue.push(memory.pending);
  memory.pending = [];
  if (memory.flushTimer === null) memory.flushTimer = net.arm('ipvs-sync-flush', 0, SEND_DELAY);
}

function send(net: IpvsNet, daemon: SyncDaemon, conns: readonly SyncedConn[]): void {
  const memory = syncMemory(net.ipvs);
  const dev = devByName(net.host, daemon.mcastInterface);
  if (dev === null) return;
  const bytes = emitSync({ syncId: daemon.syncId, conns });
  memory.sent++;
  net.trace('ipvs:sync', 'state', 'ipvs.sync-sent', null, { conns: conns.length, bytes: bytes.length, syncid: daemon.syncId }, dev.ifindex);
  ipSend(net, {
    dst: daemon.group,
    src: selectSource(net.host, dev, daemon.group, RT_SCOPE_UNIVERSE),
    proto: IPPROTO_UDP,
    ttl: daemon.ttl,
    df: false,
    oif: dev.ifindex,
    layers: [makeUdp(memory.sport, daemon.port, UDP_HLEN + bytes.length), makePayload(bytes)],
  });
}

function sendQueue(net: IpvsNet, daemon: SyncDaemon): void {
  const memory = syncMemory(net.ipvs);
  const { queue } = memory;
  memory.queue = [];
  for (const conns of queue) send(net, daemon, conns);
}

/** The beat of the sending thread. */
export function syncCheckTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const memory = syncMemory(net.ipvs);
  if (memory.checkTimer !== seq) return;
  const daemon = masterOf(net.ipvs);
  memory.checkTimer = null;
  if (daemon === null) return;
  sendQueue(net, daemon);
  if (memory.pending.length > 0 && net.now - memory.firstUse >= FLUSH_AGE) {
    const { pending } = memory;
    memory.pending = [];
    send(net, daemon, pending);
  }
  memory.checkTimer = net.arm('ipvs-sync-check', 0, CHECK_PERIOD);
}

/** Full messages have waited long enough. */
export function syncFlushTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const memory = syncMemory(net.ipvs);
  if (memory.flushTimer !== seq) return;
  memory.flushTimer = null;
  const daemon = masterOf(net.ipvs);
  if (daemon !== null) sendQueue(net, daemon);
}

export type DaemonError = 'EEXIST' | 'ESRCH' | 'ENODEV' | 'EINVAL';

/** `ipvsadm --start-daemon`. */
export function startDaemon(net: IpvsNet, wanted: Omit<SyncDaemon, 'maxlen'> & { maxlen: number | null }): DaemonError | null {
  const { ipvs } = net;
  if (ipvs.daemons.some((d) => d.role === wanted.role)) return 'EEXIST';
  const dev = devByName(net.host, wanted.mcastInterface);
  if (dev === null) return 'ENODEV';
  const most = dev.mtu - 28;
  const maxlen = Math.min(wanted.maxlen ?? most, most);
  ipvs.daemons.push({ ...wanted, maxlen });
  const memory = syncMemory(ipvs);
  if (wanted.role === 'backup') mcJoin(dev, wanted.group);
  else {
    memory.sport = FIRST_PORT + net.randomBelow(PORT_COUNT);
    memory.checkTimer = net.arm('ipvs-sync-check', 0, CHECK_PERIOD);
  }
  net.trace('ipvs:sync', 'state', 'ipvs.sync-daemon-started', null, { role: wanted.role, syncid: wanted.syncId }, dev.ifindex);
  return null;
}

/** `ipvsadm --stop-daemon`: what has not been sent yet is lost. */
export function stopDaemon(net: IpvsNet, role: 'master' | 'backup'): DaemonError | null {
  const { ipvs } = net;
  const at = ipvs.daemons.findIndex((d) => d.role === role);
  const daemon = ipvs.daemons[at];
  if (daemon === undefined) return 'ESRCH';
  ipvs.daemons.splice(at, 1);
  const memory = syncMemory(ipvs);
  const dev = devByName(net.host, daemon.mcastInterface);
  if (role === 'backup' && dev !== null) mcLeave(dev, daemon.group);
  if (role === 'master') {
    memory.pending = [];
    memory.queue = [];
    memory.checkTimer = null;
    memory.flushTimer = null;
  }
  net.trace('ipvs:sync', 'state', 'ipvs.sync-daemon-stopped', null, { role });
  return null;
}
