/**
 * Weighted overflow: the heaviest server until it has more active connections than its weight, then the next.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_ovf.c, ip_vs_ovf_schedule().
 * Differs: nothing known.
 */
import type { Dest } from '../state.ts';
import { fitnessOf, isFit, rows } from './explain.ts';
import { heaviest } from './fo.ts';
import { nothing, type Scheduler } from './scheduler.ts';

function hasRoom(dest: Dest): boolean {
  return isFit(dest) && dest.activeConns <= dest.weight;
}

export const ovf = {
  name: 'ovf',
  title: { en: 'Weighted overflow', zh: '加权溢出' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_ovf.c',
  inDebian: true,
  pickReason: 'ipvs.picked-ovf',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(_net, svc) {
    return heaviest(svc.dests, hasRoom);
  },
  pickArgs(_svc, dest) {
    return { weight: dest.weight, active: dest.activeConns };
  },
  explain(_net, svc) {
    const chosen = heaviest(svc.dests, hasRoom);
    return rows(svc, chosen, (dest) => {
      const fitness = fitnessOf(dest);
      return {
        fitness: fitness === 'fit' && !hasRoom(dest) ? 'too-many-active' : fitness,
        numbers: [
          { name: 'active', value: dest.activeConns },
          { name: 'weight', value: dest.weight },
        ],
        formula: dest.activeConns <= dest.weight ? `${dest.activeConns} ≤ ${dest.weight}` : `${dest.activeConns} > ${dest.weight}`,
        tied: chosen !== null && hasRoom(dest) && dest.id !== chosen.id && dest.weight === chosen.weight,
      };
    });
  },
} as const satisfies Scheduler;
