/**
 * Frames taken off their cables or held up by hand.
 * Comes from: dispatch.ts (a stimulus), the page (which frames are due).  Goes to: the queue of events.
 */
import { waitingOf, type FrameId, type Nanos, type NodeId, type Step, type TraceId, type WaitingEvent } from '../engine/index.ts';
import { farEnd } from './link.ts';
import type { FrameOnCable, NodeState, Shared, Stimulus, What, WorldState } from './state.ts';

/** A frame on its way, by what names it in a stimulus. */
export interface FrameDue {
  readonly node: NodeId;
  readonly dev: number;
  readonly due: Nanos;
  readonly nth: number;
  readonly frame: FrameId;
  /** the record of its leaving */
  readonly hop: TraceId;
}

type FrameEvent = WaitingEvent<FrameOnCable>;

function framesOf(events: readonly WaitingEvent<What>[]): FrameEvent[] {
  return events.filter((event): event is FrameEvent => event.what.kind === 'frame');
}

/** The frames on their way to a node. */
export function framesDue(state: Readonly<WorldState>, node: NodeId): FrameDue[] {
  const seen = new Map<string, number>();
  return framesOf(waitingOf(state, node)).map(({ at, cause, to: dev, what }) => {
    const place = `${dev} ${at}`;
    const nth = seen.get(place) ?? 0;
    seen.set(place, nth + 1);
    return { node, dev, due: at, nth, frame: what.id, hop: cause };
  });
}

/** Drops a frame on its way, or lets it arrive later. */
export function handleFrame(step: Step<NodeState, Shared, What>, node: NodeId, stimulus: Extract<Stimulus, { kind: 'frame' }>): void {
  const { dev, due, nth } = stimulus;
  const event = framesOf(step.waiting(node)).filter(({ at, to }) => at === due && to === dev)[nth];
  if (event === undefined) {
    step.note({ node, dev, stage: 'link', verdict: 'state', reason: 'link.no-such-frame' });
    return;
  }
  if (stimulus.deed === 'drop') {
    loseOnCable(step, event, 'link.taken');
    return;
  }
  const by = Math.max(0, stimulus.delayNs);
  const fromNode = senderOf(step, node, dev);
  const args = { fromNode, by, until: event.at + by };
  step.note({ node, dev, frame: event.what.id, cause: event.cause, stage: 'link', verdict: 'queue', reason: 'link.held-up', args });
  step.reschedule(event, (event.at + by) as Nanos);
}

/** Ends a frame that is on its way. */
export function loseOnCable(step: Step<NodeState, Shared, What>, event: FrameEvent, reason: 'link.taken' | 'power.frame-cut'): void {
  const { node, cause, seq, to: dev } = event;
  step.withdraw(new Set([seq]));
  const args = { fromNode: senderOf(step, node, dev) };
  step.note({ node, dev, frame: event.what.id, cause, stage: 'link', verdict: 'drop', reason, args });
}

function senderOf(step: Step<NodeState, Shared, What>, node: NodeId, dev: number): NodeId {
  const { links, linkOf } = step.state.shared;
  const link = links[linkOf[node]?.[dev] ?? -1];
  return link === undefined ? node : farEnd(link, node, dev).node;
}

/** Frames on their way to a node by one port whose last bit had not left the sender at the present moment. */
export function framesLeaving(step: Step<NodeState, Shared, What>, to: NodeId, dev: number, delayNs: number): FrameEvent[] {
  return framesOf(step.waiting(to)).filter((event) => event.to === dev && event.at - delayNs > step.now);
}
