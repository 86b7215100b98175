/**
 * Weighted least connection, the default: smallest (active × 256 + inactive) / weight.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_wlc.c, ip_vs_wlc_schedule().
 * Differs: nothing known.
 */
import { overheadOf } from '../svc.ts';
import { ratioRows } from './explain.ts';
import { wlcPick } from './least.ts';
import { nothing, type Scheduler } from './scheduler.ts';

export const wlc = {
  name: 'wlc',
  title: { en: 'Weighted least connection', zh: '加权最少连接' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_wlc.c',
  inDebian: true,
  pickReason: 'ipvs.picked-wlc',
  initService: nothing,
  addDest: nothing,
  delDest: nothing,
  updDest: nothing,
  schedule(_net, svc) {
    return wlcPick(svc.dests);
  },
  pickArgs(_svc, dest) {
    return {
      active: dest.activeConns,
      inactive: dest.inactConns,
      load: overheadOf(dest),
      weight: dest.weight,
    };
  },
  explain(_net, svc) {
    return ratioRows(svc, wlcPick(svc.dests), overheadOf, (d) => `(${d.activeConns} × 256 + ${d.inactConns}) / ${d.weight}`);
  },
} as const satisfies Scheduler;
