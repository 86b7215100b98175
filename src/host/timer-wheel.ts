/**
 * When a kernel timer really fires: timers sit on a wheel whose slots grow with the delay, so that a
 * long one fires late by up to a slot, never early.
 * Comes from: neigh/, tcp/, netfilter/, ipvs/.  Goes to: Net.arm().
 * Source: Linux 6.1 kernel/time/timer.c, calc_wheel_index(); HZ 250 as in Debian's kernels.
 * Differs: the tick counter of every host is 0 when the run begins, so that lateness is the same in every run.
 */
import { nanos, NS_PER_MS, type Nanos } from '../engine/index.ts';

/** Length of a tick, HZ 250. */
export const NS_PER_TICK = 4 * NS_PER_MS;

/** From this many ticks on, level n+1 is used; each level's slots are 8 times as wide. */
const LEVEL_STARTS = [63, 504, 4032, 32256, 258048, 2064384, 16515072] as const;

/** Ticks that a span takes, rounded up as msecs_to_jiffies() does. */
export function ticksOf(span: Nanos): number {
  return Math.ceil(span / NS_PER_TICK);
}

/** Level of the wheel that a timer of this delay sits on, from 0; of timers due at one tick the higher levels fire first. */
export function wheelLevel(delay: Nanos): number {
  const ticks = Math.floor(delay / NS_PER_TICK);
  let level = 0;
  for (const start of LEVEL_STARTS) {
    if (ticks < start) break;
    level++;
  }
  return level;
}

/** The delay to arm with so that a timer set for `span` from now fires when the kernel's would. */
export function wheelDelay(now: Nanos, span: Nanos): Nanos {
  const tick = Math.floor(now / NS_PER_TICK);
  const ticks = ticksOf(span);
  let slot = 1;
  for (const start of LEVEL_STARTS) {
    if (ticks < start) break;
    slot *= 8;
  }
  const fires = (Math.floor((tick + ticks) / slot) + 1) * slot;
  return nanos(fires * NS_PER_TICK - now);
}
