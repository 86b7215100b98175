/**
 * The run as a person steps through it: which events are worth standing at, and which of an event's
 * records is its headline.
 * Comes from: a trace.  Goes to: transport, timeline, event list, caption.
 */
import type { Kind, Nanos, NodeId, TraceId, TraceReader } from '../engine/index.ts';
import { reasons } from './userland.ts';

/**
 * What one press of Next passes over, from the largest to the smallest: a whole question with its answer, a
 * packet's way until it arrives or is lost, all that matters little, a frame on a cable, one event.
 */
export const GRAINS = ['request', 'packet', 'story', 'hop', 'event'] as const;
export type Grain = (typeof GRAINS)[number];

export interface StoryStep {
  /** number of the event; the world of the step is the one after it: worldAt(event + 1) */
  readonly event: number;
  readonly at: Nanos;
  readonly node: NodeId;
  /** records [first, end) belong to the event */
  readonly first: TraceId;
  readonly end: TraceId;
  /** the record that the caption tells */
  readonly headline: TraceId;
  readonly notability: number;
  /** it put at least one frame on a cable */
  readonly sends: boolean;
}

/** How much a record matters: its reason's notability. Frames put on a cable by a host count as steps too. */
export function notabilityOf({ reason }: Kind): number {
  return reasons[reason]?.notability ?? 0;
}

/** Whether a record tells of something done from outside: a line typed, a cable, a power switch, a timer. */
export function isDoing({ stage, verdict }: Kind): boolean {
  return stage === 'sh:start' || stage === 'link' || stage === 'timer' || (stage === 'power' && verdict === 'state');
}

/** The steps of events [from, to). Events that wrote nothing are left out. */
export function storyOf(trace: TraceReader, from: number, to: number): StoryStep[] {
  const steps: StoryStep[] = [];
  for (let event = from; event < to; event++) {
    const first = trace.firstOf(event);
    const end = trace.firstOf(event + 1);
    if (first === end) continue;
    let headline = first;
    let best = -1;
    let sends = false;
    for (let id = first; id < end; id++) {
      const record = trace.kindOf(id as TraceId);
      if (record.stage === 'link:tx') sends = true;
      // That a frame leaves tells less than why it does, even where the reason is bookkeeping.
      const weight = record.reason === 'link.sent' ? -0.5 : notabilityOf(record);
      // Of equals the later one wins: it tells how the matter ended.
      if (weight >= best) {
        best = weight;
        headline = id as TraceId;
      }
    }
    steps.push({
      event,
      at: trace.timeOf(event),
      node: trace.nodeOf(event),
      first,
      end,
      headline,
      notability: best,
      sends,
    });
  }
  return steps;
}
