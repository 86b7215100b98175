/**
 * Conversations: when somebody's question has its answer, or has failed.
 * Comes from: the records of a trace, in order.  Goes to: lab/step-index.ts, for stepping by request.
 *
 * A TCP connection begins with connect() and is over when its maker has heard the end of the answer, has
 * closed it himself, or was refused. An echo request or a datagram to one host is over with the answer, with
 * the loss of either, or with an ICMP error about it: nobody sends it again. Whether a datagram is a question
 * or an answer tells who of the two spoke first.
 */
import { NO_FRAME, NO_TRACE, type FrameId, type TraceId, type TraceReader, type TraceRecord } from '../engine/index.ts';
import { ICMP_ECHO, ICMP_ECHOREPLY, type IcmpHdr, type Ipv4Hdr, type Layers, type UdpHdr } from '../wire/index.ts';
import { notabilityOf } from './story.ts';
import { TurnSet } from './turn-set.ts';

/** States in which a client has what it asked for, or will not get it. */
const OVER: readonly string[] = ['CLOSE_WAIT', 'FIN_WAIT1', 'CLOSING', 'CLOSE'];
/** Addresses from here on are groups: what is sent there asks nobody in particular. */
const FIRST_GROUP = 0xe0000000;

/** Half of the numbers that an echo request may have. */
const HALF_ROUND = 0x8000;

/** A packet without its Ethernet header, down to what carries ports or an id. */
interface Ports {
  readonly ip: Ipv4Hdr;
  readonly above: IcmpHdr | UdpHdr;
}

export class Requests {
  private trace: TraceReader;
  private readonly connections = new TurnSet();
  /** datagrams that came to somebody: who sent them, and waits for an answer */
  private readonly askers = new TurnSet();
  /** questions that are over: what is heard of them later ends nothing */
  private readonly over = new TurnSet();
  /** the record that is read */
  private at: TraceId = NO_TRACE;

  constructor(trace: TraceReader) {
    this.trace = trace;
  }

  /** What was heard before a record, to be gone on from in another trace that has the same past. */
  before(record: number, trace: TraceReader): Requests {
    const past = new Requests(trace);
    past.connections.beginAs(this.connections, record);
    past.askers.beginAs(this.askers, record);
    past.over.beginAs(this.over, record);
    return past;
  }

  /** Reads the next record. @returns whether a request ends with it */
  take(id: TraceId): boolean {
    this.at = id;
    const kind = this.trace.kindOf(id);
    if (kind.verdict === 'drop') return notabilityOf(kind) >= 2 && this.lost(this.trace.get(id).frame);
    switch (kind.reason) {
      case 'tcp.connects':
        this.connections.add(tcpKey(this.trace.get(id)), this.at);
        return false;
      case 'tcp.state-changed': {
        const record = this.trace.get(id);
        return OVER.includes(String(record.args?.['to'])) && this.connections.delete(tcpKey(record), this.at);
      }
      case 'tcp.time-wait':
        return this.connections.delete(tcpKey(this.trace.get(id)), this.at);
      case 'socket.echo-reply':
        return this.echoed(this.trace.get(id));
      case 'udp.delivered':
        return this.delivered(this.trace.get(id).frame);
      case 'icmp.error-heard':
        return this.toldOf(this.trace.get(id).frame);
      default:
        return false;
    }
  }

  /** Several may answer one question that was asked of all: the first answer counts. */
  private echoed({ frame }: TraceRecord): boolean {
    // what came by lo has no frame of its own
    const found = frame === NO_FRAME ? null : portsOf(this.trace.frame(frame).layers, 1);
    return found === null || this.endOf(found);
  }

  private end(key: string): boolean {
    if (this.over.has(key)) return false;
    this.over.add(key, this.at);
    return true;
  }

  private delivered(frame: FrameId): boolean {
    const found = frame === NO_FRAME ? null : portsOf(this.first(frame), 1);
    const here = frame === NO_FRAME ? null : portsOf(this.trace.frame(frame).layers, 1);
    if (found === null || here === null || here.ip.dst >= FIRST_GROUP) return false;
    const to = `${here.ip.dst} ${portOf(here.above, 'dport')}`;
    if (this.askers.delete(to, this.at)) return true;
    const from = `${found.ip.src} ${portOf(found.above, 'sport')}`;
    this.askers.add(from, this.at);
    this.over.delete(from, this.at);
    return false;
  }

  /** An ICMP error quotes the packet that it is about, as it was when the trouble came. */
  private toldOf(frame: FrameId): boolean {
    const found = frame === NO_FRAME ? null : portsOf(this.trace.frame(frame).layers, 3);
    return found !== null && this.endOf(found);
  }

  /** The question itself on its way, or the answer to it; what never left has no frame. */
  private lost(frame: FrameId): boolean {
    if (frame === NO_FRAME) return true;
    const found = portsOf(this.first(frame), 1);
    return found !== null && found.ip.dst < FIRST_GROUP && this.endOf(found);
  }

  private endOf({ ip, above }: Ports): boolean {
    if (above.kind === 'icmp') {
      if (above.type !== ICMP_ECHO && above.type !== ICMP_ECHOREPLY) return false;
      const asker = above.type === ICMP_ECHO ? ip.src : ip.dst;
      const echo = `echo ${asker} ${above.rest >>> 16}`;
      const seq = above.rest & 0xffff;
      // Numbers begin anew after the last one: what is half a round away is long over, and will be asked again.
      this.over.delete(`${echo} ${seq ^ HALF_ROUND}`, this.at);
      return this.end(`${echo} ${seq}`);
    }
    const answered = `${ip.dst} ${above.dport}`;
    if (this.askers.delete(answered, this.at)) return this.end(answered);
    return this.end(`${ip.src} ${above.sport}`);
  }

  /** The packet as its sender made it, whatever was rewritten on its way. */
  private first(frame: FrameId): Layers {
    let first = this.trace.frame(frame);
    while (first.bornFrom >= 0) first = this.trace.frame(first.bornFrom);
    return first.layers;
  }
}

function portsOf(layers: Layers, at: number): Ports | null {
  const ip = layers[at];
  const above = layers[at + 1];
  if (ip?.kind !== 'ipv4' || above === undefined) return null;
  return above.kind === 'icmp' || above.kind === 'udp' ? { ip, above } : null;
}

function portOf(above: IcmpHdr | UdpHdr, which: 'sport' | 'dport'): number {
  return above.kind === 'udp' ? above[which] : 0;
}

function tcpKey({ node, args }: TraceRecord): string {
  return `tcp ${node} ${args?.['laddr']} ${args?.['lport']} ${args?.['raddr']} ${args?.['rport']}`;
}
