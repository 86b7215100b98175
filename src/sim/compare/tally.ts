/**
 * What happened in one future between the common past and a moment, counted up by what a learner asks:
 * who answered for the VIP, who served which request, what was printed, what was dropped.
 * Comes from: a trace.  Goes to: compare.ts.
 */
import type { FrameId, NodeId, TraceId, TraceRecord } from '../../engine/index.ts';
import { ARP_REPLY, ARP_REQUEST, formatIpv4, TCP_ACK, TCP_RST, TCP_SYN, type Ipv4, type Layers } from '../../wire/index.ts';
import type { NodeState } from '../../world/index.ts';
import type { Run } from '../run.ts';
import { reasonOf, tell, type Names } from '../tell.ts';
import { fact, same, type Fact } from './fact.ts';
import { TypedRecords, type Change } from './shared.ts';

const SLICE = 4_000;

interface Question {
  readonly asker: NodeId;
  readonly addr: Ipv4;
  readonly number: number;
  readonly answers: string[];
}

interface Request {
  readonly client: NodeId;
  readonly number: number;
  readonly to: string;
  picked: string | null;
  outcome: { readonly kind: 'answered' | 'refused'; readonly by: string } | null;
}

/** The services' addresses: questions and requests for these are counted. */
export function servicesOf(nodes: readonly Readonly<NodeState>[]): Set<Ipv4> {
  const found = new Set<Ipv4>();
  for (const node of nodes)
    if (node.kind === 'linux') for (const svc of node.ipvs.services) if (svc.fwmark === 0 && svc.addr6 === null) found.add(svc.addr);
  return found;
}

export class Tally {
  private readonly run: Run;
  private readonly services: ReadonlySet<Ipv4>;
  private readonly typed: TypedRecords;
  private readonly names: Names;
  private readonly questions: Question[] = [];
  private readonly requests = new Map<string, Request>();
  private readonly owners = new Map<Ipv4, NodeId>();
  private readonly senders = new Map<FrameId, NodeId>();
  private readonly drops = new Map<string, { node: NodeId; record: TraceRecord; count: number }>();
  private readonly lines: { node: NodeId; line: string; text: string }[] = [];
  private readonly running = new Map<string, { node: NodeId; line: string; text: string }>();

  constructor(run: Run, services: ReadonlySet<Ipv4>, changes: readonly Change[], nodes: readonly Readonly<NodeState>[]) {
    this.run = run;
    this.services = services;
    this.typed = new TypedRecords(changes);
    // Copied: the view of the world does not last as long as the counting.
    const devs = nodes.map((node) =>
      node.kind === 'linux' ? node.host.devs.map((dev) => dev?.name ?? '') : node.sw.ports.map((port) => port.name),
    );
    const linux = nodes.map((node) => node.kind === 'linux');
    this.names = {
      node: (id) => run.nodeName(id),
      dev: (id, dev) => (dev === 0 ? '' : (devs[id]?.[linux[id] === true ? dev : dev - 1] ?? `if${dev}`)),
    };
    nodes.forEach((node, i) => {
      if (node.kind !== 'linux') return;
      for (const dev of node.host.devs)
        for (const { local } of dev?.addrs ?? []) if (!this.services.has(local)) this.owners.set(local, i as NodeId);
    });
  }

  /** Reads the records of events [from, to); yields now and then. */
  *read(from: number, to: number): Generator<undefined, void> {
    const { trace } = this.run;
    const end = trace.firstOf(to);
    for (let id = trace.firstOf(from); id < end; id++) {
      if (id % SLICE === 0) yield undefined;
      const record = trace.get(id as TraceId);
      if (this.typed.has(record)) continue;
      this.take(record);
    }
  }

  private take(record: TraceRecord): void {
    const { stage, verdict, frame, reason } = record;
    if (stage === 'link:tx' && frame >= 0) this.sent(record);
    else if (stage === 'tty' || stage === 'sh:start' || stage === 'sh:done') this.terminal(record);
    else if (reason.startsWith('ipvs.picked-') && frame >= 0) this.picked(record);
    if (verdict === 'drop' && reasonOf(record).notability >= 1) {
      const key = `${record.node} ${reason}`;
      const known = this.drops.get(key);
      if (known === undefined) this.drops.set(key, { node: record.node, record, count: 1 });
      else known.count++;
    }
  }

  private sent(record: TraceRecord): void {
    const { frame, node, args } = record;
    if (!this.senders.has(frame)) this.senders.set(frame, node);
    const { layers, bornFrom } = this.run.trace.frame(frame);
    const second = layers[1];
    if (second?.kind === 'arp') {
      // A switch only passes on what somebody else has said.
      if (this.senders.get(frame) !== node || !this.services.has(second.op === ARP_REQUEST ? second.tpa : second.spa)) return;
      if (second.op === ARP_REQUEST && second.spa !== second.tpa) this.asked(node, second.tpa);
      else if (second.op === ARP_REPLY) this.replied(node, second.spa, this.owners.get(second.tpa));
      return;
    }
    const flow = flowOf(layers);
    if (flow === null) return;
    if (bornFrom < 0 && this.senders.get(frame) === node && flow.begins && this.services.has(flow.dst)) this.began(node, flow);
    const to = Number(args?.['toNode'] ?? -1);
    if (flow.answers !== null) this.answered(flow, flow.answers, to as NodeId, frame);
  }

  private asked(asker: NodeId, addr: Ipv4): void {
    const number = this.questions.filter((q) => q.asker === asker && q.addr === addr).length + 1;
    this.questions.push({ asker, addr, number, answers: [] });
  }

  private replied(node: NodeId, addr: Ipv4, asker: NodeId | undefined): void {
    const question = this.questions.findLast((q) => q.addr === addr && (asker === undefined || q.asker === asker));
    question?.answers.push(this.run.nodeName(node));
  }

  private began(node: NodeId, flow: FlowText): void {
    if (this.requests.has(flow.key)) return;
    let number = 1;
    for (const request of this.requests.values()) if (request.client === node) number++;
    this.requests.set(flow.key, { client: node, number, to: flow.to, picked: null, outcome: null });
  }

  private picked(record: TraceRecord): void {
    const flow = flowOf(this.run.trace.frame(record.frame).layers);
    const request = flow === null ? undefined : this.requests.get(flow.key);
    const rip = Number(record.args?.['rip'] ?? 0) as Ipv4;
    if (request !== undefined) request.picked ??= this.nameOf(rip);
  }

  /** An answer counts when it reaches the client: whose it was tells the first frame it was made from. */
  private answered(flow: FlowText, kind: 'answered' | 'refused', to: NodeId, frame: FrameId): void {
    const request = this.requests.get(flow.reverse);
    if (request === undefined || request.client !== to || request.outcome !== null) return;
    let first = frame;
    for (let born = this.run.trace.frame(first).bornFrom; born >= 0; born = this.run.trace.frame(first).bornFrom) first = born;
    const by = this.senders.get(first);
    request.outcome = { kind, by: by === undefined ? '?' : this.run.nodeName(by) };
  }

  private nameOf(addr: Ipv4): string {
    const node = this.owners.get(addr);
    return node === undefined ? formatIpv4(addr) : this.run.nodeName(node);
  }

  private terminal({ stage, node, args }: TraceRecord): void {
    const key = `${node} ${String(args?.['tty'] ?? '')}`;
    if (stage === 'sh:start') {
      const line = { node, line: String(args?.['line'] ?? ''), text: '' };
      this.lines.push(line);
      this.running.set(key, line);
    } else if (stage === 'tty') {
      const line = this.running.get(key);
      if (line !== undefined) line.text += String(args?.['text'] ?? '');
    }
  }

  /** Everything counted, as facts. */
  *facts(): Generator<Fact> {
    for (const { asker, addr, number, answers } of this.questions) {
      const name = this.run.nodeName(asker);
      const ip = formatIpv4(addr);
      const who = answers.length === 0 ? { en: 'nobody', zh: '无人应答' } : same(answers.join(', '));
      yield fact(
        'arp',
        `${asker} ${addr} ${number}`,
        asker,
        { en: `${name} asks who has ${ip}${nth(number)}`, zh: `${name} 询问 ${ip}${nthZh(number)}` },
        who,
      );
    }
    for (const request of this.requests.values()) {
      const name = this.run.nodeName(request.client);
      const what = {
        en: `request ${request.number} of ${name} to ${request.to}`,
        zh: `${name} 对 ${request.to} 的第 ${request.number} 个请求`,
      };
      yield fact('request', `${request.client} ${request.number}`, request.client, what, outcomeText(request), {
        en: 'never sent',
        zh: '没有发出',
      });
    }
    yield* this.outputs();
    for (const { node, record, count } of this.drops.values()) {
      const what = { en: tell(record, this.names, 'en'), zh: tell(record, this.names, 'zh') };
      yield fact('drop', `${node} ${record.reason}`, node, what, same(String(count)), same('0'));
    }
  }

  private *outputs(): Generator<Fact> {
    const seen = new Map<string, number>();
    for (const { node, line, text } of this.lines) {
      const key = `${node} ${line}`;
      const number = (seen.get(key) ?? 0) + 1;
      seen.set(key, number);
      const short = line.length > 60 ? `${line.slice(0, 57)}…` : line;
      yield fact('terminal', `${key} ${number}`, node, same(`${this.run.nodeName(node)}$ ${short}`), same(text.trimEnd()));
    }
  }
}

function outcomeText({ picked, outcome }: Request): Fact['value'] {
  const chosen =
    picked === null ? { en: ', not by way of IPVS', zh: '（未经 IPVS 调度）' } : { en: `, picked ${picked}`, zh: `（调度到 ${picked}）` };
  if (outcome === null)
    return {
      en: `no answer${picked === null ? '' : chosen.en}`,
      zh: `没有应答${picked === null ? '' : chosen.zh}`,
    };
  if (outcome.kind === 'refused') return { en: `refused by ${outcome.by}${chosen.en}`, zh: `被 ${outcome.by} 拒绝${chosen.zh}` };
  return picked === outcome.by ? same(outcome.by) : { en: `${outcome.by}${chosen.en}`, zh: `${outcome.by}${chosen.zh}` };
}

function nth(number: number): string {
  return number === 1 ? '' : `, question ${number}`;
}

function nthZh(number: number): string {
  return number === 1 ? '' : `（第 ${number} 次）`;
}

interface FlowText {
  readonly key: string;
  readonly reverse: string;
  readonly dst: Ipv4;
  readonly to: string;
  /** the first packet that a client sends */
  readonly begins: boolean;
  /** what a packet in answer means, or null when it decides nothing */
  readonly answers: 'answered' | 'refused' | null;
}

/** Which conversation a frame belongs to; the innermost packet of a tunnel. */
function flowOf(layers: Layers): FlowText | null {
  for (let i = layers.length - 1; i > 0; i--) {
    const layer = layers[i];
    const ip = layers[i - 1];
    if (ip?.kind !== 'ipv4' || (layer?.kind !== 'tcp' && layer?.kind !== 'udp')) continue;
    const { kind, sport, dport } = layer;
    const flags = kind === 'tcp' ? layer.flags : 0;
    const synAck = (flags & TCP_SYN) !== 0 && (flags & TCP_ACK) !== 0;
    return {
      key: `${kind} ${ip.src}:${sport}>${ip.dst}:${dport}`,
      reverse: `${kind} ${ip.dst}:${dport}>${ip.src}:${sport}`,
      dst: ip.dst,
      to: `${formatIpv4(ip.dst)}:${dport}`,
      begins: kind === 'udp' || ((flags & TCP_SYN) !== 0 && (flags & TCP_ACK) === 0),
      answers: kind === 'udp' || synAck ? 'answered' : (flags & TCP_RST) !== 0 ? 'refused' : null,
    };
  }
  return null;
}
