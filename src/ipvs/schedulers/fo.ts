/**
 * Weighted failover: everything to the heaviest server that may take connections.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_fo.c, ip_vs_fo_schedule().
 * Differs: nothing known.
 */
import type { Dest } from '../state.ts';
import { isFit, rows } from './explain.ts';
import { nothing, type Scheduler } from './scheduler.ts';

/** Largest weight among those that `fits` lets pass; of equals the first in the list. */
export function heaviest(dests: readonly Dest[], fits: (dest: Dest) => boolean): Dest | null {
  let best: Dest | null = null;
  for (let i = 0; i < dests.length; i++) {
    const dest = dests[i] as Dest;
    if (fits(dest) && (best === null || dest.weight > best.weight)) best = dest;
  }
  return best;
}

export const fo = {
  name: 'fo',
  title: { en: 'Weighted failover', zh: '加权故障转移' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_fo.c',
  inDebian: true,
  pickReason: 'ipvs.picked-fo',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(_net, svc) {
    return heaviest(svc.dests, isFit);
  },
  pickArgs(_svc, dest) {
    return { weight: dest.weight };
  },
  explain(_net, svc) {
    const chosen = heaviest(svc.dests, isFit);
    return rows(svc, chosen, (dest) => ({
      numbers: [{ name: 'weight', value: dest.weight }],
      formula: String(dest.weight),
      tied: chosen !== null && isFit(dest) && dest.id !== chosen.id && dest.weight === chosen.weight,
    }));
  },
} as const satisfies Scheduler;
