/**
 * Cables: a frame leaves a port, takes its time on the wire, and arrives at the other end.
 * Comes from: host/dev/xmit.ts, switch/receive.ts.  Goes to: dispatch.ts, as a later event.
 * Source: IEEE 802.3 §4 for the frame's length on the wire (minimum 64 bytes with check sequence).
 * Differs: preamble and inter-frame gap are not counted; collisions do not exist.
 */
import { later, nanos, type Frame, type NodeId, type Step } from '../engine/index.ts';
import { layersLen } from '../wire/index.ts';
import type { Link, LinkEnd, NodeState, Shared, What } from './state.ts';

/** Shortest Ethernet frame and its check sequence, bytes. */
const MIN_FRAME = 60;
const FCS = 4;
/** A port whose queue is longer than this drops what comes; 100 ms is what 1000 full frames need at 120 Mbit/s. */
const QUEUE_MAX_NS = 100_000_000;

/** Bytes of a frame on the wire, with padding and check sequence. */
export function wireLen(frame: Frame): number {
  const len = layersLen(frame.layers);
  return (len < MIN_FRAME ? MIN_FRAME : len) + FCS;
}

/** What a sender keeps about its port: the moment at which the last bit of the last frame has left. */
export interface TxPort {
  txBusyUntil: number;
}

/**
 * Sends a frame out of a port. Writes the record of the hop, or of its loss.
 * @param confirm see What
 */
export function transmit(step: Step<NodeState, Shared, What>, node: NodeId, dev: number, port: TxPort, frame: Frame, confirm: boolean): void {
  const shared = step.state.shared;
  const number = shared.linkOf[node]?.[dev] ?? -1;
  const link = shared.links[number];
  const note = { node, dev, frame: frame.id, stage: 'link:tx' } as const;
  if (link === undefined) {
    step.note({ ...note, verdict: 'drop', reason: 'link.no-cable' });
    return;
  }
  if (!link.up) {
    step.note({ ...note, verdict: 'drop', reason: 'link.down' });
    return;
  }
  const far = farEnd(link, node, dev);
  const toName = (step.peek(far.node) as NodeState).name;
  if (link.lossPpm > 0 && step.randomBelow(1_000_000) < link.lossPpm) {
    step.note({ ...note, verdict: 'drop', reason: 'link.lost', args: { to: toName, toNode: far.node, toDev: far.dev, loss: link.lossPpm } });
    return;
  }
  const start = port.txBusyUntil > step.now ? port.txBusyUntil : step.now;
  if (start - step.now > QUEUE_MAX_NS) {
    step.note({ ...note, verdict: 'drop', reason: 'link.full', args: { waiting: start - step.now } });
    return;
  }
  const bytes = wireLen(frame);
  const sendNs = link.rateBps === null ? 0 : Math.round((bytes * 8_000_000_000) / link.rateBps);
  port.txBusyUntil = nanos(start + sendNs);
  const arrival = later(nanos(start + sendNs), nanos(link.delayNs));
  const cause = step.note({
    ...note,
    verdict: 'pass',
    reason: 'link.sent',
    args: { to: toName, toNode: far.node, toDev: far.dev, bytes, start, until: arrival },
  });
  step.schedule(arrival, far.node, { kind: 'frame', dev: far.dev, frame, confirm: confirm && shared.oneKernel }, cause);
}

/** The end of a link that is not this one. */
export function farEnd(link: Link, node: NodeId, dev: number): LinkEnd {
  const [a, b] = link.ends;
  return a.node === node && a.dev === dev ? b : a;
}
