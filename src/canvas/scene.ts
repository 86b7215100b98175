/**
 * What is to be seen at a moment, as plain values: nodes, cables, frames on their way, what was
 * dropped or rewritten in the present step.
 * Comes from: the lab at a moment.  Goes to: draw.ts, which draws it and knows nothing else.
 */
import { NO_FRAME, type FrameId, type NodeId, type TraceId, type TraceReader } from '../engine/index.ts';
import {
  frameText,
  macText,
  type AddressRole,
  type Branch,
  type Cast,
  type FrameText,
  type Language,
  type Selection,
} from '../lab/index.ts';
import { reasonOf, tell, type Hop, type Moment } from '../sim/index.ts';
import { formatIpv4, formatMac, type Ipv4, type Layers } from '../wire/index.ts';
import type { Link, NodeRole, NodeState } from '../world/index.ts';
import type { Place } from './layout.ts';
import { rewritesOf, type Rewrite } from './rewrites.ts';

export interface AddressLine {
  readonly dev: string;
  readonly text: string;
  readonly role: AddressRole;
  readonly label: string;
}

export interface SceneNode {
  readonly id: NodeId;
  readonly name: string;
  readonly role: NodeRole;
  readonly place: Place;
  readonly lines: readonly AddressLine[];
  readonly macs: readonly string[];
  readonly selected: boolean;
}

export interface SceneLink {
  readonly id: number;
  readonly a: NodeId;
  readonly b: NodeId;
  readonly up: boolean;
  readonly label: string;
  readonly lossy: boolean;
  readonly selected: boolean;
}

/** A frame on a cable. */
export interface Train {
  readonly hop: Hop;
  readonly from: NodeId;
  readonly to: NodeId;
  /** share of the way, 0 to 1 */
  readonly p: number;
  readonly card: Card;
  readonly selected: boolean;
}

export interface CardEnd {
  readonly text: string;
  readonly role: AddressRole;
  readonly label: string;
}

/** What the card of a frame says. */
export interface Card {
  readonly protocol: FrameText['protocol'];
  /** owner·iface → owner·iface */
  readonly macs: string;
  readonly pairs: readonly (readonly [CardEnd, CardEnd])[];
  readonly what: string;
  readonly ttl: string;
  readonly short: string;
  /** equal for frames that look the same: pictures are kept by it */
  readonly key: string;
}

/** The end of a packet that was not delivered, at a node or on a cable. */
export interface Loss {
  readonly record: TraceId;
  readonly node: NodeId;
  readonly hop: Hop | null;
  readonly text: string;
  readonly short: string;
}

export interface NodeRewrites {
  readonly node: NodeId;
  readonly rows: readonly Rewrite[];
}

/** Changes with the cursor. */
export interface Stage {
  readonly nodes: readonly SceneNode[];
  readonly links: readonly SceneLink[];
  readonly losses: readonly Loss[];
  readonly rewrites: readonly NodeRewrites[];
  /** the node at which the present step happens */
  readonly active: NodeId | null;
}

export interface StageInput {
  readonly nodes: readonly Readonly<NodeState>[];
  readonly links: readonly Readonly<Link>[];
  readonly places: readonly Place[];
  readonly branch: Branch;
  readonly moment: Moment;
  readonly selection: Selection | null;
  readonly lang: Language;
}

/** Addresses of a node that are shown beside it; more are counted. */
const LINES_MAX = 4;

export function stageOf(input: StageInput): Stage {
  const { nodes, links, places, branch, moment, selection, lang } = input;
  const trace = branch.run.trace;
  const step = branch.steps.stepBefore(moment.executed);
  const event = step < 0 ? -1 : (branch.steps.event[step] as number);
  const first = event < 0 ? 0 : trace.firstOf(event);
  const end = event < 0 ? 0 : trace.firstOf(event + 1);
  return {
    nodes: nodes.map((node, i) => ({
      id: i as NodeId,
      name: node.name,
      role: node.role,
      place: places[i] ?? { x: 0, y: 0 },
      ...linesOf(node, branch.cast),
      selected: selection?.kind === 'node' && selection.node === i,
    })),
    links: links.map((link, i) => ({
      id: i,
      a: link.ends[0].node,
      b: link.ends[1].node,
      up: link.up,
      lossy: link.lossPpm > 0,
      label: linkLabel(link),
      selected: selection?.kind === 'link' && selection.link === i,
    })),
    losses: lossesOf(trace, first, end, branch, lang),
    rewrites: rewritesOf(trace, first, end, branch.cast),
    active: event < 0 ? null : trace.nodeOf(event),
  };
}

function linesOf(node: Readonly<NodeState>, cast: Cast): { lines: AddressLine[]; macs: string[] } {
  if (node.kind === 'switch') return { lines: [], macs: [] };
  const lines: AddressLine[] = [];
  const macs: string[] = [];
  for (const dev of node.host.devs) {
    if (dev === null) continue;
    if (dev.kind === 'ethernet') macs.push(`${dev.name} ${formatMac(dev.lladdr)}`);
    for (const { local, prefixLen, label } of dev.addrs) {
      if (local >>> 24 === 127) continue;
      const info = cast.roles.get(local);
      lines.push({
        dev: label === '' ? dev.name : label,
        text: `${formatIpv4(local)}/${prefixLen}`,
        role: info?.role ?? 'other',
        label: info?.label ?? '',
      });
    }
  }
  const more = lines.length - LINES_MAX;
  if (more <= 0) return { lines, macs };
  return {
    lines: [...lines.slice(0, LINES_MAX), { dev: '', text: `+ ${more}`, role: 'other', label: '' }],
    macs,
  };
}

function linkLabel(link: Readonly<Link>): string {
  const delay = spanText(link.delayNs);
  const rate = link.rateBps === null ? '' : ` · ${rateText(link.rateBps)}`;
  const loss = link.lossPpm === 0 ? '' : ` · loss ${link.lossPpm / 10_000} %`;
  return `${delay}${rate}${loss}`;
}

function spanText(ns: number): string {
  if (ns < 1_000) return `${ns} ns`;
  if (ns < 1_000_000) return `${ns / 1_000} µs`;
  return ns < 1_000_000_000 ? `${ns / 1_000_000} ms` : `${ns / 1_000_000_000} s`;
}

export function rateText(bps: number): string {
  if (bps >= 1_000_000_000) return `${bps / 1_000_000_000} Gbit/s`;
  if (bps >= 1_000_000) return `${bps / 1_000_000} Mbit/s`;
  return bps >= 1_000 ? `${bps / 1_000} kbit/s` : `${bps} bit/s`;
}

/** Verdicts of a step that end a packet and are worth a cross: a host that is not meant looks away quietly. */
function lossesOf(trace: TraceReader, first: number, end: number, branch: Branch, lang: Language): Loss[] {
  const losses: Loss[] = [];
  for (let id = first; id < end; id++) {
    const record = trace.get(id as TraceId);
    if (record.verdict !== 'drop' || reasonOf(record).notability < 2) continue;
    const hop = record.stage === 'link:tx' ? (branch.steps.hops.find((h) => h.record === id) ?? null) : null;
    const text = tell(record, branch.cast.names, lang);
    losses.push({ record: record.id, node: record.node, hop, text, short: reasonOf(record).decidedBy ?? '' });
  }
  return losses;
}

/** Frames on cables at a moment. */
export function trainsOf(branch: Branch, moment: Moment, selected: FrameId | null, halfway: boolean): Train[] {
  const trace = branch.run.trace;
  return branch.steps.flying(trace, moment.executed, moment.at).map((hop) => ({
    hop,
    from: hop.from,
    to: hop.to,
    p: halfway ? 0.5 : share(hop, moment.at),
    card: cardOf(trace, hop.frame, branch.cast),
    selected: selected === hop.frame,
  }));
}

function share(hop: Hop, at: number): number {
  if (hop.until <= hop.start) return at < hop.until ? 0 : 1;
  return Math.min(1, Math.max(0, (at - hop.start) / (hop.until - hop.start)));
}

/** Cards by frame: frames never change, and a cast lives as long as its branch does not grow. */
const cards = new WeakMap<Cast, Map<FrameId, Card>>();

export function cardOf(trace: TraceReader, frame: FrameId, cast: Cast): Card {
  let known = cards.get(cast);
  if (known === undefined) cards.set(cast, (known = new Map()));
  const made = known.get(frame) ?? makeCard(trace.frame(frame).layers, cast);
  known.set(frame, made);
  return made;
}

function makeCard(layers: Layers, cast: Cast): Card {
  const text = frameText(layers);
  const macs =
    text.srcMac === null || text.dstMac === null ? '' : `${macText(text.srcMac, cast.macs)} → ${macText(text.dstMac, cast.macs)}`;
  const end = (addr: Ipv4, port: number | null): CardEnd => {
    const info = cast.roles.get(addr);
    return {
      text: port === null ? formatIpv4(addr) : `${formatIpv4(addr)}:${port}`,
      role: info?.role ?? 'other',
      label: info?.label ?? '',
    };
  };
  const pairs = text.pairs.map(({ from, to }) => [end(from.addr, from.port), end(to.addr, to.port)] as const);
  const ttl = text.ttls.length === 0 ? '' : `TTL ${text.ttls.join('/')}`;
  const key = `${text.protocol}|${macs}|${pairs.map(([a, b]) => `${a.label}${a.text}>${b.label}${b.text}`).join(',')}|${text.what}|${ttl}`;
  return { protocol: text.protocol, macs, pairs, what: text.what, ttl, short: text.short, key };
}

/** The frame selected, or that of a selected step. */
export function selectedFrame(selection: Selection | null): FrameId | null {
  return selection?.kind === 'frame' && selection.frame !== NO_FRAME ? selection.frame : null;
}
