/**
 * A TCP conversation through a director that sees only the client's half (DR, TUN): every segment, and
 * whether the director got to see it.
 * Comes from: the hops of a branch.  Goes to: panels/inspector/half-view.tsx.
 */
import { NO_FRAME, type FrameId, type NodeId, type TraceReader } from '../engine/index.ts';
import { socksOf } from '../host/index.ts';
import type { Hop, WorldView } from '../sim/index.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Ipv4, type Layers, type TcpHdr } from '../wire/index.ts';
import type { HopTable } from './hop-table.ts';

/** Ends of a conversation as the client knows it. */
export interface Conversation {
  readonly caddr: Ipv4;
  readonly cport: number;
  readonly vaddr: Ipv4;
  readonly vport: number;
}

export interface Segment {
  readonly frame: FrameId;
  readonly from: 'client' | 'server';
  /** 'SYN', 'SYN ACK', '77 B' */
  readonly text: string;
  /** it began to cross its first cable */
  readonly at: number;
  /** when its last bit reached each node that got it */
  readonly arrivals: ReadonlyMap<NodeId, number>;
}

interface Growing extends Segment {
  readonly arrivals: Map<NodeId, number>;
}

/** The segments of all conversations, read as hops come. One for each branch. */
class Segments {
  private readonly byTalk = new Map<string, Growing[]>();
  private readonly byRoot = new Map<FrameId, Growing | null>();
  private read = 0;

  extend(trace: TraceReader, hops: HopTable): void {
    for (; this.read < hops.length; this.read++) {
      const hop = hops.get(this.read) as Hop;
      const root = rootOf(trace, hop.frame);
      let segment = this.byRoot.get(root);
      if (segment === undefined) this.byRoot.set(root, (segment = this.begin(trace, root, hop)));
      if (segment !== null && hop.lost === null && !segment.arrivals.has(hop.to)) segment.arrivals.set(hop.to, hop.until);
    }
  }

  of(talk: Conversation): readonly Segment[] {
    return this.byTalk.get(keyOf(talk.caddr, talk.cport, talk.vaddr, talk.vport)) ?? [];
  }

  private begin(trace: TraceReader, root: FrameId, hop: Hop): Growing | null {
    const read = tcpOf(trace.frame(hop.frame).layers);
    if (read === null) return null;
    const { src, dst, tcp, data } = read;
    const forth = keyOf(src, tcp.sport, dst, tcp.dport);
    const back = keyOf(dst, tcp.dport, src, tcp.sport);
    // Who sends first is the client.
    const answers = this.byTalk.has(back);
    const segment: Growing = {
      frame: root,
      from: answers ? 'server' : 'client',
      text: segmentText(tcp, data),
      at: hop.start,
      arrivals: new Map(),
    };
    const key = answers ? back : forth;
    const list = this.byTalk.get(key);
    if (list === undefined) this.byTalk.set(key, [segment]);
    else list.push(segment);
    return segment;
  }
}

const known = new WeakMap<TraceReader, Segments>();

/** The segments of a conversation that were on a cable before a moment, in order. */
export function segmentsOf(trace: TraceReader, hops: HopTable, talk: Conversation, until: number): readonly Segment[] {
  let segments = known.get(trace);
  if (segments === undefined) known.set(trace, (segments = new Segments()));
  segments.extend(trace, hops);
  return segments.of(talk).filter((segment) => segment.at <= until);
}

/** The frame from which this one was made by forwarding, rewriting or wrapping. */
function rootOf(trace: TraceReader, frame: FrameId): FrameId {
  let now = frame;
  for (let from = trace.frame(now).bornFrom; from !== NO_FRAME; from = trace.frame(now).bornFrom) now = from;
  return now;
}

function keyOf(src: Ipv4, sport: number, dst: Ipv4, dport: number): string {
  return `${src}:${sport}>${dst}:${dport}`;
}

/** The innermost IP header with its TCP header. */
function tcpOf(layers: Layers): { src: Ipv4; dst: Ipv4; tcp: TcpHdr; data: number } | null {
  const at = layers.findIndex((layer) => layer.kind === 'tcp');
  const tcp = layers[at];
  const ip = layers[at - 1];
  if (tcp?.kind !== 'tcp' || ip?.kind !== 'ipv4') return null;
  const rest = layers[at + 1];
  return { src: ip.src, dst: ip.dst, tcp, data: rest?.kind === 'payload' ? rest.bytes.length : 0 };
}

function segmentText({ flags }: TcpHdr, data: number): string {
  const names: string[] = [];
  if (flags & TCP_SYN) names.push('SYN');
  if (flags & TCP_FIN) names.push('FIN');
  if (flags & TCP_RST) names.push('RST');
  if (flags & TCP_ACK && (names.length > 0 || data === 0)) names.push('ACK');
  if (data > 0) names.push(`${data} B`);
  return names.join(' ');
}

/** What the two ends themselves hold the connection to be; null: they know nothing of it. */
export function endStates(world: WorldView, talk: Conversation): { readonly client: string | null; readonly server: string | null } {
  let client: string | null = null;
  let server: string | null = null;
  for (const node of world.nodes) {
    if (node.kind !== 'linux') continue;
    for (const sock of socksOf(node.host.sockets)) {
      if (sock.kind !== 'tcp' && sock.kind !== 'request' && sock.kind !== 'timewait') continue;
      const state = sock.kind === 'tcp' ? sock.state : sock.kind === 'request' ? 'SYN_RECV' : sock.substate;
      if (sock.laddr === talk.caddr && sock.lport === talk.cport && sock.raddr === talk.vaddr && sock.rport === talk.vport) client = state;
      if (sock.raddr === talk.caddr && sock.rport === talk.cport && sock.lport === talk.vport && sock.laddr === talk.vaddr) server = state;
    }
  }
  return { client, server };
}
