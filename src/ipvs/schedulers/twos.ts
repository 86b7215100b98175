/**
 * Weighted random twos choice: draws two servers by weight and takes the less loaded.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_twos.c, ip_vs_twos_schedule().
 * Differs: the draws come from the run's own generator, so that a run can be repeated.
 */
import { overheadOf } from '../svc.ts';
import type { Dest } from '../state.ts';
import { isFit, rows } from './explain.ts';
import { nothing, type Scheduler } from './scheduler.ts';

/** The first server at which the sum of weights reaches the draw. */
function byDraw(dests: readonly Dest[], draw: number): Dest | null {
  let rest = draw;
  for (const dest of dests) {
    if (!isFit(dest)) continue;
    rest -= dest.weight;
    if (rest <= 0) return dest;
  }
  return null;
}

export const twos = {
  name: 'twos',
  title: { en: 'Weighted random twos choice', zh: '加权随机二选一' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_twos.c',
  inDebian: false,
  pickReason: 'ipvs.picked-twos',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(net, svc) {
    let total = 0;
    for (const dest of svc.dests) if (isFit(dest)) total += dest.weight;
    if (total === 0) return null;
    const first = byDraw(svc.dests, net.randomBelow(total + 1));
    const second = byDraw(svc.dests, net.randomBelow(total + 1));
    if (first === null || second === null) return first ?? second;
    return second.weight * overheadOf(first) > first.weight * overheadOf(second) ? second : first;
  },
  pickArgs(_svc, dest) {
    return { load: overheadOf(dest), weight: dest.weight };
  },
  explain(_net, svc) {
    return rows(svc, null, (dest) => ({
      numbers: [
        { name: 'load', value: overheadOf(dest) },
        { name: 'weight', value: dest.weight },
      ],
      formula: `(${dest.activeConns} × 256 + ${dest.inactConns}) / ${dest.weight}`,
    }));
  },
} as const satisfies Scheduler;
