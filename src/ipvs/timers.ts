/**
 * The functions behind this room's timers, by name.
 * Comes from: world/tables.ts.
 */
import { connTimer } from './conn.ts';
import { defenceTimer } from './defence.ts';
import type { IpvsNet, IpvsTimer } from './net.ts';
import { lblcTimer } from './schedulers/lblc.ts';
import { estimatorTimer } from './stats.ts';
import { syncCheckTimer, syncFlushTimer } from './sync/master.ts';
import { nodestTimer, trashTimer } from './trash.ts';

export const ipvsTimers: Readonly<Record<IpvsTimer, (net: IpvsNet, key: number | string, seq: number) => void>> = {
  'ipvs-conn': connTimer,
  'ipvs-estimator': estimatorTimer,
  'ipvs-trash': trashTimer,
  'ipvs-nodest': nodestTimer,
  'ipvs-lblc': lblcTimer,
  'ipvs-defence': defenceTimer,
  'ipvs-sync-check': syncCheckTimer,
  'ipvs-sync-flush': syncFlushTimer,
};
