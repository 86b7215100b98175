import { intGet } from '../../engine/index.ts';
import { describe, expect, it } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_NO_OPTIONS, TCP_PSH, TCP_RST, TCP_SYN, makePayload, type Ipv4Hdr, type Layer } from '../../wire/index.ts';
import { newSkb } from '../skb-new.ts';
import { sockClose, tcpAbort, tcpConnect, tcpSend, tcpShutdown } from '../socket/api.ts';
import type { TcpSock } from '../socket/state.ts';
import { timewaitsOf } from '../socket/timewait-table.ts';
import { tcpRcv } from './input.ts';
import { createPair, type Pair } from './pair.test-kit.ts';
import { tcpTimers } from './timers.ts';

/**
 * The states of RFC 9293 §3.3.2 as host a goes through them. Each row: what has happened before, the
 * event, the state afterwards (timewait and gone for records that are no full sockets), and what was sent.
 */
const TABLE: readonly (readonly [before: string, event: string, state: string, sent: string])[] = [
  ['connect', '', 'SYN_SENT', 'SYN'],
  ['connect', 'rcv SYN,ACK', 'ESTABLISHED', 'ACK'],
  ['connect', 'rcv SYN', 'SYN_RECV', 'SYN,ACK'],
  ['connect', 'rcv RST,ACK', 'CLOSE', ''],
  ['connect', 'rcv bad-ack', 'SYN_SENT', 'RST'],
  ['connect, rcv bad-ack', 'after 12 ms', 'SYN_SENT', 'SYN'],
  ['connect', 'close', 'gone', ''],
  ['connect, rcv SYN', 'rcv ACK', 'ESTABLISHED', ''],
  ['open', 'send', 'ESTABLISHED', 'PSH,ACK'],
  ['open', 'rcv data', 'ESTABLISHED', 'ACK'],
  ['open', 'rcv FIN', 'CLOSE_WAIT', ''],
  ['open', 'rcv FIN, delack', 'CLOSE_WAIT', 'ACK'],
  ['open', 'rcv RST', 'CLOSE', ''],
  ['open', 'rcv SYN', 'ESTABLISHED', 'ACK'],
  ['open', 'rcv old-data', 'ESTABLISHED', 'ACK'],
  ['open', 'close', 'FIN_WAIT1', 'FIN,ACK'],
  ['open', 'abort', 'gone', 'RST,ACK'],
  ['open, rcv data', 'close', 'gone', 'RST,ACK'],
  ['open, close', 'rcv ACK', 'timewait FIN_WAIT2', ''],
  ['open, close', 'rcv FIN-without-ack', 'CLOSING', 'ACK'],
  ['open, close', 'rcv FIN', 'timewait TIME_WAIT', 'ACK'],
  ['open, close', 'rcv data', 'gone', 'RST'],
  ['open, close, rcv FIN-without-ack', 'rcv ACK', 'timewait TIME_WAIT', ''],
  ['open, close, rcv ACK', 'rcv FIN', 'timewait TIME_WAIT', 'ACK'],
  ['open, close, rcv ACK', 'rcv data', 'gone', 'RST'],
  ['open, shutdown', 'rcv ACK', 'FIN_WAIT2', ''],
  ['open, shutdown, rcv ACK', 'rcv data', 'FIN_WAIT2', 'ACK'],
  ['open, shutdown, rcv ACK', 'rcv FIN', 'timewait TIME_WAIT', 'ACK'],
  ['open, rcv FIN', 'close', 'LAST_ACK', 'FIN,ACK'],
  ['open, rcv FIN, close', 'rcv ACK', 'gone', ''],
  ['open, close, rcv FIN', 'rcv RST', 'gone', ''],
  ['open, close, rcv FIN', 'after 62 s', 'gone', ''],
];

interface Stage {
  readonly pair: Pair;
  readonly id: number;
  /** numbers of the peer */
  seq: number;
  readonly iss: number;
  /** own numbers acknowledged so far */
  ack: number;
}

const PEER_ISS = 5000;

function begin(): Stage {
  const pair = createPair(() => 'lose');
  const opened = tcpConnect(pair.a, 100, { dst: pair.addrB, dport: 80, sport: 40001 });
  if (!('sock' in opened)) throw new Error('cannot connect');
  const sock = intGet(pair.a.host.sockets.byId, opened.sock) as TcpSock;
  // the neighbour is known, so that segments leave at once
  pair.run(1_000_000);
  return { pair, id: opened.sock, seq: PEER_ISS, iss: sock.iss, ack: sock.iss + 1 };
}

function receive(stage: Stage, flags: number, options: { length?: number; ack?: number; seq?: number } = {}): void {
  const { pair } = stage;
  const length = options.length ?? 0;
  const hdr = {
    kind: 'tcp',
    sport: 80,
    dport: 40001,
    seq: options.seq ?? stage.seq,
    ack: options.ack ?? stage.ack,
    flags,
    window: 502,
    options: { ...TCP_NO_OPTIONS, mss: (flags & TCP_SYN) !== 0 ? 1460 : null },
  } as const;
  const ip: Ipv4Hdr = {
    kind: 'ipv4',
    tos: 0,
    totalLen: 40 + length,
    id: 0,
    df: true,
    mf: false,
    fragOffset: 0,
    ttl: 64,
    proto: 6,
    src: pair.addrB,
    dst: pair.addrA,
  };
  const layers: Layer[] = length === 0 ? [ip, hdr] : [ip, hdr, makePayload(new Uint8Array(length))];
  tcpRcv(pair.a, newSkb(layers));
  if (options.seq === undefined) stage.seq += length + ((flags & (TCP_SYN | TCP_FIN)) !== 0 ? 1 : 0);
}

/** Everything this side has sent is acknowledged. */
function acknowledgeAll(stage: Stage): number {
  const sock = intGet(stage.pair.a.host.sockets.byId, stage.id);
  if (sock?.kind === 'tcp') stage.ack = sock.sndNxt;
  else for (const other of timewaitsOf(stage.pair.a.host.sockets.timewaits)) stage.ack = other.sndNxt;
  return stage.ack;
}

function happen(stage: Stage, event: string): void {
  const { a } = stage.pair;
  switch (event) {
    case '':
    case 'connect':
      return;
    case 'open':
      return receive(stage, TCP_SYN | TCP_ACK);
    case 'rcv SYN,ACK':
      return receive(stage, TCP_SYN | TCP_ACK);
    case 'rcv SYN':
      return receive(stage, TCP_SYN);
    case 'rcv RST,ACK':
      return receive(stage, TCP_RST | TCP_ACK);
    case 'rcv RST':
      return receive(stage, TCP_RST);
    case 'rcv bad-ack':
      return receive(stage, TCP_SYN | TCP_ACK, { ack: stage.iss + 77 });
    case 'rcv ACK':
      return receive(stage, TCP_ACK, { ack: acknowledgeAll(stage) });
    case 'rcv FIN':
      return receive(stage, TCP_FIN | TCP_ACK, { ack: acknowledgeAll(stage) });
    case 'rcv FIN-without-ack':
      return receive(stage, TCP_FIN | TCP_ACK);
    case 'rcv data':
      return receive(stage, TCP_PSH | TCP_ACK, { length: 10, ack: stage.ack });
    case 'rcv old-data':
      return receive(stage, TCP_PSH | TCP_ACK, { length: 10, seq: stage.seq - 10 });
    case 'send':
      tcpSend(a, stage.id, new Uint8Array(5));
      return;
    case 'close':
      return sockClose(a, stage.id);
    case 'shutdown':
      return tcpShutdown(a, stage.id);
    case 'abort':
      return tcpAbort(a, stage.id);
    case 'delack':
      return a.pass(60_000_000, tcpTimers as never);
    case 'after 12 ms':
      return a.pass(12_000_000, tcpTimers as never);
    case 'after 62 s':
      return a.pass(62_000_000_000, tcpTimers as never);
    default:
      throw new Error(`unknown event ${event}`);
  }
}

function stateOf(stage: Stage): string {
  const { byId, timewaits } = stage.pair.a.host.sockets;
  for (const resting of timewaitsOf(timewaits)) return `timewait ${resting.substate}`;
  const sock = intGet(byId, stage.id);
  return sock?.kind === 'tcp' ? sock.state : 'gone';
}

const NAMES: readonly (readonly [number, string])[] = [
  [TCP_SYN, 'SYN'],
  [TCP_FIN, 'FIN'],
  [TCP_RST, 'RST'],
  [TCP_PSH, 'PSH'],
  [TCP_ACK, 'ACK'],
];

/** Segments that wait for the neighbour or have left, by their flags. */
function sentBy(stage: Stage): string {
  const { a } = stage.pair;
  const waiting = [...a.host.neigh.entries.values()].flatMap((neigh) => neigh.queue.map((skb) => skb.layers[1]));
  const left = a.sent.map(({ layers }) => layers[2]);
  return [...left, ...waiting]
    .flatMap((hdr) =>
      hdr?.kind === 'tcp'
        ? [
            NAMES.filter(([bit]) => (hdr.flags & bit) !== 0)
              .map(([, name]) => name)
              .join(','),
          ]
        : [],
    )
    .join(' ');
}

describe('states of a connection', () => {
  it.each(TABLE)('%s | %s | %s | %s', (before, event, state, sent) => {
    const stage = begin();
    if (event !== '') stage.pair.a.forget();
    for (const step of before.split(', ')) happen(stage, step);
    if (event === '') {
      expect(
        stage.pair.wire
          .filter((line) => line.includes('seq='))
          .map((line) => line.split(' ')[1])
          .join(' '),
      ).toBe(sent);
    } else {
      stage.pair.a.forget();
      for (const neigh of stage.pair.a.host.neigh.entries.values()) neigh.queue.length = 0;
      for (const step of event.split(', ')) happen(stage, step);
      expect(sentBy(stage)).toBe(sent);
    }
    expect(stateOf(stage)).toBe(state);
  });
});
