/**
 * Cables: a frame leaves a port, takes its time on the wire, and arrives at the other end.
 * Comes from: host/dev/xmit.ts, switch/receive.ts.  Goes to: dispatch.ts, as a later event.
 * Source: IEEE 802.3 §4 for the frame's length on the wire (minimum 64 bytes with check sequence).
 * Differs: preamble and inter-frame gap are not counted; collisions do not exist.
 */
import { HOP, type Nanos, type NodeId, type Step, type TraceArgs } from '../engine/index.ts';
import { ETH_HLEN, layersLen, type Layers } from '../wire/index.ts';
import { cablePlace, layCables, type Pace } from './cables.ts';
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

/** A cable or a node's power has changed: what senders read of it is made anew. */
export function layAgain(step: Step<NodeState, Shared, What>): void {
  const shared = step.shared();
  shared.cables = layCables(shared.links, shared.linkOf, (node) => step.peek(node).on);
}

/** Sends a frame out of a port. Writes the record of the hop, or of its loss. */
export function transmit(step: Step<NodeState, Shared, What>, node: NodeId, dev: number, port: TxPort, frame: FrameOnCable): void {
  const { cables } = step.state.shared;
  const place = cablePlace(cables, node, dev);
  const number = place < 0 ? -1 : (cables.rows[place + 3] as number);
  const pace = number >= 0 ? (cables.paces[number] as Pace) : arriving(step, node, dev, place, frame);
  if (pace === null) return;
  const now = step.state.now;
  const wait = port.txBusyUntil > now ? port.txBusyUntil - now : 0;
  if (wait > QUEUE_MAX_NS) {
    lose(step, node, dev, frame, 'link.full', { waiting: wait });
    return;
  }
  const sendNs = pace.rateBps === null ? 0 : Math.round((frame.bytes * 8_000_000_000) / pace.rateBps);
  const sent = now + wait + sendNs;
  port.txBusyUntil = sent as Nanos;
  const cause = step.noteHop(node, dev, frame.id, frame.bytes, wait, sendNs + pace.delayNs);
  const toNode = cables.rows[place + 1] as NodeId;
  step.schedule((sent + pace.delayNs) as Nanos, toNode, frame, cause, cables.rows[place + 2] as number);
}

/**
 * Where a frame may not arrive: there is no cable, it is cut or loses frames, or the far end has no power.
 * @param place of the cable, or -1
 * @returns its pace if the frame arrives; else the loss has been written down
 */
function arriving(step: Step<NodeState, Shared, What>, node: NodeId, dev: number, place: number, frame: FrameOnCable): Pace | null {
  const { cables, links } = step.state.shared;
  if (place < 0) {
    lose(step, node, dev, frame, 'link.no-cable', null);
    return null;
  }
  const link = links[cables.rows[place] as number] as Link;
  const toNode = cables.rows[place + 1] as NodeId;
  const toDev = cables.rows[place + 2] as number;
  if (!link.up) lose(step, node, dev, frame, 'link.down', null);
  else if (!step.peek(toNode).on) lose(step, node, dev, frame, 'link.far-off', { toNode, toDev });
  else if (link.lossPpm > 0 && step.randomBelow(1_000_000) < link.lossPpm)
    lose(step, node, dev, frame, 'link.lost', { toNode, toDev, loss: link.lossPpm });
  else return link;
  return null;
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
