/**
 * Never queue: a server without active connections at once, otherwise as sed.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_nq.c, ip_vs_nq_schedule().
 * Differs: nothing known.
 */
import type { Dest } from '../state.ts';
import { isFit, ratioRows } from './explain.ts';
import { leastLoaded, sedCost } from './least.ts';
import { nothing, type Scheduler } from './scheduler.ts';

function pick(dests: readonly Dest[]): Dest | null {
  for (let i = 0; i < dests.length; i++) {
    const dest = dests[i] as Dest;
    if (isFit(dest) && dest.activeConns === 0) return dest;
  }
  return leastLoaded(dests, sedCost);
}

export const nq = {
  name: 'nq',
  title: { en: 'Never queue', zh: '永不排队' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_nq.c',
  inDebian: true,
  pickReason: 'ipvs.picked-nq',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(_net, svc) {
    return pick(svc.dests);
  },
  pickArgs(_svc, dest) {
    return { active: dest.activeConns, cost: sedCost(dest), weight: dest.weight };
  },
  explain(_net, svc) {
    return ratioRows(svc, pick(svc.dests), sedCost, (d) => (d.activeConns === 0 ? '0' : `(${d.activeConns} + 1) / ${d.weight}`));
  },
} as const satisfies Scheduler;
