/**
 * A Net for unit tests: one host without a world. It collects what is transmitted, looped, traced and
 * woken; timers wait until the test lets time pass.
 * Comes from: tests of host/ and ipvs/.
 */
import { nanos, nextBelow, nextUint32, seedPrng } from '../../engine/index.ts';
import type { Nanos, NodeId, TraceArgs, TraceId, Verdict } from '../../engine/index.ts';
import { wrap, type Layers } from '../../wire/index.ts';
import type { HostCalls } from '../calls.ts';
import { createHost } from '../init.ts';
import type { NfHook, NfHookRow } from '../netfilter/hook-table.ts';
import type { HostTables, Net, Wake } from '../net.ts';
import { createUdpMemory } from '../udp/memory.ts';
import type { IfIndex, Skb } from '../skb.ts';
import type { HostState } from '../state.ts';

export interface FakeRecord {
  readonly stage: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly args: TraceArgs | null;
  readonly dev: number;
  readonly before: Layers | null;
}

export interface FakeTimer {
  readonly seq: number;
  readonly at: number;
  readonly timer: string;
  readonly key: number | string;
}

export type TimerTable = Readonly<Record<string, (net: Net, key: never, seq: number) => void>>;

export interface FakeNet extends Net {
  now: Nanos;
  tracing: boolean;
  host: HostState;
  tables: HostTables;
  /** no process is at work, unless a test says so */
  afterwards: Net['afterwards'];
  /** frames handed to cables */
  readonly sent: { dev: IfIndex; layers: Layers }[];
  readonly looped: { dev: IfIndex; skb: Skb }[];
  readonly records: FakeRecord[];
  readonly woken: { pid: number; wake: Wake }[];
  /** calls of net.tables.calls that the test did not give a function for */
  readonly called: { name: string; args: readonly unknown[] }[];
  readonly timers: FakeTimer[];
  /** reason ids of all records so far */
  reasons(): string[];
  /** lets time pass and fires what is due, in order, by the table given */
  pass(span: number, table: TimerTable): void;
  /** forgets what was collected; timers stay */
  forget(): void;
}

export interface FakeNetOptions {
  readonly hostname?: string;
  readonly calls?: Partial<HostCalls>;
  readonly hooks?: readonly NfHookRow[];
  readonly parts?: Readonly<Record<string, unknown>>;
  readonly tables?: Partial<HostTables>;
  readonly seed?: number;
}

const HOOKS: readonly NfHook[] = ['PRE_ROUTING', 'LOCAL_IN', 'FORWARD', 'LOCAL_OUT', 'POST_ROUTING', 'ARP_IN', 'ARP_OUT'];

function hookTable(rows: readonly NfHookRow[]): HostTables['hooks'] {
  const table = {} as Record<NfHook, NfHookRow[]>;
  for (const hook of HOOKS) table[hook] = rows.filter((row) => row.hook === hook).sort((a, b) => a.priority - b.priority);
  return table;
}

/** Calls without a function of the test's own are only noted. */
function callTable(given: Partial<HostCalls>, called: FakeNet['called']): HostCalls {
  return new Proxy(given, {
    get: (target, name) =>
      (target as Record<string | symbol, unknown>)[name] ??
      ((_net: Net, ...args: unknown[]): void => {
        called.push({ name: String(name), args });
      }),
  }) as HostCalls;
}

export function createFakeNet(options: FakeNetOptions = {}): FakeNet {
  const prng = seedPrng(options.seed ?? 1);
  let nextSeq = 0;
  const called: FakeNet['called'] = [];
  const note = (
    stage: string,
    verdict: Verdict,
    reason: string,
    skb: Skb | null,
    args: TraceArgs | null,
    dev: number,
    before: Layers | null,
  ): TraceId => {
    const id = (net.records.push({ stage, verdict, reason, args, dev, before }) - 1) as TraceId;
    if (skb !== null) skb.lastTrace = id;
    return id;
  };
  const host = createHost(options.hostname ?? 'h');
  // the rows that a test gives are asked, whatever the host has
  host.nf.hooksNeeded = 1;
  const net: FakeNet = {
    node: 0 as NodeId,
    now: 0 as Nanos,
    host,
    parts: options.parts ?? {},
    tables: {
      hooks: hookTable(options.hooks ?? []),
      sysctls: [],
      calls: callTable(options.calls ?? {}, called),
      ipvsMatch: () => false,
      ...options.tables,
    },
    tracing: true,
    usualHeader: null,
    usualDev: null,
    udpMemory: createUdpMemory(),
    sent: [],
    looped: [],
    records: [],
    woken: [],
    called,
    timers: [],
    afterwards: () => false,
    poll: (timer, key) => net.timers.push({ seq: nextSeq++, at: net.now, timer, key }),
    arm(timer, key, delay) {
      const seq = nextSeq++;
      net.timers.push({ seq, at: net.now + delay, timer, key });
      return seq;
    },
    transmit(dev, eth, above) {
      net.sent.push({ dev, layers: wrap(eth, above) });
    },
    linkChanged: () => undefined,
    loop(dev, skb) {
      net.looped.push({ dev, skb });
    },
    wake(pid, wake) {
      net.woken.push({ pid, wake });
    },
    wakeForSocket(pid, sock) {
      net.woken.push({ pid, wake: { kind: 'socket', sock } });
    },
    trace: (stage, verdict, reason, skb, args = null, dev) => note(stage, verdict, reason, skb, args, dev ?? 0, null),
    traceMangle: (stage, reason, skb, args = null) => note(stage, 'mangle', reason, skb, args, 0, skb.layers),
    random: () => nextUint32(prng),
    randomBelow: (bound) => nextBelow(prng, bound),
    reasons: () => net.records.map((record) => record.reason),
    pass(span, table) {
      const end = net.now + span;
      for (;;) {
        const due = net.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.seq - b.seq)[0];
        if (due === undefined) break;
        net.timers.splice(net.timers.indexOf(due), 1);
        net.now = nanos(due.at);
        table[due.timer]?.(net, due.key as never, due.seq);
      }
      net.now = nanos(end);
    },
    forget() {
      net.sent.length = 0;
      net.looped.length = 0;
      net.records.length = 0;
      net.woken.length = 0;
      net.called.length = 0;
    },
  };
  return net;
}
