/**
 * The state machine of a neighbour: what a packet to it, its timer, and news about it do.
 *
 *            packet            reply             packet            5 s unconfirmed       3 probes
 *   NONE ──────────► INCOMPLETE ──────► REACHABLE ─···─► STALE ──────────► DELAY ──────────► PROBE ──────► FAILED
 *                        └── 3 questions unanswered ──► FAILED             confirmed: REACHABLE
 *
 * Comes from: neigh/output.ts, arp/rcv.ts, neigh/admin.ts, timers.  Goes to: arp/solicit.ts, dev/xmit.ts.
 * Source: Linux 6.1 net/core/neighbour.c, __neigh_event_send(), neigh_timer_handler(), __neigh_update(),
 *   neigh_invalidate(); net/ipv4/arp.c, arp_error_report().
 * Differs: nothing known. The table of transitions is nud.test.ts.
 */
import { nanos, type Nanos } from '../../engine/index.ts';
import type { Ipv4, Mac } from '../../wire/index.ts';
import { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import { devXmit } from '../dev/xmit.ts';
import type { Net } from '../net.ts';
import type { IfIndex, Skb } from '../skb.ts';
import { wheelDelay } from '../timer-wheel.ts';
import { neighForget } from './memory.ts';
import type { Neigh, NeighKey, NeighParms, Nud } from './state.ts';
import { isConnected, isInTimer, isValid, milliseconds, neighKey, neighLookup, reachableTime, retransTime, wholeSeconds } from './table.ts';
import { truesizeOf } from './truesize.ts';

function arm(net: Net, neigh: Neigh, delay: number): void {
  neigh.timer = net.arm('neigh', neighKey(neigh.ifindex, neigh.addr), wheelDelay(net.now, nanos(delay)));
}

/** Begins to wait. What was confirmed since its last use counts as used then (neigh_add_timer). */
function addTimer(net: Net, neigh: Neigh, delay: number): void {
  if (neigh.used < neigh.confirmed) neigh.used = neigh.confirmed as typeof neigh.used;
  arm(net, neigh, delay);
}

function parmsOf(net: Net, neigh: Neigh): NeighParms {
  return devGet(net.host, neigh.ifindex)?.neighParms ?? net.host.neigh.parms;
}

/** A change of state that those who watch neighbours hear nothing of: it is asked for, or waited for. */
function become(net: Net, neigh: Neigh, nud: Nud, reason: string, skb: Skb | null): void {
  const old = neigh.nud;
  neigh.nud = nud;
  net.trace('neigh', 'state', reason, skb, net.tracing ? { addr: neigh.addr, old, nud, mac: neigh.lladdr ?? 0 } : null, neigh.ifindex);
}

/** A change of state, told. */
function becomeTold(net: Net, neigh: Neigh, nud: Nud, reason: string): void {
  become(net, neigh, nud, reason, null);
  tellNeigh(net, neigh, false);
}

/** Programs that watch everything hear of it. */
function tellNeigh(net: Net, neigh: Neigh, gone: boolean): void {
  if (net.host.sockets.rtListeners.length > 0) net.tables.calls.rtTell(net, { kind: 'neigh', neigh, gone });
}

/**
 * A packet wants to go to this neighbour.
 * @param skb null: nothing to send, only the question is to be asked
 * @returns true if it may be sent now to neigh.lladdr; false if it waits or ended
 */
export function neighEventSend(net: Net, neigh: Neigh, skb: Skb | null): boolean {
  neigh.used = net.now;
  const parms = parmsOf(net, neigh);
  let probe = false;
  switch (neigh.nud) {
    case 'REACHABLE':
    case 'PERMANENT':
    case 'NOARP':
    case 'DELAY':
    case 'PROBE':
      return true;
    case 'STALE':
      neigh.updated = net.now;
      become(net, neigh, 'DELAY', 'neigh.delay', skb);
      addTimer(net, neigh, wholeSeconds(parms.delay_first_probe_time));
      return true;
    case 'NONE':
    case 'FAILED':
      neigh.updated = net.now;
      if (parms.mcast_solicit + parms.app_solicit === 0) {
        become(net, neigh, 'FAILED', 'neigh.no-solicit', null);
        if (skb !== null)
          net.trace('neigh', 'drop', 'neigh.no-solicit-drop', skb, net.tracing ? { addr: neigh.addr } : null, neigh.ifindex);
        return false;
      }
      neigh.probes = parms.ucast_solicit;
      become(net, neigh, 'INCOMPLETE', 'neigh.incomplete', skb);
      addTimer(net, neigh, retransTime(parms));
      probe = true;
      break;
    case 'INCOMPLETE':
      break;
  }
  if (skb !== null) enqueue(net, neigh, skb, parms);
  if (probe) neighProbe(net, neigh);
  return false;
}

/** Puts a packet into the queue; the oldest ones give way. */
function enqueue(net: Net, neigh: Neigh, skb: Skb, parms: NeighParms): void {
  const size = truesizeOf(skb.layers);
  while (neigh.queueBytes + size > parms.unres_qlen_bytes) {
    const oldest = neigh.queue.shift();
    if (oldest === undefined) break;
    neigh.queueBytes -= truesizeOf(oldest.layers);
    net.trace(
      'neigh',
      'drop',
      'neigh.queue-full',
      oldest,
      net.tracing ? { addr: neigh.addr, limit: parms.unres_qlen_bytes } : null,
      neigh.ifindex,
    );
  }
  neigh.queue.push(skb);
  neigh.queueBytes += size;
  net.trace('neigh', 'queue', 'neigh.queued', skb, net.tracing ? { addr: neigh.addr, count: neigh.queue.length } : null, neigh.ifindex);
}

function neighProbe(net: Net, neigh: Neigh): void {
  net.tables.calls.arpSolicit(net, neigh);
  neigh.probes++;
}

function maxProbes(neigh: Neigh, parms: NeighParms): number {
  return parms.ucast_solicit + parms.app_solicit + (neigh.nud === 'PROBE' ? parms.mcast_resolicit : parms.mcast_solicit);
}

export function neighTimer(net: Net, key: number | string, seq: number): void {
  const neigh = net.host.neigh.entries.get(key as NeighKey);
  if (neigh === undefined || neigh.timer !== seq) return;
  neigh.timer = null;
  if (!isInTimer(neigh.nud)) return;
  const parms = parmsOf(net, neigh);
  const next = onTimer(net, neigh, parms);
  if ((neigh.nud === 'INCOMPLETE' || neigh.nud === 'PROBE') && neigh.probes >= maxProbes(neigh, parms)) {
    neigh.updated = net.now;
    fail(net, neigh, neigh.nud === 'PROBE' ? 'neigh.probe-failed' : 'neigh.failed');
    return;
  }
  if (isInTimer(neigh.nud)) arm(net, neigh, Math.max(next - net.now, milliseconds(10)));
  if (neigh.nud === 'INCOMPLETE' || neigh.nud === 'PROBE') neighProbe(net, neigh);
}

/** Moves the state on and returns when to look again. */
function onTimer(net: Net, neigh: Neigh, parms: NeighParms): number {
  const now = net.now;
  const delay = wholeSeconds(parms.delay_first_probe_time);
  if (neigh.nud === 'REACHABLE') {
    if (now <= neigh.confirmed + reachableTime(parms)) return neigh.confirmed + reachableTime(parms);
    neigh.updated = now;
    if (now <= neigh.used + delay) {
      become(net, neigh, 'DELAY', 'neigh.reachable-to-delay', null);
      return now + delay;
    }
    becomeTold(net, neigh, 'STALE', 'neigh.reachable-to-stale');
    return now;
  }
  if (neigh.nud === 'DELAY') {
    neigh.updated = now;
    if (now <= neigh.confirmed + delay) {
      becomeTold(net, neigh, 'REACHABLE', 'neigh.delay-confirmed');
      return neigh.confirmed + reachableTime(parms);
    }
    neigh.probes = 0;
    becomeTold(net, neigh, 'PROBE', 'neigh.delay-to-probe');
  }
  return now + retransTime(parms);
}

const AFTERWARDS = { afterwards: true } as const;

/** Nobody answered: the packets that wait are given back to their senders. */
function fail(net: Net, neigh: Neigh, reason: string): void {
  neigh.timer = null;
  becomeTold(net, neigh, 'FAILED', reason);
  const waiting = neigh.queue;
  neigh.queue = [];
  neigh.queueBytes = 0;
  for (const skb of waiting) {
    net.trace('neigh', 'drop', 'neigh.unreachable', skb, net.tracing ? { addr: neigh.addr } : null, neigh.ifindex);
    net.tables.calls.icmpSend(net, skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0, AFTERWARDS);
  }
}

export interface UpdateFlags {
  /** a different MAC may replace the one that is known */
  readonly override?: boolean;
  /** somebody typed it: permanent entries change too */
  readonly admin?: boolean;
}

/**
 * News about a neighbour: an ARP packet, or a command.
 * @param lladdr null: the MAC stays as it is
 * @param skb the packet that brought the news, for the records
 */
export function neighUpdate(
  net: Net,
  neigh: Neigh,
  lladdr: Mac | null,
  nud: Nud,
  flags: UpdateFlags,
  skb: Skb | null = null,
): 'EPERM' | 'EINVAL' | null {
  const old = neigh.nud;
  if (flags.admin !== true && (old === 'NOARP' || old === 'PERMANENT')) {
    if (lladdr !== null && lladdr !== neigh.lladdr) traceUpdate(net, neigh, 'neigh.permanent-kept', skb, lladdr);
    return 'EPERM';
  }
  if (!isValid(nud)) {
    invalidate(net, neigh, nud);
    return null;
  }
  const mac = lladdr ?? neigh.lladdr;
  if (mac === null || (lladdr === null && !isValid(old))) return 'EINVAL';
  if (isConnected(nud)) neigh.confirmed = net.now;
  let next = nud;
  const moved = mac !== neigh.lladdr;
  if (isValid(old)) {
    if (moved && flags.override !== true) {
      traceUpdate(net, neigh, 'neigh.locked', skb, mac);
      return null;
    }
    if (!moved && nud === 'STALE' && flags.admin !== true) next = old;
  }
  if (next === old && !moved) return null;
  applyUpdate(net, neigh, mac, next, skb);
  if (next !== old && !isValid(old)) releaseQueue(net, neigh);
  // as it is once those have left that waited
  tellNeigh(net, neigh, false);
  return null;
}

function applyUpdate(net: Net, neigh: Neigh, mac: Mac, next: Nud, skb: Skb | null): void {
  const old = neigh.nud;
  const was = neigh.lladdr;
  neigh.updated = net.now;
  neigh.lladdr = mac;
  neighForget(net, neigh);
  const parms = parmsOf(net, neigh);
  if (next !== old) {
    neigh.timer = null;
    if (next === 'PROBE') neigh.probes = 0;
    if (isInTimer(next)) addTimer(net, neigh, next === 'REACHABLE' ? reachableTime(parms) : 0);
    neigh.nud = next;
  }
  if (mac !== was && !isConnected(next)) neigh.confirmed = net.now - 2 * milliseconds(parms.base_reachable_time_ms);
  const changed = was !== null && was !== mac && isValid(old);
  const args = net.tracing ? { addr: neigh.addr, old, nud: next, mac, was: was ?? 0 } : null;
  net.trace(
    'neigh',
    'state',
    changed ? 'neigh.mac-changed' : isValid(old) ? 'neigh.state-changed' : 'neigh.learnt',
    skb,
    args,
    neigh.ifindex,
  );
}

function traceUpdate(net: Net, neigh: Neigh, reason: string, skb: Skb | null, mac: Mac): void {
  net.trace('neigh', 'state', reason, skb, net.tracing ? { addr: neigh.addr, mac, was: neigh.lladdr ?? 0 } : null, neigh.ifindex);
}

function invalidate(net: Net, neigh: Neigh, nud: Nud): void {
  const old = neigh.nud;
  neigh.timer = null;
  if ((old === 'INCOMPLETE' || old === 'PROBE') && nud === 'FAILED') fail(net, neigh, 'neigh.invalidated');
  else if (isValid(old)) becomeTold(net, neigh, nud, 'neigh.invalidated');
  else if (old !== nud) become(net, neigh, nud, 'neigh.invalidated', null);
}

/** The address is known: what waited goes out in order, each by the ordinary way. */
function releaseQueue(net: Net, neigh: Neigh): void {
  const dev = devGet(net.host, neigh.ifindex);
  const waiting = neigh.queue;
  neigh.queue = [];
  neigh.queueBytes = 0;
  if (dev === null) return;
  for (const skb of waiting) {
    net.trace('neigh', 'pass', 'neigh.released', skb, net.tracing ? { addr: neigh.addr, mac: neigh.lladdr ?? 0 } : null, dev.ifindex);
    neighSend(net, neigh, skb, dev);
  }
}

/** Sends to a neighbour whose entry is at hand, or lets the packet wait. */
function neighSend(net: Net, neigh: Neigh, skb: Skb, dev: Dev): void {
  if (isConnected(neigh.nud) || neighEventSend(net, neigh, skb)) devXmit(net, skb, dev, neigh.lladdr as Mac);
}

/** Proof from above that the neighbour answers (TCP's acknowledgements, MSG_CONFIRM). */
export function neighConfirm(net: Net, ifindex: IfIndex, addr: Ipv4): void {
  const neigh = neighLookup(net.host, ifindex, addr);
  if (neigh !== null) neigh.confirmed = net.now;
}

/** Removes an entry; what waits for it is lost. */
export function neighRemove(net: Net, neigh: Neigh, reason: string): void {
  net.host.neigh.entries.delete(neighKey(neigh.ifindex, neigh.addr));
  neighForget(net, neigh);
  neigh.timer = null;
  for (const skb of neigh.queue)
    net.trace('neigh', 'drop', 'neigh.flushed-waiting', skb, net.tracing ? { addr: neigh.addr } : null, neigh.ifindex);
  neigh.queue = [];
  net.trace('neigh', 'state', reason, null, net.tracing ? { addr: neigh.addr, nud: neigh.nud } : null, neigh.ifindex);
  tellNeigh(net, neigh, true);
}

/** When a neighbour was heard of last, for `ip -s neigh`. */
export function idleTimes(net: Net, neigh: Neigh): { used: Nanos; confirmed: Nanos; updated: Nanos } {
  const since = (at: number): Nanos => nanos(Math.max(0, net.now - at));
  return { used: since(neigh.used), confirmed: since(neigh.confirmed), updated: since(neigh.updated) };
}
