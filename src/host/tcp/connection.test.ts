import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intHas, NS_PER_MS, NS_PER_S } from '../../engine/index.ts';
import { ICMP_REDIRECT, TCP_FIN, TCP_PSH, TCP_SYN, type Ipv4, type Layer, type Layers } from '../../wire/index.ts';
import { routeAdd, routeDel } from '../fib/config.ts';
import { ipRouteOutput } from '../fib/output.ts';
import { RT_SCOPE_LINK } from '../dev/state.ts';
import { RT_TABLE_LOCAL } from '../fib/state.ts';
import type { NfHookRow } from '../netfilter/hook-table.ts';
import type { IfIndex } from '../skb.ts';
import { sockClose, tcpAbort, tcpAccept, tcpConnect, tcpConnected, tcpListen, tcpRecv, tcpSend } from '../socket/api.ts';
import { socksOf } from '../socket/table.ts';
import { tcpError } from './error.ts';
import { tcpReasons } from './reasons.ts';
import { createPair, type Fate, type Pair } from './pair.test-kit.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const CLIENT = 100;
const SERVER = 200;

interface Result {
  answer: string;
  request: string;
  error: string | null;
}

/** One request and answer as the lab's own programs do it: the server closes first, 5 ms later. */
function exchange(pair: Pair, request = 'GET /\n', reply = 'b\n', until = 900 * NS_PER_S): Result {
  const result: Result = { answer: '', request: '', error: null };
  const listener = tcpListen(pair.b, SERVER, { port: 80 });
  const opened = tcpConnect(pair.a, CLIENT, { dst: pair.addrB, dport: 80, sport: 40001 });
  if (!('sock' in opened) || !('sock' in listener)) throw new Error('cannot open');
  let sent = false;
  let conn = 0;
  let clientDone = false;
  let serverDone = false;
  const client = (): void => {
    if (clientDone) return;
    const state = tcpConnected(pair.a, opened.sock);
    if (state.kind === 'pending') return;
    if (state.kind === 'yes' && !sent) {
      sent = true;
      tcpSend(pair.a, opened.sock, text(request));
    }
    for (;;) {
      const received = state.kind === 'no' ? state : tcpRecv(pair.a, opened.sock);
      if (received.kind === 'again') return;
      if (received.kind === 'data') {
        result.answer += new TextDecoder().decode(received.bytes);
        continue;
      }
      if ('error' in received) result.error = received.error;
      clientDone = true;
      sockClose(pair.a, opened.sock);
      return;
    }
  };
  const server = (): void => {
    conn ||= tcpAccept(pair.b, listener.sock) ?? 0;
    if (conn === 0 || serverDone) return;
    for (;;) {
      const received = tcpRecv(pair.b, conn);
      if (received.kind === 'again') return;
      if (received.kind === 'data') result.request += new TextDecoder().decode(received.bytes);
      if (received.kind === 'data' && !result.request.endsWith('\n')) continue;
      serverDone = true;
      if (received.kind === 'data') tcpSend(pair.b, conn, text(reply));
      pair.after(received.kind === 'data' ? 5 * NS_PER_MS : 0, () => sockClose(pair.b, conn));
      return;
    }
  };
  pair.run(until, (who) => (who === 'a' ? client() : server()));
  return result;
}

const segments = (pair: Pair): string[] => pair.wire.filter((line) => line.includes('seq='));

/** No connection is left, except those that rest in TIME_WAIT. */
function leftovers(pair: Pair): string[] {
  return [pair.a, pair.b]
    .flatMap((net) => [...socksOf(net.host.sockets)].map((sock) => ('state' in sock ? sock.state : sock.kind)))
    .filter((state) => state !== 'LISTEN');
}

function isFin(layer: Layer | undefined): boolean {
  return layer?.kind === 'tcp' && (layer.flags & TCP_FIN) !== 0;
}

/** A rule of OUTPUT that is there for four seconds. */
const dropFin: NfHookRow = {
  hook: 'LOCAL_OUT',
  priority: 0,
  name: 'filter',
  en: '',
  zh: '',
  source: '',
  active: () => true,
  run: (net, skb) => (net.now < 4 * NS_PER_S && isFin(skb.layers[1]) ? 'drop' : 'accept'),
};

/** Those on the cable. */
function finsOf(pair: Pair): { from: 'a' | 'b'; ms: number; push: boolean }[] {
  return pair.frames.flatMap(({ from, at, layers: [, , tcp] }) =>
    tcp?.kind === 'tcp' && isFin(tcp) ? [{ from, ms: Math.round(at / NS_PER_MS), push: (tcp.flags & TCP_PSH) !== 0 }] : [],
  );
}

describe('a connection between two hosts', () => {
  it('exchanges the segments that Linux exchanges: an ACK before the answer, three segments to close', () => {
    const pair = createPair();
    expect(exchange(pair).answer).toBe('b\n');
    expect(segments(pair)).toEqual([
      'a>b SYN seq=0 ack=0 len=0',
      'b>a SYN,ACK seq=0 ack=1 len=0',
      'a>b ACK seq=1 ack=1 len=0',
      'a>b PSH,ACK seq=1 ack=1 len=6',
      'b>a ACK seq=1 ack=7 len=0',
      'b>a PSH,ACK seq=1 ack=7 len=2',
      'a>b ACK seq=7 ack=3 len=0',
      'b>a FIN,ACK seq=3 ack=7 len=0',
      'a>b FIN,ACK seq=7 ack=4 len=0',
      'b>a ACK seq=4 ack=8 len=0',
    ]);
    expect(leftovers(pair)).toEqual([]);
  });

  it('refuses a port that nobody listens on, with RST|ACK', () => {
    const pair = createPair();
    const opened = tcpConnect(pair.a, CLIENT, { dst: pair.addrB, dport: 81 });
    let error: unknown = null;
    pair.run(NS_PER_S, () => {
      if ('sock' in opened) error = tcpConnected(pair.a, opened.sock);
    });
    expect(error).toEqual({ kind: 'no', error: 'ECONNREFUSED' });
    expect(pair.b.reasons()).toContain('tcp.nobody-listens');
    expect(segments(pair)[1]).toMatch(/^b>a RST,ACK/);
  });

  it('breaks off with RST|ACK', () => {
    const pair = createPair();
    tcpListen(pair.b, SERVER, { port: 80 });
    const opened = tcpConnect(pair.a, CLIENT, { dst: pair.addrB, dport: 80 });
    pair.run(NS_PER_S, (who) => {
      if (who === 'a' && 'sock' in opened && intHas(pair.a.host.sockets.byId, opened.sock)) tcpAbort(pair.a, opened.sock);
    });
    expect(segments(pair).slice(3)).toEqual(['a>b RST,ACK seq=1 ack=1 len=0']);
  });

  it('cuts long data into segments and marks the last with PSH', () => {
    const pair = createPair();
    expect(exchange(pair, `${'x'.repeat(3999)}\n`).request.length).toBe(4000);
    expect(segments(pair).slice(3, 9)).toEqual([
      'a>b ACK seq=1 ack=1 len=1448',
      'a>b ACK seq=1449 ack=1 len=1448',
      'a>b PSH,ACK seq=2897 ack=1 len=1104',
      'b>a ACK seq=1 ack=1449 len=0',
      'b>a ACK seq=1 ack=2897 len=0',
      'b>a ACK seq=1 ack=4001 len=0',
    ]);
  });

  it('counts what leaves as one for IP as one packet, and for TCP as its segments', () => {
    const pair = createPair();
    exchange(pair, `${'x'.repeat(3999)}\n`);
    const sent = pair.frames.filter(({ from, layers }) => from === 'a' && layers[2]?.kind === 'tcp');
    const { outRequests, outOctets } = pair.a.host.ipv4.mib;
    expect(pair.a.host.sockets.mib.outSegs).toBe(sent.length);
    // three segments, with one header
    expect(outRequests).toBe(sent.length - 2);
    const octets = sent.reduce((sum, { layers }) => sum + (layers[1]?.kind === 'ipv4' ? layers[1].totalLen : 0), 0);
    expect(outOctets).toBe(octets - 2 * 52);
  });

  it('repeats a request that is lost by a loss probe, then by time-outs that double', () => {
    const pair = createPair((index, layers) => (isData(layers) && index < 12 ? 'lose' : 'pass'));
    expect(exchange(pair).answer).toBe('b\n');
    const times = pair.frames.filter(({ from, layers }) => from === 'a' && isData(layers)).map(({ at }) => Math.round(at / NS_PER_MS));
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number));
    // 200 ms and two round trips, rounded up to ticks of 4 ms; then 204, 408, 816 … on the timer wheel
    expect(gaps[0]).toBeGreaterThanOrEqual(200);
    expect(gaps[0]).toBeLessThanOrEqual(212);
    expect(gaps[1]).toBeLessThanOrEqual(212);
    expect(gaps[2]).toBeGreaterThanOrEqual(400);
    expect(pair.a.reasons()).toContain('tcp.retransmit-probe');
    expect(pair.a.reasons()).toContain('tcp.retransmit-timeout');
  });

  it('tries a FIN that a rule of OUTPUT dropped anew, and every answer that comes begins the doubling again', () => {
    const pair = createPair();
    pair.a.tables = { ...pair.a.tables, hooks: { ...pair.a.tables.hooks, LOCAL_OUT: [dropFin] } };
    expect(exchange(pair).answer).toBe('b\n');
    const fins = finsOf(pair);
    const lastOfServer = fins.filter(({ from, ms }) => from === 'b' && ms < 4000).at(-1)?.ms ?? 0;
    const first = fins.find(({ from }) => from === 'a');
    // 204 + 408 + 816 ms after the server's own repetition, on the timer wheel; without a new beginning it would be after six seconds
    expect((first?.ms ?? 0) - lastOfServer).toBeGreaterThanOrEqual(1428);
    expect((first?.ms ?? 0) - lastOfServer).toBeLessThan(1520);
    expect(first?.push).toBe(true);
  });

  it('repeats a FIN that left at last after the ordinary time-out: the pauses between the tries are forgotten', () => {
    const pair = createPair((_, layers) =>
      isFin(layers[2]) && layers[1]?.kind === 'ipv4' && layers[1].src === pair.addrA ? 'lose' : 'pass',
    );
    pair.a.tables = { ...pair.a.tables, hooks: { ...pair.a.tables.hooks, LOCAL_OUT: [dropFin] } };
    exchange(pair);
    const [first, second] = finsOf(pair).filter(({ from }) => from === 'a');
    expect((second?.ms ?? 0) - (first?.ms ?? 0)).toBeGreaterThanOrEqual(200);
    expect((second?.ms ?? 0) - (first?.ms ?? 0)).toBeLessThan(240);
  });

  it('repeats SYN after 1, 3, 7 … seconds and gives up after six times', () => {
    const pair = createPair((_, layers) => (layers[2]?.kind === 'tcp' ? 'lose' : 'pass'));
    expect(exchange(pair).error).toBe('ETIMEDOUT');
    const times = pair.frames.filter(({ layers }) => layers[2]?.kind === 'tcp').map(({ at }) => Math.round(at / NS_PER_S));
    expect(times.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 31]);
    // the wheel's slots are 2 s wide by then
    expect(times[6]).toBeGreaterThanOrEqual(63);
    expect(times[6]).toBeLessThanOrEqual(66);
    expect(times.length).toBe(7);
  });

  it('tells what came ahead of order by SACK, and what came twice by DSACK', () => {
    let lost = false;
    const pair = createPair((_, layers) => {
      if (!isData(layers) || lost) return isData(layers) && layers[2]?.kind === 'tcp' && (layers[2].flags & 8) !== 0 ? 'twice' : 'pass';
      lost = true;
      return 'lose';
    });
    expect(exchange(pair, `${'x'.repeat(3999)}\n`).answer).toBe('b\n');
    expect(segments(pair).some((line) => line.startsWith('b>a ACK seq=1 ack=1 len=0 sack=1'))).toBe(true);
    expect(pair.b.reasons()).toContain('tcp.data-ahead');
    // the copy of what waits already: one block for the repetition, one for the gap
    expect(segments(pair).some((line) => line.endsWith('sack=2'))).toBe(true);
  });

  it('delivers everything in order and closes, whatever is lost, repeated or late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Fate>('pass', 'pass', 'pass', 'lose', 'twice', 'late'), { maxLength: 60 }),
        fc.nat(20000),
        fc.nat(9000),
        (fates, up, down) => {
          const pair = createPair((index) => fates[index] ?? 'pass');
          const request = `${pattern(up)}\n`;
          const reply = `${pattern(down)}.`;
          const result = exchange(pair, request, reply);
          expect(result).toEqual({ answer: reply, request, error: null });
          expect(leftovers(pair)).toEqual([]);
          for (const net of [pair.a, pair.b]) {
            for (const { reason } of net.records) if (reason.startsWith('tcp.')) expect(tcpReasons).toHaveProperty([reason]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an own address whose local route is gone', () => {
  const gone = (): Pair => {
    const pair = createPair();
    exchange(pair, 'GET /\n', 'b\n', NS_PER_S);
    const route = { dst: pair.addrB, prefixLen: 32, table: RT_TABLE_LOCAL, nexthops: [{ dev: 2 as IfIndex }] } as const;
    expect(routeDel(pair.b, { ...route, type: 'local' })).toBeNull();
    expect(routeAdd(pair.b, { ...route, type: 'broadcast', scope: RT_SCOPE_LINK })).toBeNull();
    return pair;
  };

  it('takes no SYN while a broadcast route leads to it', () => {
    const pair = gone();
    tcpConnect(pair.a, CLIENT, { dst: pair.addrB, dport: 80, sport: 40009 });
    pair.run(4 * NS_PER_S);
    expect(pair.b.reasons()).toContain('tcp.syn-to-broadcast');
    expect(pair.wire.at(-1)).toContain('a>b SYN');
  });

  it('may still be the source of what this host sends', () => {
    const pair = gone();
    expect(ipRouteOutput(pair.b, { dst: pair.addrA, src: pair.addrB })).toMatchObject({ type: 'unicast' });
    expect(ipRouteOutput(pair.b, { dst: pair.addrA, src: (pair.addrB + 1) as Ipv4 })).toHaveProperty('error');
  });
});

function pattern(length: number): string {
  let out = '';
  for (let i = 0; out.length < length; i++) out += `${i},`;
  return out.slice(0, length);
}

function isData(layers: Layers): boolean {
  return layers[2]?.kind === 'tcp' && layers[3]?.kind === 'payload';
}

describe('what a listener’s wish about fragments means', () => {
  it('not for SYN|ACK, which is too short to be cut; for the data of its connections', () => {
    const pair = createPair();
    pair.b.host.sysctl['net.ipv4.ip_no_pmtu_disc'] = 1;
    exchange(pair);
    const byB = pair.frames.filter(({ from, layers }) => from === 'b' && layers[2]?.kind === 'tcp');
    const dfOf = (syn: boolean): boolean[] =>
      byB.flatMap(({ layers: [, ip4, tcp] }) =>
        ip4?.kind === 'ipv4' && tcp?.kind === 'tcp' && ((tcp.flags & TCP_SYN) !== 0) === syn ? [ip4.df] : [],
      );
    expect(dfOf(true)).toEqual([true]);
    expect(new Set(dfOf(false))).toEqual(new Set([false]));
  });
});

describe('a redirect about a segment', () => {
  it.each([
    ['at the very moment of the call that sent it is not followed', 0, false],
    ['later is', 1, true],
  ])('%s', (_title, later, followed) => {
    const pair = createPair();
    tcpListen(pair.b, SERVER, { port: 80 });
    const opened = tcpConnect(pair.a, CLIENT, { dst: pair.addrB, dport: 80, sport: 40001 });
    if (!('sock' in opened)) throw new Error('cannot open');
    pair.run(NS_PER_S);
    tcpSend(pair.a, opened.sock, text('GET /\n'));
    const about = pair.frames.at(-1)?.layers.slice(1) ?? [];
    pair.a.now = (pair.a.now + later) as typeof pair.a.now;
    expect(tcpError(pair.a, ICMP_REDIRECT, 1, 0, about, pair.addrB)).toBe(followed);
  });
});
