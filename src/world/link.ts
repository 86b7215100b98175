/**
 * Cables: a frame leaves a port, takes its time on the wire, and arrives at the other end.
 * Comes from: host/dev/xmit.ts, switch/receive.ts.  Goes to: dispatch.ts, as a later event.
 * Source: IEEE 802.3 §4 for the frame's length on the wire (minimum 64 bytes with check sequence).
 * Differs: preamble and inter-frame gap are not counted; collisions do not exist.
 */
import { HOP, type Nanos, type NodeId, type Step, type TraceArgs } from '../engine/index.ts';
import { ETH_HLEN, layersLen, type Layers } from '../wire/index.ts';
import { cablePlace } from './cables.ts';
import type { FrameOnCable, Link, LinkEnd, NodeState, Shared, What } from './state.ts';

/** Shortest Ethernet frame and its check sequence, bytes. */
const MIN_FRAME = 60;
const FCS = 4;
/** A port whose queue is longer than this drops what comes; 100 ms is what 1000 full frames need at 120 Mbit/s. */
const QUEUE_MAX_NS = 100_000_000;

/**
 * Bytes of a frame on the wire, with padding and check sequence. An IPv4 header says how long its packet is.
 * @param above its layers above Ethernet
 */
export function wireLen(above: Layers): number {
  const first = above[0];
  const len = ETH_HLEN + (first !== undefined && first.kind === 'ipv4' ? first.totalLen : layersLen(above));
  return (len < MIN_FRAME ? MIN_FRAME : len) + FCS;
}

/** What a sender keeps about its port: the moment at which the last bit of the last frame has left. */
export interface TxPort {
  txBusyUntil: Nanos;
}

/** Sends a frame out of a port. Writes the record of the hop, or of its loss. */
export function transmit(step: Step<NodeState, Shared, What>, node: NodeId, dev: number, port: TxPort, frame: FrameOnCable): void {
  const shared = step.state.shared;
  const { cables } = shared;
  const place = cablePlace(cables, node, dev);
  if (place < 0) {
    lose(step, node, dev, frame, 'link.no-cable', null);
    return;
  }
  const link = shared.links[cables.rows[place] as number] as Link;
  if (!link.up) {
    lose(step, node, dev, frame, 'link.down', null);
    return;
  }
  const toNode = cables.rows[place + 1] as NodeId;
  const toDev = cables.rows[place + 2] as number;
  if (!step.peek(toNode).on) {
    lose(step, node, dev, frame, 'link.far-off', { toNode, toDev });
    return;
  }
  if (link.lossPpm > 0 && step.randomBelow(1_000_000) < link.lossPpm) {
    lose(step, node, dev, frame, 'link.lost', { toNode, toDev, loss: link.lossPpm });
    return;
  }
  const now = step.state.now;
  const wait = port.txBusyUntil > now ? port.txBusyUntil - now : 0;
  if (wait > QUEUE_MAX_NS) {
    lose(step, node, dev, frame, 'link.full', { waiting: wait });
    return;
  }
  const sendNs = link.rateBps === null ? 0 : Math.round((frame.bytes * 8_000_000_000) / link.rateBps);
  const sent = now + wait + sendNs;
  port.txBusyUntil = sent as Nanos;
  const cause = step.noteHop(node, dev, frame.id, frame.bytes, wait, sendNs + link.delayNs);
  step.schedule((sent + link.delayNs) as Nanos, toNode, frame, cause, toDev);
}

function lose(
  step: Step<NodeState, Shared, What>,
  node: NodeId,
  dev: number,
  frame: FrameOnCable,
  reason: string,
  args: TraceArgs | null,
): void {
  step.note({ node, dev, frame: frame.id, stage: HOP.stage, verdict: 'drop', reason, args });
}

/** The end of a link that is not this one. */
export function farEnd(link: Link, node: NodeId, dev: number): LinkEnd {
  const a = link.ends[0];
  return a.node === node && a.dev === dev ? link.ends[1] : a;
}
