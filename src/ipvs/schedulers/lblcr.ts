/**
 * Locality-based least connection with replication: an address asked for has a set of servers, which
 * grows when its members are overloaded and shrinks when nothing has changed for a day.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_lblcr.c, ip_vs_lblcr_schedule(), ip_vs_dest_set_min(), ip_vs_dest_set_max().
 * Differs: as lblc.ts.
 */
import type { Nanos } from '../../engine/index.ts';
import { wheelDelay } from '../../host/index.ts';
import { destById, overheadOf } from '../svc.ts';
import type { Dest, DestId, Svc } from '../state.ts';
import { dryRun, fitnessOf, isFit, ratioRows } from './explain.ts';
import { CHECK_PERIOD } from './lblc.ts';
import { isOverloaded, leastLoaded, wlcPick } from './least.ts';
import { nothing, type Scheduler } from './scheduler.ts';

interface LblcrEntry {
  /** newest first */
  set: DestId[];
  /** the set changed last */
  lastMod: Nanos;
  lastUse: Nanos;
}

interface LblcrData {
  /** by address asked for */
  entries: Map<number, LblcrEntry>;
  rounds: number;
  timer: number;
}

function memory(svc: Svc): LblcrData {
  return svc.schedData as LblcrData;
}

function members(svc: Svc, entry: LblcrEntry): Dest[] {
  return entry.set.map((id) => destById(svc, id)).filter((dest) => dest !== null);
}

/** The most loaded member, by load / weight. */
function mostLoaded(dests: readonly Dest[]): Dest | null {
  let most: Dest | null = null;
  for (const dest of dests) {
    if (dest.weight <= 0) continue;
    if (most === null || overheadOf(most) * dest.weight < overheadOf(dest) * most.weight) most = dest;
  }
  return most;
}

export const lblcr = {
  name: 'lblcr',
  title: { en: 'Locality-based least connection with replication', zh: '带复制的基于局部性最少连接' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_lblcr.c',
  inDebian: true,
  pickReason: 'ipvs.picked-lblcr',
  initService(net, svc) {
    svc.schedData = {
      entries: new Map(),
      rounds: 0,
      timer: net.arm('ipvs-lblc', svc.id, wheelDelay(net.now, CHECK_PERIOD)),
    } satisfies LblcrData;
  },
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(net, svc, facts) {
    const { entries } = memory(svc);
    const entry = entries.get(facts.daddr);
    if (entry === undefined) {
      const dest = wlcPick(svc.dests);
      if (dest !== null) entries.set(facts.daddr, { set: [dest.id], lastMod: net.now, lastUse: net.now });
      return dest;
    }
    entry.lastUse = net.now;
    const set = members(svc, entry);
    const least = leastLoaded(set, overheadOf);
    const expiration = (net.ipvs.sysctl['lblcr_expiration'] as number) * 1_000_000_000;
    if (entry.set.length > 1 && net.now > entry.lastMod + expiration) {
      const most = mostLoaded(set);
      if (most !== null) {
        entry.set = entry.set.filter((id) => id !== most.id);
        entry.lastMod = net.now;
      }
    }
    if (least !== null && !isOverloaded(least, svc.dests)) return least;
    const dest = wlcPick(svc.dests);
    if (dest !== null && !entry.set.includes(dest.id)) {
      entry.set.unshift(dest.id);
      entry.lastMod = net.now;
    }
    return dest;
  },
  pickArgs(svc, dest, facts) {
    return {
      target: facts.daddr,
      active: dest.activeConns,
      weight: dest.weight,
      members: memory(svc).entries.get(facts.daddr)?.set.length ?? 0,
    };
  },
  explain(net, svc, facts) {
    const chosen = dryRun(lblcr, net, svc, facts);
    const set = memory(svc).entries.get(facts.daddr)?.set ?? [];
    const out = ratioRows(svc, chosen, overheadOf, (d) => `(${d.activeConns} × 256 + ${d.inactConns}) / ${d.weight}`);
    return out.map((row, i) => {
      const dest = svc.dests[i] as Dest;
      const outside = set.length > 0 && !set.includes(dest.id) && !row.chosen && isFit(dest);
      return { ...row, fitness: outside ? ('not-in-set' as const) : fitnessOf(dest) };
    });
  },
} as const satisfies Scheduler;
