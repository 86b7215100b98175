/**
 * Locality-based least connection: an address asked for stays with one server while that is not overloaded.
 * Comes from: schedule.ts (new connection), the service's timer.  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_lblc.c, ip_vs_lblc_schedule(), ip_vs_lblc_check_expire().
 * Differs: entries are expired in the order in which they were made instead of bucket by bucket.
 */
import { seconds, type Nanos } from '../../engine/index.ts';
import { wheelDelay } from '../../host/index.ts';
import type { IpvsNet } from '../net.ts';
import { destById, overheadOf, svcById } from '../svc.ts';
import type { Dest, DestId, Svc, SvcId } from '../state.ts';
import { dryRun, ratioRows } from './explain.ts';
import { isOverloaded, wlcPick } from './least.ts';
import { nothing, type Scheduler } from './scheduler.ts';

/** Between two looks at the entries. */
export const CHECK_PERIOD: Nanos = seconds(60);
/** Every so many looks all entries are checked. */
const FULL_CHECK_EVERY = 30;
/** Above this many entries (1024 buckets of 16), idle ones go early. */
const MANY_ENTRIES = 16384;
const MOST_REMOVED = 8192;
/** Idle this long is idle enough when there are too many. */
const SHORT_IDLE: Nanos = seconds(360);

interface LblcEntry {
  dest: DestId;
  lastUse: Nanos;
}

interface LblcData {
  /** by address asked for */
  entries: Map<number, LblcEntry>;
  /** looks since the last full check */
  rounds: number;
  timer: number;
}

function memory(svc: Svc): LblcData {
  return svc.schedData as LblcData;
}

/** The cached server, if it may be used. Its upper threshold does not matter here. */
function cached(svc: Svc, entry: LblcEntry | undefined): Dest | null {
  if (entry === undefined) return null;
  const dest = destById(svc, entry.dest);
  if (dest === null || dest.weight <= 0 || isOverloaded(dest, svc.dests)) return null;
  return dest;
}

export const lblc = {
  name: 'lblc',
  title: { en: 'Locality-based least connection', zh: '基于局部性的最少连接' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_lblc.c',
  inDebian: true,
  pickReason: 'ipvs.picked-lblc',
  initService(net, svc) {
    svc.schedData = {
      entries: new Map(),
      rounds: 0,
      timer: net.arm('ipvs-lblc', svc.id, wheelDelay(net.now, CHECK_PERIOD)),
    } satisfies LblcData;
  },
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(net, svc, facts) {
    const { entries } = memory(svc);
    const entry = entries.get(facts.daddr);
    if (entry !== undefined) entry.lastUse = net.now;
    const kept = cached(svc, entry);
    if (kept !== null) return kept;
    const dest = wlcPick(svc.dests);
    if (dest !== null) entries.set(facts.daddr, { dest: dest.id, lastUse: net.now });
    return dest;
  },
  pickArgs(_svc, dest, facts) {
    return { target: facts.daddr, active: dest.activeConns, weight: dest.weight };
  },
  explain(net, svc, facts) {
    const chosen = dryRun(lblc, net, svc, facts);
    return ratioRows(svc, chosen, overheadOf, (d) => `(${d.activeConns} × 256 + ${d.inactConns}) / ${d.weight}`);
  },
} as const satisfies Scheduler;

/** How many entries may go in a check that is not a full one. */
export function removalGoal(count: number): number {
  if (count <= MANY_ENTRIES) return 0;
  return Math.min(Math.floor(((count - MANY_ENTRIES) * 4) / 3), MOST_REMOVED);
}

/** Drops idle entries; works on lblc's and lblcr's tables alike. */
export function expireEntries(net: IpvsNet, data: { entries: Map<number, { lastUse: Nanos }>; rounds: number }, expiration: number): void {
  const full = data.rounds % FULL_CHECK_EVERY === 0;
  const goal = full ? data.entries.size : removalGoal(data.entries.size);
  const idle = full ? expiration * 1_000_000_000 : SHORT_IDLE;
  let removed = 0;
  for (const [key, entry] of data.entries) {
    if (removed >= goal) break;
    if (net.now - entry.lastUse < idle) continue;
    data.entries.delete(key);
    removed++;
  }
}

/** The look of a service with lblc or lblcr at its entries. */
export function lblcTimer(net: IpvsNet, key: number | string, seq: number): void {
  const svc = svcById(net.ipvs, key as SvcId);
  if (svc === null || (svc.scheduler !== 'lblc' && svc.scheduler !== 'lblcr')) return;
  const data = svc.schedData as { entries: Map<number, { lastUse: Nanos }>; rounds: number; timer: number };
  if (data.timer !== seq) return;
  data.rounds++;
  expireEntries(net, data, net.ipvs.sysctl[svc.scheduler === 'lblc' ? 'lblc_expiration' : 'lblcr_expiration'] as number);
  data.timer = net.arm('ipvs-lblc', svc.id, wheelDelay(net.now, CHECK_PERIOD));
}
