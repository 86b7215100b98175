/**
 * Two hosts on one cable that may lose, repeat and delay frames: for tests of whole connections.
 * Comes from: tests of tcp/, udp/, socket/.
 */
import { nanos, NS_PER_US, type FrameId } from '../../engine/index.ts';
import { parseIpv4, type EthHdr, type Ipv4, type Layers, type Mac, type TcpHdr } from '../../wire/index.ts';
import { addrAdd } from '../dev/addr.ts';
import { devAdd } from '../dev/create.ts';
import { devReceive } from '../dev/receive.ts';
import { devSetUp } from '../dev/updown.ts';
import type { Net } from '../net.ts';
import { hostCalls } from '../protocols.ts';
import type { IfIndex } from '../skb.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { hostTimers } from '../timers.ts';

export interface Pair {
  readonly a: FakeNet;
  readonly b: FakeNet;
  readonly addrA: Ipv4;
  readonly addrB: Ipv4;
  /** every frame that was sent, in order, as "a>b SYN seq=0 ack=0 len=0" */
  readonly wire: string[];
  /** every frame that was sent, in order */
  readonly frames: { from: 'a' | 'b'; at: number; layers: Layers }[];
  /** a program's own timer */
  after(span: number, what: () => void): void;
  /** lets events happen until `until` (ns) or until nothing is left */
  run(until: number, onWake?: (who: 'a' | 'b', pid: number, wake: unknown) => void): void;
}

export type Fate = 'pass' | 'lose' | 'twice' | 'late';

interface Arrival {
  readonly at: number;
  readonly seq: number;
  readonly to: FakeNet;
  readonly layers: Layers;
}

const ip = (text: string): Ipv4 => parseIpv4(text) as Ipv4;

function host(name: string, lladdr: number, addr: string, seed: number, mtu: number): FakeNet {
  const net = createFakeNet({ hostname: name, seed, calls: hostCalls });
  const dev = devAdd(net, { name: 'eth0', kind: 'ethernet', lladdr: lladdr as Mac, mtu });
  addrAdd(net, dev, {
    local: ip(addr),
    prefixLen: 24,
    broadcast: null,
    scope: 0,
    noPrefixRoute: false,
    label: 'eth0',
  });
  devSetUp(net, dev, true);
  return net;
}

/** @param fate decides about each frame by its number */
export function createPair(fate: (index: number, layers: Layers) => Fate = () => 'pass', delayUs = 50, mtuB = 1500): Pair {
  const a = host('a', 0x020000000001, '10.0.0.1', 1, 1500);
  const b = host('b', 0x020000000002, '10.0.0.2', 2, mtuB);
  const arrivals: Arrival[] = [];
  const alarms: { at: number; what: () => void }[] = [];
  const wire: string[] = [];
  const frames: Pair['frames'] = [];
  const isn = new Map<string, number>();
  let count = 0;
  const drain = (net: FakeNet): void => {
    for (const { layers } of net.sent.splice(0)) {
      const from = net === a ? 'a' : 'b';
      frames.push({ from, at: net.now, layers });
      wire.push(`${from === 'a' ? 'a>b' : 'b>a'} ${describe(layers, isn)}`);
      const index = count++;
      const what = layers[1]?.kind === 'ipv4' ? fate(index, layers) : 'pass';
      const at = net.now + delayUs * NS_PER_US;
      const to = net === a ? b : a;
      if (what !== 'lose') arrivals.push({ at: what === 'late' ? at + 700 * NS_PER_US : at, seq: index, to, layers });
      if (what === 'twice') arrivals.push({ at: at + 10 * NS_PER_US, seq: index + 0.5, to, layers });
    }
  };
  const run: Pair['run'] = (until, onWake) => {
    const settle = (): void => {
      for (const [who, net] of [
        ['a', a],
        ['b', b],
      ] as const) {
        drain(net);
        while (net.woken.length > 0) {
          const { pid, wake } = net.woken.shift() as { pid: number; wake: unknown };
          onWake?.(who, pid, wake);
          drain(net);
        }
      }
    };
    settle();
    for (;;) {
      arrivals.sort((x, y) => x.at - y.at || x.seq - y.seq);
      const frame = arrivals[0];
      const timers = [a, b]
        .flatMap((net) => net.timers.map((timer) => ({ net, timer })))
        .sort((x, y) => x.timer.at - y.timer.at || x.timer.seq - y.timer.seq);
      const due = timers[0];
      alarms.sort((x, y) => x.at - y.at);
      const next = Math.min(frame?.at ?? Infinity, due?.timer.at ?? Infinity, alarms[0]?.at ?? Infinity);
      if (next > until) break;
      a.now = nanos(next);
      b.now = nanos(next);
      if (frame !== undefined && frame.at === next) {
        arrivals.shift();
        const [eth, ...above] = frame.layers;
        devReceive(frame.to, 2 as IfIndex, { id: 0 as FrameId, eth: eth as EthHdr, above, confirm: false });
      } else if (alarms[0]?.at === next) alarms.shift()?.what();
      else if (due !== undefined) {
        due.net.timers.splice(due.net.timers.indexOf(due.timer), 1);
        (hostTimers as Record<string, (net: Net, key: number | string, seq: number) => void>)[due.timer.timer]?.(
          due.net,
          due.timer.key,
          due.timer.seq,
        );
      }
      settle();
    }
    a.now = nanos(until);
    b.now = nanos(until);
  };
  const after: Pair['after'] = (span, what) => {
    alarms.push({ at: a.now + span, what });
  };
  return { a, b, after, addrA: ip('10.0.0.1'), addrB: ip('10.0.0.2'), wire, frames, run };
}

const FLAGS: readonly (readonly [number, string])[] = [
  [2, 'SYN'],
  [1, 'FIN'],
  [4, 'RST'],
  [8, 'PSH'],
  [16, 'ACK'],
];

function describe(layers: Layers, isn: Map<string, number>): string {
  const hdr = layers[2];
  if (hdr?.kind !== 'tcp') return hdr?.kind ?? layers[1]?.kind ?? 'eth';
  const flags = FLAGS.filter(([bit]) => (hdr.flags & bit) !== 0)
    .map(([, name]) => name)
    .join(',');
  const data = layers[3]?.kind === 'payload' ? layers[3].bytes.length : 0;
  const mine = `${hdr.sport}>${hdr.dport}`;
  const theirs = `${hdr.dport}>${hdr.sport}`;
  if ((hdr.flags & 2) !== 0) isn.set(mine, hdr.seq);
  const seq = (hdr.seq - (isn.get(mine) ?? hdr.seq)) >>> 0;
  const ack = (hdr.flags & 16) === 0 ? 0 : (hdr.ack - (isn.get(theirs) ?? 0)) >>> 0;
  return `${flags} seq=${seq} ack=${ack} len=${data}${sackOf(hdr)}`;
}

function sackOf(hdr: TcpHdr): string {
  return hdr.options.sack === null ? '' : ` sack=${hdr.options.sack.length}`;
}
