/**
 * Shortest expected delay: smallest (active + 1) / weight.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sed.c, ip_vs_sed_schedule().
 * Differs: nothing known.
 */
import { ratioRows } from './explain.ts';
import { leastLoaded, sedCost } from './least.ts';
import { nothing, type Scheduler } from './scheduler.ts';

export const sed = {
  name: 'sed',
  title: { en: 'Shortest expected delay', zh: '最短期望延迟' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_sed.c',
  inDebian: true,
  pickReason: 'ipvs.picked-sed',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(_net, svc) {
    return leastLoaded(svc.dests, sedCost);
  },
  pickArgs(_svc, dest) {
    return { active: dest.activeConns, cost: sedCost(dest), weight: dest.weight };
  },
  explain(_net, svc) {
    return ratioRows(svc, leastLoaded(svc.dests, sedCost), sedCost, (d) => `(${d.activeConns} + 1) / ${d.weight}`);
  },
} as const satisfies Scheduler;
