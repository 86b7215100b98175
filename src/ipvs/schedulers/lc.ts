/**
 * Least connection: the server with the fewest connections, an active one counting as 256 inactive ones.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_lc.c, ip_vs_lc_schedule().
 * Differs: nothing known.
 */
import { overheadOf } from '../svc.ts';
import type { Dest } from '../state.ts';
import { isFit, rows } from './explain.ts';
import { nothing, type Scheduler } from './scheduler.ts';

function pick(dests: readonly Dest[]): Dest | null {
  let best: Dest | null = null;
  for (let i = 0; i < dests.length; i++) {
    const dest = dests[i] as Dest;
    if (isFit(dest) && (best === null || overheadOf(dest) < overheadOf(best))) best = dest;
  }
  return best;
}

export const lc = {
  name: 'lc',
  title: { en: 'Least connection', zh: '最少连接' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_lc.c',
  inDebian: true,
  pickReason: 'ipvs.picked-lc',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(_net, svc) {
    return pick(svc.dests);
  },
  pickArgs(_svc, dest) {
    return { active: dest.activeConns, inactive: dest.inactConns, load: overheadOf(dest) };
  },
  explain(_net, svc) {
    const chosen = pick(svc.dests);
    return rows(svc, chosen, (dest) => ({
      numbers: [
        { name: 'active', value: dest.activeConns },
        { name: 'inactive', value: dest.inactConns },
        { name: 'load', value: overheadOf(dest) },
      ],
      formula: `${dest.activeConns} × 256 + ${dest.inactConns} = ${overheadOf(dest)}`,
      tied: chosen !== null && isFit(dest) && dest.id !== chosen.id && overheadOf(dest) === overheadOf(chosen),
    }));
  },
} as const satisfies Scheduler;
