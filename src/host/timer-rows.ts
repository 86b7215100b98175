/**
 * The host's timers as a person is told of them: which wait, for what, until when; and what else of the
 * state moves when a timer is moved by hand.
 * Comes from: world/timers.ts.  Goes to: the tables whose rows wait.
 */
import type { Nanos } from '../engine/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import { devGet } from './dev/get.ts';
import { fibExceptions } from './fib/exception.ts';
import { fibChanged } from './fib/table.ts';
import type { Neigh, NeighKey } from './neigh/state.ts';
import { reachableTime } from './neigh/table.ts';
import { ctEntriesOf, ctEntryOf, type CtTuple } from './netfilter/index.ts';
import type { TcpAny } from './socket/state.ts';
import { sockOf, tcpSockOf } from './socket/table.ts';
import type { HostState } from './state.ts';

/** A timer under way, in a person's terms. */
export interface TimerView {
  /** row of a TimerNames table: what happens when it fires */
  readonly name: string;
  /** whose it is, the same in every language: an address, a connection */
  readonly of: string;
  /** when it does what its name says; a timer may fire before that and be armed again */
  readonly due: Nanos;
}

/** What timers do, in words that follow "will" and "…". */
export type TimerNames = Readonly<Record<string, { readonly en: string; readonly zh: string }>>;

/** A kind of timer that waits as an event. Part: what of a node it belongs to. */
export interface TimerRow<Part> {
  /** name under which it is armed */
  readonly timer: string;
  /** @returns null when nobody waits for this one any more */
  readonly view: (part: Readonly<Part>, key: number | string, seq: number, at: Nanos) => TimerView | null;
  /** Moves the deadlines that the state keeps beside the event. */
  readonly move?: (part: Part, key: number | string, to: Nanos) => void;
}

/** A kind of deadline that is only a value in a row: whoever looks at the row later finds it gone. */
export interface DeadlineRow<Part> {
  readonly timer: string;
  readonly list: (part: Readonly<Part>, now: Nanos) => readonly (TimerView & { readonly key: number | string })[];
  readonly move: (part: Part, key: number | string, to: Nanos) => void;
}

const NEIGH_NAMES: Readonly<Record<string, string>> = {
  INCOMPLETE: 'neigh.incomplete',
  REACHABLE: 'neigh.reachable',
  DELAY: 'neigh.delay',
  PROBE: 'neigh.probe',
};

function trustedUntil(host: Readonly<HostState>, neigh: Neigh): number {
  return neigh.confirmed + reachableTime(devGet(host, neigh.ifindex)?.neighParms ?? host.neigh.parms);
}

const neigh: TimerRow<HostState> = {
  timer: 'neigh',
  view(host, key, seq, at) {
    const entry = host.neigh.entries.get(key as NeighKey);
    const name = NEIGH_NAMES[entry?.nud ?? ''];
    if (entry === undefined || entry.timer !== seq || name === undefined) return null;
    const due = entry.nud === 'REACHABLE' ? (Math.max(at, trustedUntil(host, entry) + 1) as Nanos) : at;
    return { name, of: formatIpv4(entry.addr), due };
  },
  move(host, key, to) {
    const entry = host.neigh.entries.get(key as NeighKey);
    if (entry === undefined || entry.nud !== 'REACHABLE') return;
    // the handler asks when the neighbour was last confirmed: it must be long enough ago
    const late = trustedUntil(host, entry) + 1 - to;
    if (late > 0) entry.confirmed -= late;
  },
};

const neighProxy: TimerRow<HostState> = {
  timer: 'neigh-proxy',
  view(host, key, _seq, at) {
    const waiting = host.neigh.proxyQueue.find(({ id }) => id === key);
    const arp = waiting?.skb.layers[0];
    return waiting === undefined ? null : { name: 'neigh.proxy', of: arp?.kind === 'arp' ? formatIpv4(arp.tpa) : '', due: at };
  },
};

const neighGc: TimerRow<HostState> = {
  timer: 'neigh-gc',
  view: (host, _key, seq, at) => (host.neigh.gcTimer === seq ? { name: 'neigh.gc', of: '', due: at } : null),
};

function pair({ laddr, lport, raddr, rport }: TcpAny): string {
  return `${formatIpv4(laddr)}:${lport} → ${formatIpv4(raddr)}:${rport}`;
}

const tcpSend: TimerRow<HostState> = {
  timer: 'tcp-rto',
  view(host, key, seq, at) {
    const sock = tcpSockOf(host.sockets, Number(key));
    return sock?.timer?.seq === seq ? { name: `tcp.${sock.timer.kind}`, of: pair(sock), due: at } : null;
  },
};

const tcpDelack: TimerRow<HostState> = {
  timer: 'tcp-delack',
  view(host, key, seq, at) {
    const sock = tcpSockOf(host.sockets, Number(key));
    return sock?.delackTimer === seq && sock.ackPending ? { name: 'tcp.delack', of: pair(sock), due: at } : null;
  },
};

/** The two small socket kinds whose one timer ends or repeats them. */
function lesserTcp(timer: string, kind: 'timewait' | 'request', name: string): TimerRow<HostState> {
  return {
    timer,
    view(host, key, seq, at) {
      const sock = sockOf(host.sockets, Number(key));
      return sock?.kind === kind && sock.timer === seq ? { name, of: pair(sock), due: at } : null;
    },
    move(host, key, to) {
      const sock = sockOf(host.sockets, Number(key));
      if (sock?.kind === 'timewait' || sock?.kind === 'request') sock.expires = to;
    },
  };
}

const fragments: TimerRow<HostState> = {
  timer: 'ip-frag',
  view(host, key, seq, at) {
    const queue = host.ipv4.frags.get(String(key));
    if (queue === undefined || queue.timer !== seq) return null;
    const ip = queue.parts[0]?.skb.layers[0];
    return { name: 'ip.frag', of: ip?.kind === 'ipv4' ? `${formatIpv4(ip.src)} → ${formatIpv4(ip.dst)}` : '', due: at };
  },
};

export const hostTimerRows: readonly TimerRow<HostState>[] = [
  neigh,
  neighProxy,
  neighGc,
  tcpSend,
  tcpDelack,
  lesserTcp('tcp-timewait', 'timewait', 'tcp.timewait'),
  lesserTcp('tcp-synack', 'request', 'tcp.synack'),
  fragments,
];

function tuple({ src, sport, dst, dport }: CtTuple): string {
  return `${formatIpv4(src)}:${sport} → ${formatIpv4(dst)}:${dport}`;
}

export const hostDeadlineRows: readonly DeadlineRow<HostState>[] = [
  {
    timer: 'conntrack',
    list: (host, now) =>
      [...ctEntriesOf(host.nf.conns)]
        .filter(({ confirmed, expires }) => confirmed && expires > now)
        .map(({ id, orig, expires }) => ({ key: id, name: 'conntrack', of: tuple(orig), due: expires })),
    move(host, key, to) {
      const entry = ctEntryOf(host.nf.conns, Number(key));
      if (entry !== null) entry.expires = to;
    },
  },
  {
    timer: 'fib-exception',
    // an exception still counts at the very moment that stands in it
    list: (host, now) =>
      [...fibExceptions(host.fib)]
        .filter(([, { expires }]) => expires >= now)
        .map(([dst, { expires }]) => ({ key: dst, name: 'fib.exception', of: formatIpv4(dst), due: (expires + 1) as Nanos })),
    move(host, key, to) {
      const known = [...fibExceptions(host.fib)].find(([dst]) => dst === key)?.[1];
      if (known === undefined) return;
      known.expires = (to - 1) as Nanos;
      fibChanged(host.fib);
    },
  },
];

export const hostTimerNames: TimerNames = {
  'neigh.incomplete': { en: 'ask again who has the address, or give up', zh: '再次询问谁有该地址，或者放弃' },
  'neigh.reachable': { en: 'stop taking the neighbour for reachable', zh: '不再认为该邻居可达（REACHABLE 到期）' },
  'neigh.delay': { en: 'begin to probe the neighbour', zh: '开始探测该邻居（DELAY 到期）' },
  'neigh.probe': { en: 'probe the neighbour again, or give up', zh: '再次探测该邻居，或者放弃' },
  'neigh.proxy': { en: 'answer ARP as a proxy', zh: '作为代理应答 ARP' },
  'neigh.gc': { en: 'sweep the neighbour table', zh: '清理邻居表' },
  'tcp.rto': { en: 'send again what was not acknowledged', zh: '重传未被确认的数据' },
  'tcp.tlp': { en: 'probe whether the last segment was lost', zh: '探测最后一个报文段是否丢失' },
  'tcp.reo': { en: 'take late segments for lost', zh: '把迟到的报文段当作丢失' },
  'tcp.probe': { en: 'ask whether the window is still closed', zh: '询问对端窗口是否仍为零' },
  'tcp.delack': { en: 'send the delayed ACK', zh: '发送延迟的 ACK' },
  'tcp.timewait': { en: 'forget the closed connection', zh: '忘记已关闭的连接（TIME_WAIT 到期）' },
  'tcp.synack': { en: 'send SYN+ACK again, or give up', zh: '重发 SYN+ACK，或者放弃' },
  'ip.frag': { en: 'give up waiting for fragments', zh: '不再等待其余分片' },
  conntrack: { en: 'forget the tracked connection', zh: '删除该连接跟踪条目' },
  'fib.exception': { en: 'forget what ICMP taught about the way there', zh: '忘记 ICMP 教过的路由信息' },
};
