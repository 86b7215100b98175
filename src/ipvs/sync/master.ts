/**
 * The master's side of connection synchronisation: decides which connections are worth telling, gathers
 * them, and sends full messages after 20 ms or by the eight, an incomplete one when it is two seconds old.
 * Comes from: core.ts (after each packet), conn.ts.  Goes to: UDP 224.0.0.81:8848.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c, ip_vs_sync_conn_needed(), ip_vs_sync_conn(),
 *   ip_vs_sync_conn_v0(), sb_queue_tail(), next_sync_buff(), sync_thread_master().
 * Differs: one socket for all connections (sync_ports=1).
 */
import { devByName, ipSend, mcJoin, mcLeave, nfNeedHooks, selectSource, RT_SCOPE_UNIVERSE, wheelDelay } from '../../host/index.ts';
import { millis, seconds, type Nanos } from '../../engine/index.ts';
import { IPPROTO_TCP, IPPROTO_UDP, IPV4_HLEN, makePayload, makeUdp, UDP_HLEN } from '../../wire/index.ts';
import { connOf } from '../conn-table.ts';
import type { Ipv6 } from '../ipv6.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn, ConnId, IpvsState, Svc, SyncDaemon } from '../state.ts';
import { isMaster, syncPeriod, syncThreshold } from './settings.ts';
import { emitSync, syncHasRoom, type SyncedConn, type SyncVersion } from './wire.ts';

/** The sender looks for something to send this often while it has nothing. */
const CHECK_PERIOD: Nanos = seconds(1);
const MS_PER_TICK = 4;
const NS_PER_TICK = MS_PER_TICK * 1_000_000;
const TICKS_PER_S = 250;
/** A message is sent when its first connection has waited this long. */
const FLUSH_AGE_TICKS = 2 * TICKS_PER_S;
/** An entry whose timeout is short is told again at the earliest after this time. */
const LEAST_REFRESH_TICKS = 10 * TICKS_PER_S;
/** Full messages wait this long, so that several go together. */
const SEND_DELAY: Nanos = millis(20);
/** ... unless there are as many as this. */
const WAKEUP_RATE = 8;
/** Most connections that fit the counter of one byte. */
const MAX_CONNS = 255;
/** A backup has room for messages of this length, also when told to have less. */
const LEAST_ROOM = 1024;
const IPV6_HLEN = 40;
const ETH_DATA_LEN = 1500;
const MAX_DATAGRAM = 65535;
const FIRST_PORT = 32768;
const PORT_COUNT = 28232;

interface Batch {
  readonly version: SyncVersion;
  readonly conns: readonly SyncedConn[];
}

/** What synchronisation remembers; IpvsState.sync while a daemon runs. */
export interface SyncMemory {
  /** connections gathered for the message under way */
  pending: SyncedConn[];
  /** ... which is of this version */
  version: SyncVersion;
  firstUse: Nanos;
  /** complete messages that wait to be sent */
  queue: Batch[];
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
      version: 1,
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

/** In jiffies of 4 ms. */
function tick(at: number): number {
  return Math.floor(at / NS_PER_TICK);
}

/**
 * With sync_refresh_period: the entry is told again when its end has moved by the period since, or sooner,
 * up to sync_retries times, an eighth of the period after the last time. The end is noted with the number
 * of repetitions in its two lowest bits.
 * @returns the end to note, or null when the backup knows enough
 */
function refreshedEnd(net: IpvsNet, conn: Conn, end: number, periodTicks: number): number | null {
  const timeout = conn.timeoutMs / MS_PER_TICK;
  const least = Math.max(Math.floor(timeout / 2), LEAST_REFRESH_TICKS);
  if (Math.abs(end - conn.syncEnd) >= Math.min(periodTicks, least)) return end;
  const retries = conn.syncEnd % 4;
  if (retries >= (net.ipvs.sysctl['sync_retries'] as number)) return null;
  if (tick(net.now) < conn.syncEnd - timeout + (periodTicks >>> 3)) return null;
  return end + retries + 1;
}

/** @returns the end of the entry to note when it is to be told, or null */
function syncNeeded(net: IpvsNet, conn: Conn, pkts: number): number | null {
  const { ipvs } = net;
  const now = tick(net.now) + conn.timeoutMs / MS_PER_TICK;
  const end = now - (now % 4);
  if (!conn.template) {
    if (ipvs.sysctl['sync_persist_mode'] !== 0 && conn.control !== null) return null;
    if (conn.proto === IPPROTO_TCP) {
      if (!isToldState(conn)) return null;
      if (conn.state !== conn.oldState && conn.state !== 'ESTABLISHED') return end;
    }
  }
  const refresh = (ipvs.sysctl['sync_refresh_period'] as number) * TICKS_PER_S;
  const noted = refresh > 0 ? refreshedEnd(net, conn, end, refresh) : end;
  if (noted === null) return null;
  const period = syncPeriod(ipvs);
  const threshold = syncThreshold(ipvs);
  if (period > 0) return conn.template || pkts % period === threshold ? noted : null;
  return refresh > 0 || pkts === threshold ? noted : null;
}

/** After a packet: tells the backup about the connection, and about the template above it, if it is time. */
export function syncConn(net: IpvsNet, first: Conn, firstPkts: number): void {
  if (!isMaster(net.ipvs)) return;
  let conn: Conn | null = first;
  let pkts = firstPkts;
  while (conn !== null) {
    const end: number | null = conn.onePacket ? null : syncNeeded(net, conn, pkts);
    if (end !== null) {
      conn.oldState = conn.state;
      conn.syncEnd = end;
      addToMessage(net, conn);
    } else if (net.ipvs.sysctl['sync_version'] === 0) {
      // Version 0 tells of a template only beside a connection under it.
      return;
    }
    const above: ConnId | null = conn.control;
    conn = connOf(net.ipvs.conns, above);
    if (conn === null) return;
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
  const version: SyncVersion = net.ipvs.sysctl['sync_version'] === 0 ? 0 : 1;
  const { length } = memory.pending;
  const fits = version === memory.version && syncHasRoom(version, length, daemon.maxlen) && length < MAX_CONNS;
  if (length > 0 && !fits) queueMessage(net, memory);
  if (memory.pending.length === 0) {
    memory.firstUse = net.now;
    memory.version = version;
  }
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
  // Version 0 does not wait for the connection that finds no room any more.
  if (version === 0 && !syncHasRoom(0, memory.pending.length, daemon.maxlen)) queueMessage(net, memory);
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
  const batch: Batch = { version: memory.version, conns: memory.pending };
  memory.pending = [];
  if (memory.queue.length >= (net.ipvs.sysctl['sync_qlen_max'] as number)) {
    net.trace('ipvs:sync', 'drop', 'ipvs.sync-queue-full', null, { conns: batch.conns.length, queued: memory.queue.length });
    return;
  }
  memory.queue.push(batch);
  if (memory.queue.length === 1) memory.flushTimer = net.arm('ipvs-sync-flush', 0, wheelDelay(net.now, SEND_DELAY));
  if (memory.queue.length === WAKEUP_RATE) memory.checkTimer = net.arm('ipvs-sync-check', 0, 0 as Nanos);
}

function send(net: IpvsNet, daemon: SyncDaemon, { version, conns }: Batch): void {
  const memory = syncMemory(net.ipvs);
  const dev = devByName(net.host, daemon.mcastInterface);
  if (dev === null) return;
  const bytes = emitSync({ version, syncId: daemon.syncId, conns });
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

/** The sending thread wakes: sends what there is, and sleeps for a second again. */
function wake(net: IpvsNet): void {
  const memory = syncMemory(net.ipvs);
  const daemon = masterOf(net.ipvs);
  if (daemon === null) return;
  const { queue } = memory;
  memory.queue = [];
  for (const batch of queue) send(net, daemon, batch);
  if (memory.pending.length > 0 && tick(net.now) - tick(memory.firstUse) >= FLUSH_AGE_TICKS) {
    const batch: Batch = { version: memory.version, conns: memory.pending };
    memory.pending = [];
    send(net, daemon, batch);
  }
  memory.checkTimer = net.arm('ipvs-sync-check', 0, wheelDelay(net.now, CHECK_PERIOD));
}

/** The thread has slept long enough, or has been woken. */
export function syncCheckTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const memory = syncMemory(net.ipvs);
  if (memory.checkTimer !== seq) return;
  memory.checkTimer = null;
  wake(net);
}

/** Full messages have waited long enough. */
export function syncFlushTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const memory = syncMemory(net.ipvs);
  if (memory.flushTimer !== seq) return;
  memory.flushTimer = null;
  wake(net);
}

export type DaemonError = 'EEXIST' | 'ESRCH' | 'ENODEV' | 'EINVAL' | 'EADDRNOTAVAIL';

/** A message names one family per connection: servers of the other one cannot be told of. */
function hasOtherFamily(svc: Svc): boolean {
  return svc.dests.some((dest) => (dest.addr6 === null) !== (svc.addr6 === null));
}

/** Room for a message: what was asked for, within the limits; else what fits an Ethernet frame, or with a backup the interface. */
function messageLen(role: 'master' | 'backup', wanted: number | null, mtu: number, head: number): number {
  if (wanted !== null) return Math.max(wanted, role === 'backup' ? LEAST_ROOM : 1);
  const frame = role === 'backup' ? Math.min(Math.max(mtu, ETH_DATA_LEN), MAX_DATAGRAM) : ETH_DATA_LEN;
  return frame - head;
}

type WantedDaemon = Omit<SyncDaemon, 'maxlen' | 'group6'> & { readonly maxlen: number | null; readonly group6?: Ipv6 | null };

/** `ipvsadm --start-daemon`. */
export function startDaemon(net: IpvsNet, wanted: WantedDaemon): DaemonError | null {
  const { ipvs } = net;
  if (ipvs.services.some(hasOtherFamily)) return 'EINVAL';
  const dev = devByName(net.host, wanted.mcastInterface);
  if (dev === null) return 'ENODEV';
  if (ipvs.daemons.some((d) => d.role === wanted.role)) return 'EEXIST';
  const group6 = wanted.group6 ?? null;
  // No interface of the lab has an address of IPv6 to send from.
  if (group6 !== null && wanted.role === 'master') return 'EADDRNOTAVAIL';
  const head = UDP_HLEN + (group6 === null ? IPV4_HLEN : IPV6_HLEN);
  const maxlen = messageLen(wanted.role, wanted.maxlen, dev.mtu, head);
  ipvs.daemons.push({ ...wanted, group6, maxlen });
  nfNeedHooks(net, 1);
  const memory = syncMemory(ipvs);
  if (wanted.role === 'backup') {
    if (group6 === null) mcJoin(dev, wanted.group);
  } else {
    memory.sport = FIRST_PORT + net.randomBelow(PORT_COUNT);
    memory.checkTimer = net.arm('ipvs-sync-check', 0, wheelDelay(net.now, CHECK_PERIOD));
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
  nfNeedHooks(net, -1);
  const memory = syncMemory(ipvs);
  const dev = devByName(net.host, daemon.mcastInterface);
  if (role === 'backup' && dev !== null && daemon.group6 === null) mcLeave(dev, daemon.group);
  if (role === 'master') {
    memory.pending = [];
    memory.queue = [];
    memory.checkTimer = null;
    memory.flushTimer = null;
  }
  net.trace('ipvs:sync', 'state', 'ipvs.sync-daemon-stopped', null, { role });
  return null;
}
