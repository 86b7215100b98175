/**
 * What a node changed in the headers of a packet that passes through it: the frame that came in
 * against the frame that goes out.
 * Comes from: the records of one step.  Goes to: scene.ts, the inspector.
 */
import { NO_FRAME, type FrameId, type NodeId, type TraceId, type TraceReader } from '../engine/index.ts';
import { frameText, macText, type AddressRole, type Cast, type LayerView, type StepIndex } from '../lab/index.ts';
import { formatIpv4, type Ipv4, type Layers } from '../wire/index.ts';

export interface Rewrite {
  readonly what: 'srcMac' | 'dstMac' | 'src' | 'dst' | 'sport' | 'dport' | 'ttl' | 'wrapped' | 'unwrapped';
  /** '' when there was nothing before */
  readonly old: string;
  readonly now: string;
  readonly oldRole: AddressRole;
  readonly nowRole: AddressRole;
}

/** The layer that a field belongs to. */
const LAYER_OF: Readonly<Record<Rewrite['what'], LayerView>> = {
  srcMac: 'l2',
  dstMac: 'l2',
  src: 'l3',
  dst: 'l3',
  ttl: 'l3',
  wrapped: 'l3',
  unwrapped: 'l3',
  sport: 'l4',
  dport: 'l4',
};

/** Whether a field is shown in the view of a layer. */
export function ofLayer(what: Rewrite['what'], layer: LayerView): boolean {
  return layer === 'all' || LAYER_OF[what] === layer;
}

/** Rewrites of the frames that leave in records [first, end), by node. */
export function rewritesOf(
  trace: TraceReader,
  first: number,
  end: number,
  cast: Cast,
  steps: StepIndex,
): { node: NodeId; rows: readonly Rewrite[] }[] {
  const found: { node: NodeId; rows: readonly Rewrite[] }[] = [];
  for (let id = first; id < end; id++) {
    const { stage, frame, node } = trace.get(id as TraceId);
    if (stage !== 'link:tx' || frame === NO_FRAME) continue;
    // A switch sends on what came in: the frame was on a cable before, as it is.
    if (steps.hops.get(steps.firstHopOf(frame))?.record !== id) continue;
    const before = arrivedAs(trace, frame, steps);
    if (before === NO_FRAME) continue;
    const rows = diff(trace.frame(before).layers, trace.frame(frame).layers, cast);
    if (rows.length > 0 && !found.some((f) => f.node === node)) found.push({ node, rows });
  }
  return found;
}

/** The frame that came in and left as this one, or NO_FRAME when the packet began at this node. */
export function arrivedAs(trace: TraceReader, frame: FrameId, steps: StepIndex): FrameId {
  // Frames born of each other at one node form a chain; its first member is what came in.
  let now = frame;
  for (let i = 0; i < 32; i++) {
    const { bornFrom, layers } = trace.frame(now);
    if (bornFrom === NO_FRAME) return now === frame ? NO_FRAME : now;
    const parent = trace.frame(bornFrom);
    if (parent.layers[0]?.kind === 'eth' && layers !== parent.layers && steps.firstHopOf(bornFrom) >= 0) return bornFrom;
    now = bornFrom;
  }
  return NO_FRAME;
}

export function diff(before: Layers, after: Layers, cast: Cast): Rewrite[] {
  const old = frameText(before);
  const now = frameText(after);
  const rows: Rewrite[] = [];
  const add = (what: Rewrite['what'], from: string, to: string, oldRole: AddressRole = 'other', nowRole: AddressRole = 'other'): void => {
    if (from !== to) rows.push({ what, old: from, now: to, oldRole, nowRole });
  };
  const role = (addr: Ipv4): AddressRole => cast.roles.get(addr)?.role ?? 'other';
  const ip = (addr: Ipv4): string => {
    const label = cast.roles.get(addr)?.label ?? '';
    return label === '' ? formatIpv4(addr) : `${label} ${formatIpv4(addr)}`;
  };
  if (old.srcMac !== null && now.srcMac !== null) add('srcMac', macText(old.srcMac, cast.macs), macText(now.srcMac, cast.macs));
  if (old.dstMac !== null && now.dstMac !== null) add('dstMac', macText(old.dstMac, cast.macs), macText(now.dstMac, cast.macs));
  if (now.pairs.length > old.pairs.length) {
    const outer = now.pairs[0];
    if (outer !== undefined) add('wrapped', '', `${ip(outer.from.addr)} → ${ip(outer.to.addr)}`, 'other', role(outer.to.addr));
  } else if (now.pairs.length < old.pairs.length) {
    const outer = old.pairs[0];
    if (outer !== undefined) add('unwrapped', `${ip(outer.from.addr)} → ${ip(outer.to.addr)}`, '', role(outer.to.addr));
  }
  const a = old.pairs[old.pairs.length - 1];
  const b = now.pairs[now.pairs.length - 1];
  if (a !== undefined && b !== undefined && old.protocol !== 'arp') {
    add('src', ip(a.from.addr), ip(b.from.addr), role(a.from.addr), role(b.from.addr));
    add('dst', ip(a.to.addr), ip(b.to.addr), role(a.to.addr), role(b.to.addr));
    if (a.from.port !== null && b.from.port !== null) add('sport', String(a.from.port), String(b.from.port));
    if (a.to.port !== null && b.to.port !== null) add('dport', String(a.to.port), String(b.to.port));
  }
  const oldTtl = old.ttls[old.ttls.length - 1];
  const nowTtl = now.ttls[now.ttls.length - 1];
  if (oldTtl !== undefined && nowTtl !== undefined) add('ttl', String(oldTtl), String(nowTtl));
  return rows;
}
