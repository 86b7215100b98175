/**
 * The way that a packet and its answer have gone: over which cables, which way, and where wrapped.
 * Comes from: frames and hops of a branch.  Goes to: draw-trail.ts.
 *
 * A packet changes its addresses on the way and stays the same packet: its frames are born of each other.
 * Packets belong together when one has the ends of the other, as they were at some place of its way.
 */
import { NO_FRAME, type FrameId, type TraceReader } from '../engine/index.ts';
import type { Branch, HopTable } from '../lab/index.ts';
import type { Hop, Moment } from '../sim/index.ts';
import { ICMP_ECHO, ICMP_ECHOREPLY, type Layers } from '../wire/index.ts';

export interface TrailLeg {
  readonly link: number;
  /** against the cable's direction */
  readonly reverse: boolean;
  /** the way of who asks, or of who answers */
  readonly back: boolean;
  /** inside another packet */
  readonly wrapped: boolean;
  /** under way: it ends where this hop's frame is; null: all the way */
  readonly flying: Hop | null;
}

export interface Trail {
  readonly legs: readonly TrailLeg[];
  /** what it depends on; equal keys, equal trails */
  readonly key: string;
}

export const NO_TRAIL: Trail = { legs: [], key: '' };

/** Hops looked at for one trail, back to its beginning and on from there. */
const LOOKED_AT = 4000;
/** So many hops without one of the conversation: it began after them. */
const QUIET_MAX = 1500;

interface Ends {
  /** protocol, addresses and ports as one word, from sender to receiver */
  readonly there: string;
  readonly back: string;
  readonly wrapped: boolean;
  /** it goes to who is asked */
  readonly asks: boolean;
}

/** What is known of frames, which never change. */
interface Known {
  readonly ends: Map<FrameId, Ends | null>;
  readonly roots: Map<FrameId, FrameId>;
}
const known = new WeakMap<TraceReader, Known>();

function knownOf(trace: TraceReader): Known {
  let found = known.get(trace);
  if (found === undefined) known.set(trace, (found = { ends: new Map(), roots: new Map() }));
  return found;
}

function endsOf(trace: TraceReader, frame: FrameId): Ends | null {
  const { ends: kept } = knownOf(trace);
  let found = kept.get(frame);
  if (found === undefined) kept.set(frame, (found = readEnds(trace.frame(frame).layers)));
  return found;
}

/** The ends of what is inside: of the innermost IP packet. null: no IP, or nothing that is answered. */
function readEnds(layers: Layers): Ends | null {
  let ips = 0;
  let src = 0;
  let dst = 0;
  let proto = 0;
  for (const layer of layers) {
    if (layer.kind === 'ipv4') {
      ips++;
      ({ src, dst, proto } = layer);
    } else if (layer.kind === 'tcp' || layer.kind === 'udp') {
      // Who is asked has the lower port.
      return ends(`${proto}`, `${src}:${layer.sport}`, `${dst}:${layer.dport}`, ips > 1, layer.dport < layer.sport);
    } else if (layer.kind === 'icmp') {
      if (layer.type !== ICMP_ECHO && layer.type !== ICMP_ECHOREPLY) return null;
      return ends(`icmp${layer.rest}`, `${src}`, `${dst}`, ips > 1, layer.type === ICMP_ECHO);
    }
  }
  return null;
}

function ends(what: string, from: string, to: string, wrapped: boolean, asks: boolean): Ends {
  return { there: `${what} ${from} ${to}`, back: `${what} ${to} ${from}`, wrapped, asks };
}

/** The trail of a frame's packet with its answer, or of the last request when `frame` is null, up to a moment. */
export function trailOf(branch: Branch, moment: Moment, frame: FrameId | null, linkAt: (node: number, dev: number) => number): Trail {
  const { steps, run } = branch;
  const end = steps.hopsFrom(run.trace.firstOf(moment.executed));
  const seed = frame ?? lastRequest(run.trace, steps.hops, end);
  if (seed === NO_FRAME) return NO_TRAIL;
  const own = endsOf(run.trace, seed);
  if (own === null) return NO_TRAIL;
  const begin = beginOf(run.trace, steps.hops, end, seed, own, frame !== null);
  const legs = new Legs(linkAt);
  const talk = new Talk(run.trace, seed, own, frame !== null);
  for (let i = begin; i < end && i < begin + LOOKED_AT; i++) {
    const hop = steps.hops.get(i) as Hop;
    const part = talk.hear(hop.frame);
    if (part !== null && hop.lost === null) legs.add(hop, part.back, part.wrapped, moment.at);
  }
  const key = legs.all.map((leg) => `${leg.link} ${leg.reverse} ${leg.back} ${leg.wrapped} ${leg.flying?.record ?? ''}`).join();
  return { legs: legs.all, key };
}

interface Part {
  readonly back: boolean;
  readonly wrapped: boolean;
}

/** Which frames belong to a conversation, heard in the order of time. */
class Talk {
  private readonly trace: TraceReader;
  /** ends seen so far: whether they are those of the answering side */
  private readonly sides = new Map<string, boolean>();
  private readonly heard = new Map<FrameId, Part | null>();
  /** the first frame of the packet that is followed; null: the whole conversation is */
  private readonly packet: FrameId | null;
  private readonly packetIsBack: boolean;
  private begun = false;
  private answer: FrameId | null = null;

  constructor(trace: TraceReader, seed: FrameId, { asks }: Ends, packetOnly: boolean) {
    this.trace = trace;
    this.packet = packetOnly ? rootOf(trace, seed) : null;
    this.packetIsBack = !asks;
    let at = seed;
    for (let i = 0; at !== NO_FRAME && i < LINEAGE_MAX; i++) {
      this.learn(endsOf(trace, at), !asks);
      at = trace.frame(at).bornFrom;
    }
  }

  private learn(found: Ends | null, back: boolean): void {
    if (found === null) return;
    if (!this.sides.has(found.there)) this.sides.set(found.there, back);
    if (!this.sides.has(found.back)) this.sides.set(found.back, !back);
  }

  hear(frame: FrameId): Part | null {
    const before = this.heard.get(frame);
    if (before !== undefined) return before;
    const part = this.judge(frame);
    this.heard.set(frame, part);
    return part;
  }

  private judge(frame: FrameId): Part | null {
    const found = endsOf(this.trace, frame);
    if (found === null) return null;
    let back = this.sides.get(found.there);
    if (back === undefined) {
      const { bornFrom } = this.trace.frame(frame);
      const parent = bornFrom === NO_FRAME ? null : this.hear(bornFrom);
      if (parent === null) return null;
      back = parent.back;
      this.learn(found, back);
    }
    return this.packet === null || this.isAbout(frame, back) ? { back, wrapped: found.wrapped } : null;
  }

  /** Of the packet that is followed, or of the first one that went the other way after it had begun. */
  private isAbout(frame: FrameId, back: boolean): boolean {
    const root = rootOf(this.trace, frame);
    if (root === this.packet) {
      this.begun = true;
      return true;
    }
    if (back === this.packetIsBack || !this.begun) return false;
    this.answer ??= root;
    return root === this.answer;
  }
}

/** A packet is rewritten fewer times than this. */
const LINEAGE_MAX = 64;

/** The frame that a packet was first. */
function rootOf(trace: TraceReader, frame: FrameId): FrameId {
  const { roots } = knownOf(trace);
  const kept = roots.get(frame);
  if (kept !== undefined) return kept;
  let root = frame;
  for (let i = 0; i < LINEAGE_MAX; i++) {
    const { bornFrom } = trace.frame(root);
    if (bornFrom === NO_FRAME) break;
    root = bornFrom;
  }
  roots.set(frame, root);
  return root;
}

/** The frame of the last packet before hop `end` that asks. */
function lastRequest(trace: TraceReader, hops: HopTable, end: number): FrameId {
  for (let i = end - 1; i >= 0 && i > end - LOOKED_AT; i--) {
    const { frame } = hops.get(i) as Hop;
    if (endsOf(trace, frame)?.asks === true) return frame;
  }
  return NO_FRAME;
}

/** The hop from which on a conversation, or the packet alone, is looked for. */
function beginOf(trace: TraceReader, hops: HopTable, end: number, seed: FrameId, own: Ends, packetOnly: boolean): number {
  const root = rootOf(trace, seed);
  const first = endsOf(trace, root) ?? own;
  let begin = end;
  let quiet = 0;
  for (let i = end - 1; i >= 0 && i > end - LOOKED_AT && quiet < QUIET_MAX; i--, quiet++) {
    const { frame } = hops.get(i) as Hop;
    const there = packetOnly ? '' : (endsOf(trace, frame)?.there ?? '');
    const belongs = packetOnly
      ? rootOf(trace, frame) === root
      : there === own.there || there === own.back || there === first.there || there === first.back;
    if (!belongs) continue;
    begin = i;
    quiet = 0;
  }
  return begin;
}

/** Legs, each once. */
class Legs {
  private readonly byKey = new Map<number, number>();
  private readonly linkAt: (node: number, dev: number) => number;
  readonly all: TrailLeg[] = [];

  constructor(linkAt: (node: number, dev: number) => number) {
    this.linkAt = linkAt;
  }

  add(hop: Hop, back: boolean, wrapped: boolean, at: number): void {
    const port = this.linkAt(hop.from, hop.fromDev);
    if (port < 0) return;
    const flying = hop.until > at ? hop : null;
    const key = port * 4 + (back ? 2 : 0) + (wrapped ? 1 : 0);
    const known = this.byKey.get(key);
    const leg = { link: port >> 1, reverse: (port & 1) === 1, back, wrapped, flying };
    if (known === undefined) {
      this.byKey.set(key, this.all.length);
      this.all.push(leg);
    } else if (flying === null && this.all[known]?.flying !== null) this.all[known] = leg;
  }
}
