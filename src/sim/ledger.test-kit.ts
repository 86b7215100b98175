/**
 * Bookkeeping of packets: from a trace alone, did each end exactly once?
 *
 * A packet comes into being at a node by a frame that arrives (the 'link:tx' record that sent it leads
 * to it), by 'ipv4.sent', or by an ARP packet that is made. Records about it hang together by their
 * causes. It ends by one of: deliver, drop, a frame put on a cable. Pieces, copies to several ports and the
 * sender's own copy of a broadcast end by themselves, and a record has said before that they are made.
 * At the end of a run a packet may still wait, and then some part of the state holds it.
 */
import { NO_TRACE, waitingOf, type NodeId, type TraceId, type TraceReader, type TraceRecord } from '../engine/index.ts';
import type { Skb } from '../host/index.ts';
import type { WorldState } from '../world/index.ts';

/** A packet at one node. */
interface Account {
  readonly node: number;
  readonly born: TraceId;
  /** ends that there must be */
  due: number;
  /** a switch's flood: as many ends as ports, but at least one */
  open: boolean;
  readonly ends: TraceId[];
  last: TraceId;
}

/** Packets that a host makes by itself; a RST of the REJECT target goes its own way. */
const BIRTHS: readonly string[] = ['ipv4.sent', 'netfilter.reset-sent', 'socket.sends-arp', 'socket.sends-frame'];

/** What a program sends by a packet socket: it may be ARP, and was told of before it leaves. */
const BY_PROGRAM: readonly string[] = ['socket.sends-arp', 'socket.sends-frame'];

/** Each of these makes several packets of one; the arguments say how many. */
function isCopied(record: TraceRecord): number {
  if (record.reason === 'ipv4.fragmented') return Number(record.args?.['count']) - 1;
  return record.reason === 'ipv4.broadcast-copy' ? 1 : 0;
}

/** An ARP packet of the kernel's own leaves, or would. A program's has been told of before. */
function isArpOut(trace: TraceReader, record: TraceRecord): boolean {
  if (record.cause !== NO_TRACE && BY_PROGRAM.includes(trace.get(record.cause).reason)) return false;
  if (record.stage === 'nf:ARP_OUT') return true;
  if (record.stage === 'link:tx') return trace.frame(record.frame).layers[1]?.kind === 'arp';
  if (record.stage !== 'dev' || record.verdict !== 'drop' || record.cause === NO_TRACE) return false;
  const parent = trace.get(record.cause);
  return parent.stage === 'arp' && parent.event === record.event && parent.node === record.node;
}

export class Ledger {
  private readonly accounts = new Map<TraceId, Account>();
  private readonly all: Account[] = [];
  readonly faults: string[] = [];
  readonly counts = { packets: 0, delivered: 0, dropped: 0, sent: 0, waiting: 0 };
  private readonly trace: TraceReader;

  constructor(trace: TraceReader, world: WorldState) {
    this.trace = trace;
    for (let id = 0; id < trace.length; id++) this.take(trace.get(id as TraceId), world);
    this.close(world);
  }

  private open(node: number, born: TraceId): Account {
    const account: Account = { node, born, due: 1, open: false, ends: [], last: born };
    this.accounts.set(born, account);
    this.all.push(account);
    return account;
  }

  private take(record: TraceRecord, world: WorldState): void {
    const { id, cause, stage, verdict, reason, node } = record;
    if (cause >= id) this.faults.push(`${line(record)}: its cause ${cause} comes later`);
    if (stage === 'link:tx') {
      this.sent(record, world);
      return;
    }
    if (BIRTHS.includes(reason)) {
      this.open(node, id);
      return;
    }
    if (verdict === 'drop' && isArpOut(this.trace, record)) return;
    // a frame that ends on its cable, also before it would have arrived
    if (verdict === 'drop' && stage === 'link' && !this.accounts.has(cause)) this.open(node, cause);
    const account = this.accounts.get(cause);
    if (account === undefined || account.node !== node) {
      if (verdict === 'drop' || verdict === 'deliver') this.faults.push(`${line(record)}: ends a packet that never came`);
      return;
    }
    this.accounts.set(id, account);
    account.last = id;
    if (verdict === 'drop' || verdict === 'deliver') this.end(account, record);
    account.due += isCopied(record);
    if (reason === 'switch.flood-group' || reason === 'switch.flood-unknown') account.open = true;
  }

  /** A frame leaves: an end here, a beginning at the other side. */
  private sent(record: TraceRecord, world: WorldState): void {
    const account = this.accounts.get(record.cause);
    const born = world.nodes[record.node]?.kind === 'linux' && isArpOut(this.trace, record);
    if (!born && account?.node === record.node) this.end(account, record);
    // what is still on its cable has not begun at the other side
    if (record.verdict === 'pass' && Number(record.args?.['until']) <= world.now) this.open(Number(record.args?.['toNode']), record.id);
  }

  private end(account: Account, record: TraceRecord): void {
    account.ends.push(record.id);
    if (record.verdict === 'deliver') this.counts.delivered++;
    else if (record.verdict === 'drop') this.counts.dropped++;
    else this.counts.sent++;
  }

  private close(world: WorldState): void {
    const waiting = waitingIn(world);
    this.counts.packets = this.all.length;
    for (const account of this.all) {
      const { ends, due, last } = account;
      if (ends.length === due || (account.open && ends.length > 0)) continue;
      if (ends.length < due && (waiting.has(last) || waiting.has(account.born))) {
        this.counts.waiting++;
        continue;
      }
      const told = [account.born, last, ...ends].map((id) => line(this.trace.get(id)));
      this.faults.push(`a packet with ${ends.length} ends instead of ${due}: ${told.join(' | ')}`);
    }
  }
}

/** The last records of all packets that wait somewhere in a world. */
function waitingIn(world: WorldState): Set<TraceId> {
  const found = new Set<TraceId>();
  const add = (skb: Skb): unknown => found.add(skb.lastTrace);
  for (const [id, node] of world.nodes.entries()) {
    // held up on its cable beyond the end of the run
    for (const { what, cause } of waitingOf(world, id as NodeId)) if (what.kind === 'frame') found.add(cause);
    if (node.kind !== 'linux') continue;
    for (const dev of node.host.devs) dev?.cell.forEach(add);
    for (const { queue } of node.host.neigh.entries.values()) queue.forEach(add);
    for (const { skb } of node.host.neigh.proxyQueue) add(skb);
    for (const { parts } of node.host.ipv4.frags.values()) for (const { skb } of parts) add(skb);
  }
  return found;
}

function line({ id, at, node, stage, verdict, reason, args }: TraceRecord): string {
  return `[${id} ${at} node ${node} ${stage} ${verdict} ${reason} ${JSON.stringify(args)}]`;
}
