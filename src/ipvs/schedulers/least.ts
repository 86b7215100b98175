/**
 * The common part of the schedulers that compare a load divided by the weight.
 * Comes from: wlc.ts, sed.ts, nq.ts, lblc.ts, lblcr.ts.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_wlc.c, ip_vs_wlc_schedule(); ip_vs_sed.c, ip_vs_sed_schedule().
 * Differs: nothing known.
 */
import { overheadOf } from '../svc.ts';
import type { Dest } from '../state.ts';
import { isFit } from './explain.ts';

/**
 * Smallest load / weight. Two fractions are compared by cross-multiplication, and only a strictly
 * smaller one replaces the best so far: of equals the first in the list, added last, wins.
 */
export function leastLoaded(dests: readonly Dest[], load: (dest: Dest) => number): Dest | null {
  let best: Dest | null = null;
  let bestLoad = 0;
  for (let i = 0; i < dests.length; i++) {
    const dest = dests[i] as Dest;
    if (best === null) {
      if (!isFit(dest)) continue;
      best = dest;
      bestLoad = load(dest);
      continue;
    }
    if (dest.overload) continue;
    const destLoad = load(dest);
    if (bestLoad * dest.weight > destLoad * best.weight) {
      best = dest;
      bestLoad = destLoad;
    }
  }
  return best;
}

/** The pick of wlc, which lblc and lblcr use too. */
export function wlcPick(dests: readonly Dest[]): Dest | null {
  return leastLoaded(dests, overheadOf);
}

/** What the new connection would cost: one active connection more than there are. */
export function sedCost(dest: Dest): number {
  return dest.activeConns + 1;
}

/** A server has more active connections than its weight while another one has less than half of its own. */
export function isOverloaded(dest: Dest, dests: readonly Dest[]): boolean {
  if (dest.activeConns <= dest.weight) return false;
  for (const other of dests) if (other.activeConns * 2 < other.weight) return true;
  return false;
}
