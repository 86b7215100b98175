/**
 * What a recording tells about its clock: when each step began, and where the slots of the kernel's timer
 * wheel lay. A timer of a second fires at a multiple of 32 ms of the kernel's tick counter and one of five
 * seconds at a multiple of 256 ms, so each frame that such a timer sent shows the counter.
 * Comes from: a recording (case.ts).  Goes to: play.ts.
 * Source: Linux 6.1 kernel/time/timer.c, calc_wheel_index(); net/core/neighbour.c, neigh_timer_handler();
 *   net/ipv4/tcp_timer.c, tcp_retransmit_timer(); HZ 250.
 */
import type { Canonical } from '../../capture/index.ts';
import type { Truth } from './case.ts';

/** The wheel's slots: those of `slotMs` begin `phaseMs` after the recording's zero. */
export interface WheelPhase {
  readonly phaseMs: number;
  readonly slotMs: number;
}

export interface RecordedClock {
  /** when each step began, counted from the beginning of the recording; null where it is not noted */
  readonly stepsMs: readonly (number | null)[];
  /** null when no frame of the recording shows it */
  readonly wheel: WheelPhase | null;
}

/** Slots of timers from 252 ms on, and of those from 2016 ms on. */
const SECOND_SLOT_MS = 32;
export const LONG_SLOT_MS = 256;
/** Recorded times are rounded to 0.1 ms, and the timer's work takes a little. */
const TOLERANCE_MS = 0.4;
/** A neighbour is asked again after one second; a longer silence before means that another timer came first. */
const RETRANS_MS = 1000;
const MAC_NONE = '00:00:00:00:00:00';
const MAC_ALL = 'ff:ff:ff:ff:ff:ff';

/** A frame that a timer sent, and the width of that timer's slot. */
interface Fired {
  readonly atMs: number;
  readonly slotMs: number;
}

export function recordedClock(truth: Truth): RecordedClock {
  return {
    stepsMs: truth.steps.map(({ t }) => (t === undefined ? null : t * 1000)),
    wheel: phaseOf(Object.values(truth.packets).flatMap(firedIn)),
  };
}

/** Solicitations and SYNs of one interface that a timer sent. */
function firedIn(packets: Truth['packets'][string]): Fired[] {
  const fired: Fired[] = [];
  const before = new Map<string, number>();
  for (const { t, summary } of packets) {
    const key = solicitation(summary) ?? opening(summary);
    if (t === undefined || key === null) continue;
    const atMs = t * 1000;
    const gapMs = atMs - (before.get(key) ?? -Infinity);
    before.set(key, atMs);
    if (gapMs > RETRANS_MS && gapMs <= RETRANS_MS + SECOND_SLOT_MS + 4) fired.push({ atMs, slotMs: SECOND_SLOT_MS });
    // a unicast question that repeats none is the first probe, five seconds after the entry was used
    else if (key.startsWith('probe') && gapMs > RETRANS_MS) fired.push({ atMs, slotMs: LONG_SLOT_MS });
  }
  return fired;
}

/** Fields of a header as a recording writes them. */
type Fields = Readonly<Record<string, string | number>>;

/** Only the kernel leaves the asked hardware address empty; arping fills it in. */
function solicitation(summary: Canonical): string | null {
  const arp = summary['arp'] as Readonly<Record<string, string>> | undefined;
  if (arp === undefined || arp['op'] !== 'request' || arp['tha'] !== MAC_NONE) return null;
  const { dst } = summary['eth'] as Readonly<Record<string, string>>;
  return `${dst === MAC_ALL ? 'ask' : 'probe'} ${dst} ${arp['sha']} ${arp['spa']} ${arp['tpa']}`;
}

function opening(summary: Canonical): string | null {
  const ip = summary['ip'] as Fields | undefined;
  const tcp = summary['ip'] === undefined ? undefined : ((summary['ip'] as Canonical)['tcp'] as Fields | undefined);
  const flags = (tcp as Canonical | undefined)?.['flags'] as readonly string[] | undefined;
  if (ip === undefined || tcp === undefined || flags?.length !== 1 || flags[0] !== 'SYN') return null;
  return `syn ${ip['src']} ${tcp['sport']} ${ip['dst']} ${tcp['dport']} ${ip['ttl']}`;
}

/** The phase that most of the frames bear out; the earliest of equals. */
function phaseOf(fired: readonly Fired[]): WheelPhase | null {
  let best: WheelPhase | null = null;
  let bestScore = 0;
  for (const { atMs, slotMs } of fired.toSorted((a, b) => b.slotMs - a.slotMs || a.atMs - b.atMs)) {
    const score = fired.filter((other) => agrees(other.atMs - atMs, Math.min(slotMs, other.slotMs))).length;
    if (score > bestScore) [best, bestScore] = [{ phaseMs: atMs % slotMs, slotMs }, score];
  }
  return best;
}

function agrees(apartMs: number, slotMs: number): boolean {
  const rest = Math.abs(apartMs) % slotMs;
  return Math.min(rest, slotMs - rest) <= TOLERANCE_MS;
}
