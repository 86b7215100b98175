/**
 * How busy cables are: the share of the time just before a moment in which bits were sent, each way.
 * Comes from: hops of a branch.  Goes to: scene.ts.
 */
import type { Branch } from '../lab/index.ts';
import type { Hop, Moment } from '../sim/index.ts';
import { portKey, type LinkLook } from './look.ts';

/** The time looked at. */
export const LOAD_WINDOW_NS = 10_000_000;

/** By number of the link, twice: from its first end to its second, and back; 0 to 1. A cable without a rate is never busy. */
export function loadsOf(branch: Branch, links: readonly LinkLook[], moment: Moment): Float64Array {
  const busy = new Float64Array(links.length * 2);
  const rated = portsOf(links);
  if (rated.size === 0) return busy;
  const { steps, run } = branch;
  const from = moment.at - LOAD_WINDOW_NS;
  const end = run.trace.firstOf(moment.executed);
  for (let i = steps.hopsSince(from - steps.longestSpan); i < steps.hops.length; i++) {
    const hop = steps.hops.get(i) as Hop;
    if (hop.record >= end) break;
    const slot = hop.lost === null ? rated.get(portKey(hop.from, hop.fromDev)) : undefined;
    if (slot === undefined) continue;
    const sent = hop.until - (links[slot >> 1] as LinkLook).delayNs;
    const overlap = Math.min(sent, moment.at) - Math.max(hop.start, from);
    if (overlap > 0) busy[slot] = (busy[slot] as number) + overlap;
  }
  for (let i = 0; i < busy.length; i++) busy[i] = Math.min(1, (busy[i] as number) / LOAD_WINDOW_NS);
  return busy;
}

function portsOf(links: readonly LinkLook[]): Map<number, number> {
  const ports = new Map<number, number>();
  links.forEach(({ ends, rateBps }, i) => {
    if (rateBps === null) return;
    ports.set(portKey(ends[0].node, ends[0].dev), 2 * i);
    ports.set(portKey(ends[1].node, ends[1].dev), 2 * i + 1);
  });
  return ports;
}

/** A share as a person reads it. */
export function loadText(share: number): string {
  if (share <= 0) return '0 %';
  if (share < 0.01) return '<1 %';
  return `${Math.round(share * 100)} %`;
}
