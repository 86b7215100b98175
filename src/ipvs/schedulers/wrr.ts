/**
 * Weighted round robin: passes over the list with a falling bar; who weighs at least the bar is chosen.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_wrr.c, ip_vs_wrr_schedule(), ip_vs_wrr_dest_changed().
 * Differs: nothing known.
 *
 * The bar (current weight) starts at the largest weight, falls by the weights' common divisor after each
 * pass, and starts again. Heavy servers are so chosen in more passes, mixed with the others.
 */
import { dryRun, fitnessOf, rows } from './explain.ts';
import type { Scheduler } from './scheduler.ts';
import type { Dest, DestId, Svc } from '../state.ts';

interface WrrData {
  /** chosen last; null stands for the head of the list */
  last: DestId | null;
  /** current weight, the bar */
  cw: number;
  /** where the bar starts */
  mw: number;
  /** by how much it falls */
  di: number;
}

function memory(svc: Svc): WrrData {
  return svc.schedData as WrrData;
}

export function gcd(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

/** Greatest common divisor of the weights above 0; 1 if there are none. */
export function weightsGcd(dests: readonly Dest[], weightOf: (dest: Dest) => number = (d) => d.weight): number {
  let g = 0;
  for (const dest of dests) if (weightOf(dest) > 0) g = gcd(weightOf(dest), g);
  return g === 0 ? 1 : g;
}

function maxWeight(svc: Svc): number {
  let most = 0;
  for (const dest of svc.dests) if (dest.weight > most) most = dest.weight;
  return most;
}

/** The servers changed: start from the head, but keep the bar where that makes sense. */
function destChanged(svc: Svc): void {
  const data = memory(svc);
  data.last = null;
  data.di = weightsGcd(svc.dests);
  data.mw = maxWeight(svc) - (data.di - 1);
  if (data.cw > data.mw || data.cw === 0) data.cw = data.mw;
  else if (data.di > 1) data.cw = Math.floor(data.cw / data.di) * data.di + 1;
}

export const wrr = {
  name: 'wrr',
  title: { en: 'Weighted round robin', zh: '加权轮询' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_wrr.c',
  inDebian: true,
  pickReason: 'ipvs.picked-wrr',
  initService(_net, svc) {
    const di = weightsGcd(svc.dests);
    const mw = maxWeight(svc) - (di - 1);
    svc.schedData = { last: null, cw: mw, mw, di } satisfies WrrData;
  },
  addDest: destChanged,
  delDest: destChanged,
  updDest: destChanged,
  schedule(_net, svc) {
    const data = memory(svc);
    if (data.mw === 0) return null;
    const { dests } = svc;
    const start = dests.findIndex((d) => d.id === data.last);
    let from = start;
    let stop = -1;
    let lastPass = false;
    let restarted = false;
    for (;;) {
      for (let i = from + 1; i < dests.length; i++) {
        const dest = dests[i] as Dest;
        if (!dest.overload && dest.weight >= data.cw) {
          data.last = dest.id;
          return dest;
        }
        if (i === stop) return null;
      }
      from = -1;
      data.cw -= data.di;
      if (data.cw <= 0) {
        data.cw = data.mw;
        if (lastPass || start < 0) return null;
        restarted = true;
      }
      lastPass = data.cw <= data.di;
      if (lastPass && restarted && start >= 0) stop = start;
    }
  },
  pickArgs(svc, dest) {
    const { cw, mw, di } = memory(svc);
    return { weight: dest.weight, cw, mw, di };
  },
  explain(net, svc, facts) {
    const chosen = dryRun(wrr, net, svc, facts);
    const { cw, mw, di } = memory(svc);
    return rows(svc, chosen, (dest) => {
      const fitness = fitnessOf(dest);
      return {
        fitness: fitness === 'fit' && dest.weight < cw ? 'below-current-weight' : fitness,
        numbers: [
          { name: 'weight', value: dest.weight },
          { name: 'cw', value: cw },
          { name: 'mw', value: mw },
          { name: 'gcd', value: di },
        ],
        formula: dest.weight >= cw ? `${dest.weight} ≥ ${cw}` : `${dest.weight} < ${cw}`,
      };
    });
  },
} as const satisfies Scheduler;
