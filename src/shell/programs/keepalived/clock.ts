/**
 * The time that keepalived's own work takes. It is one thread: what it does next waits for what it does now,
 * and every interval is counted from the moment at which the work before it was done. So advertisements come
 * a little later than due, and which of two timers is first follows from what was done before them.
 * Comes from: vrrp.ts, vips.ts, vrrp-timer.ts.
 * Source: keepalived 2.2.7 lib/scheduler.c, set_time_now(); the figures are measured, on one processor.
 * Differs: packets leave at the moment in which the work begins; only timers know how long it took.
 */
import { later, type Nanos } from '../../../engine/index.ts';
import type { Ka } from './state.ts';

const micros = (count: number): Nanos => (count * 1000) as Nanos;

/** From the end of a timer until the process runs. */
export const WAKING = micros(20);
/** What each piece of work takes the process itself. */
export const COST = {
  advert: micros(20),
  read: micros(10),
  role: micros(60),
  address: micros(90),
  arp: micros(33),
  command: micros(2000),
  /** a command that has just been started takes its turn */
  child: micros(200),
} as const;

/** At the beginning of each piece of work. */
export function startClock(ka: Ka): void {
  const { net, st } = ka;
  st.clock = Math.max(st.clock, net.processor()) as Nanos;
}

/** And at its end. */
export function stopClock(ka: Ka): void {
  if (ka.st.clock > ka.net.now) ka.net.processor(ka.st.clock);
}

export function clockOf(ka: Ka): Nanos {
  return Math.max(ka.st.clock, ka.net.now) as Nanos;
}

export function spend(ka: Ka, cost: Nanos): void {
  ka.st.clock = later(clockOf(ka), cost);
}
