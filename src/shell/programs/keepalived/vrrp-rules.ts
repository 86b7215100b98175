/**
 * The rules of VRRP as keepalived has them, without doing anything: how long to wait, what an
 * advertisement means for a backup and for a master. The test beside it is the table.
 * Comes from: vrrp-receive.ts, vrrp.ts.
 * Source: RFC 3768 6.4, RFC 5798 6.4; keepalived 2.2.7 include/vrrp.h (VRRP_TIMER_SKEW), vrrp/vrrp.c,
 *   vrrp_state_backup(), vrrp_state_master_rx().
 */
import { NS_PER_MS, type Nanos } from '../../../engine/index.ts';
import { PRIO_OWNER } from './config.ts';

const NS_PER_US = 1000;

/** The lower the priority, the longer: so that the best backup is first. */
export function skewTime(version: 2 | 3, priority: number, advert: Nanos): Nanos {
  const steps = 256 - priority;
  if (version === 2) return (Math.floor((steps * 1_000_000) / 256) * NS_PER_US) as Nanos;
  const centis = Math.floor(advert / (10 * NS_PER_MS));
  return (Math.floor((steps * centis * 625) / 16) * NS_PER_US) as Nanos;
}

/** Master_Down_Interval: so many intervals without an advertisement and the skew time. */
export function masterDownInterval(version: 2 | 3, priority: number, advert: Nanos, adverts: number): Nanos {
  return (adverts * advert + skewTime(version, priority, advert)) as Nanos;
}

export interface BackupFacts {
  readonly priority: number;
  readonly preempt: boolean;
  /** preempt_delay is set and has not run out (it may not have begun) */
  readonly delaying: boolean;
}

export type BackupAnswer =
  /** the master stops: wait for the skew time only */
  | 'take-over-soon'
  /** the master is at least as good: wait for a whole interval again */
  | 'stay-better'
  /** it is worse, but nopreempt leaves it alone */
  | 'stay-no-preempt'
  /** it is worse, and preempt_delay asks for patience */
  | 'stay-preempt-delay'
  /** it is worse: the timer goes on, and then this host takes over */
  | 'ignore-worse';

export function backupHears(facts: BackupFacts, advertised: number): BackupAnswer {
  if (advertised === 0) return 'take-over-soon';
  if (advertised >= facts.priority) return 'stay-better';
  if (!facts.preempt) return 'stay-no-preempt';
  return facts.delaying ? 'stay-preempt-delay' : 'ignore-worse';
}

export interface MasterFacts {
  readonly priority: number;
  /** how the sender's address compares with the own: below, same, above */
  readonly sender: -1 | 0 | 1;
}

export type MasterAnswer =
  /** another master stops: tell at once that this one is here */
  | 'answer-stop'
  /** the other is worse: insist */
  | 'stay-lower'
  /** same priority, and the own address is higher: insist */
  | 'stay-higher-address'
  /** same priority and even the same address: somebody else has this host's address */
  | 'stay-same-address'
  | 'yield-higher'
  | 'yield-higher-address'
  /** two say that they own the addresses: a mistake, the own priority is lowered */
  | 'two-owners';

export function masterHears(facts: MasterFacts, advertised: number): MasterAnswer {
  if (advertised === 0) return 'answer-stop';
  if (advertised < facts.priority) return 'stay-lower';
  if (advertised > facts.priority) return 'yield-higher';
  if (facts.sender === 0) return 'stay-same-address';
  if (facts.priority === PRIO_OWNER) return 'two-owners';
  return facts.sender < 0 ? 'stay-higher-address' : 'yield-higher-address';
}

/** Weights keep the priority between 1 and 254; an owner's does not change. */
export function effectivePriority(base: number, total: number): number {
  if (base === PRIO_OWNER) return PRIO_OWNER;
  return total < 1 ? 1 : total >= PRIO_OWNER ? PRIO_OWNER - 1 : total;
}
