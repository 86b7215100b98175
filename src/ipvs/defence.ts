/**
 * The defence against floods: drop_entry, drop_packet and secure_tcp, always (3) or while memory is short (1, 2).
 * Comes from: sysctls.ts (a value is written), timers.  Goes to: schedule.ts (toDrop), conn.ts (entries that go).
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c, update_defense_level(), defense_work_handler();
 *   ip_vs_conn.c, ip_vs_random_dropentry(), todrop_entry(); include/net/ip_vs.h, ip_vs_todrop().
 * Differs: a host of the lab always has the same memory free; an entry's place in the table is its number.
 */
import { seconds, type Nanos } from '../engine/index.ts';
import { wheelDelay } from '../host/index.ts';
import { IPPROTO_TCP } from '../wire/index.ts';
import { connArgs, connDelete } from './conn.ts';
import { connAfter } from './conn-table.ts';
import type { IpvsNet } from './net.ts';
import type { Conn, IpvsDefence, IpvsState } from './state.ts';

const PERIOD: Nanos = seconds(1);
/** Pages of memory that are free: 768 MB, as /proc/meminfo says. */
const FREE_PAGES = 196_608;
/** Places of the connection table, and how many of them are looked at each second. */
const TABLE_SIZE = 4096;
const LOOKED_AT = TABLE_SIZE / 32;
/** An entry that had a packet within this time is not dropped. */
const IDLE_NS = 60_000_000_000;
/** Entries with so many packets from the client or more are worth keeping. */
const MOST_PKTS = 8;

export function makeDefence(): IpvsDefence {
  return {
    timer: null,
    packetRate: 0,
    packetCounter: 0,
    dropsEntries: false,
    entryCounters: Array.from({ length: MOST_PKTS + 1 }, () => 0),
  };
}

const MODES = ['drop_entry', 'drop_packet', 'secure_tcp'] as const;
type Mode = (typeof MODES)[number];

/** Is the defence up? 1 becomes 2 while memory is short, and 2 becomes 1 afterwards. */
function isUp({ sysctl }: IpvsState, mode: Mode, isShort: boolean): boolean {
  const value = sysctl[mode] as number;
  if (value === 1 || value === 2) sysctl[mode] = isShort ? 2 : 1;
  return value === 3 || (value !== 0 && isShort);
}

/** update_defense_level(): after a setting was written, and each second. */
function updateDefence(ipvs: IpvsState): void {
  const { defence, sysctl } = ipvs;
  const wanted = sysctl['amemthresh'] as number;
  const isShort = FREE_PAGES < wanted;
  defence.dropsEntries = isUp(ipvs, 'drop_entry', isShort);
  isUp(ipvs, 'secure_tcp', isShort);
  if (!isUp(ipvs, 'drop_packet', isShort)) defence.packetRate = 0;
  else if (sysctl['drop_packet'] === 3) defence.packetRate = sysctl['am_droprate'] as number;
  else defence.packetRate = defence.packetCounter = Math.floor(wanted / (wanted - FREE_PAGES));
}

/** A mode was written. The beat of a second only runs while there is a defence that it could change. */
export function defenceWritten(net: IpvsNet): void {
  const { ipvs } = net;
  updateDefence(ipvs);
  const isWanted = MODES.some((mode) => ipvs.sysctl[mode] !== 0);
  if (isWanted && ipvs.defence.timer === null) ipvs.defence.timer = net.arm('ipvs-defence', 0, wheelDelay(net.now, PERIOD));
  if (!isWanted) ipvs.defence.timer = null;
}

export function defenceTimer(net: IpvsNet, _key: number | string, seq: number): void {
  const { defence } = net.ipvs;
  if (defence.timer !== seq) return;
  updateDefence(net.ipvs);
  if (defence.dropsEntries) dropEntries(net);
  defence.timer = net.arm('ipvs-defence', 0, wheelDelay(net.now, PERIOD));
}

/** Is this new connection the one of so many that is thrown away? */
export function toDrop({ defence }: IpvsState): boolean {
  if (defence.packetRate === 0) return false;
  if (--defence.packetCounter > 0) return false;
  defence.packetCounter = defence.packetRate;
  return true;
}

/** Of entries without a packet for a minute every n-th goes, n being the number of packets it had. */
function isOneToDrop(net: IpvsNet, conn: Conn): boolean {
  if (conn.expires - net.now + IDLE_NS > conn.timeoutMs * 1_000_000) return false;
  const pkts = conn.inPkts;
  if (pkts > MOST_PKTS || pkts === 0) return false;
  const { entryCounters } = net.ipvs.defence;
  const left = (entryCounters[pkts] as number) - 1;
  entryCounters[pkts] = left > 0 ? left : pkts;
  return left <= 0;
}

function mayGo(net: IpvsNet, conn: Conn): boolean {
  if (conn.nControl > 0) return false;
  if (conn.template) return conn.state !== 'ASSURED';
  if (conn.proto !== IPPROTO_TCP) return isOneToDrop(net, conn);
  if (conn.state === 'SYN_RECV' || conn.state === 'SYNACK') return true;
  return conn.state === 'ESTABLISHED' && isOneToDrop(net, conn);
}

/** Looks at places of the table at random: half-open connections there go, and idle ones of few packets. */
function dropEntries(net: IpvsNet): void {
  const places = new Set<number>();
  for (let i = 0; i < LOOKED_AT; i++) places.add(net.randomBelow(TABLE_SIZE));
  const { conns } = net.ipvs;
  for (let conn = connAfter(conns, 0); conn !== null; conn = connAfter(conns, conn.id)) {
    if (!places.has(conn.id % TABLE_SIZE) || !mayGo(net, conn)) continue;
    net.trace('ipvs:conn', 'state', 'ipvs.entry-dropped-by-defence', null, connArgs(conn));
    connDelete(net, conn);
  }
}
