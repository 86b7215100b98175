/**
 * All schedulers, in the order of ipvsadm's help.
 * Comes from: ctl.ts, schedule.ts, the page.
 */
import { dh } from './dh.ts';
import { fo } from './fo.ts';
import { lblc } from './lblc.ts';
import { lblcr } from './lblcr.ts';
import { lc } from './lc.ts';
import { mh } from './mh.ts';
import { nq } from './nq.ts';
import { ovf } from './ovf.ts';
import { rr } from './rr.ts';
import type { Scheduler } from './scheduler.ts';
import { sed } from './sed.ts';
import { sh } from './sh.ts';
import { twos } from './twos.ts';
import { wlc } from './wlc.ts';
import { wrr } from './wrr.ts';

export const schedulers = [rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos] as const satisfies readonly Scheduler[];

const byName = new Map<string, Scheduler>(schedulers.map((scheduler) => [scheduler.name, scheduler]));

export function schedulerOf(name: string): Scheduler | null {
  return byName.get(name) ?? null;
}
