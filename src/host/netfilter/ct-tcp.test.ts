import { describe, expect, it } from 'vitest';
import {
  TCP_ACK,
  TCP_FIN,
  TCP_NO_OPTIONS,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  makePayload,
  type Ipv4,
  type Layers,
  type TcpHdr,
} from '../../wire/index.ts';
import type { Nanos } from '../../engine/index.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { CT_TCP_NEXT, CT_TCP_STATES, ctTcpPacket, type CtVerdict } from './ct-tcp.ts';
import { ctAdd } from './ct-table.ts';
import { createNetfilter, type CtEntry, type CtTcp, type CtTcpState, type CtTuple } from './state.ts';

/** From | direction | segment | to. IG: let through unchanged; IV: invalid. */
const ROWS: readonly (readonly [CtTcpState, number, 'syn' | 'synack' | 'fin' | 'ack' | 'rst', string])[] = [
  ['NONE', 0, 'syn', 'SYN_SENT'],
  ['NONE', 0, 'synack', 'IV'],
  ['NONE', 0, 'ack', 'ESTABLISHED'],
  ['NONE', 0, 'fin', 'IV'],
  ['NONE', 0, 'rst', 'IV'],
  ['SYN_SENT', 0, 'syn', 'SYN_SENT'],
  ['SYN_SENT', 0, 'ack', 'IV'],
  ['SYN_SENT', 1, 'syn', 'SYN_SENT2'],
  ['SYN_SENT', 1, 'synack', 'SYN_RECV'],
  ['SYN_SENT', 1, 'ack', 'IG'],
  ['SYN_RECV', 0, 'ack', 'ESTABLISHED'],
  ['SYN_RECV', 0, 'syn', 'IG'],
  ['SYN_RECV', 1, 'synack', 'IG'],
  ['ESTABLISHED', 0, 'fin', 'FIN_WAIT'],
  ['ESTABLISHED', 1, 'fin', 'FIN_WAIT'],
  ['ESTABLISHED', 1, 'ack', 'ESTABLISHED'],
  ['ESTABLISHED', 0, 'rst', 'CLOSE'],
  ['FIN_WAIT', 0, 'ack', 'CLOSE_WAIT'],
  ['FIN_WAIT', 1, 'fin', 'LAST_ACK'],
  ['CLOSE_WAIT', 1, 'fin', 'LAST_ACK'],
  ['LAST_ACK', 0, 'ack', 'TIME_WAIT'],
  ['TIME_WAIT', 0, 'syn', 'SYN_SENT'],
  ['CLOSE', 0, 'syn', 'SYN_SENT'],
  ['CLOSE', 1, 'syn', 'IV'],
];

describe('states of a tracked TCP connection', () => {
  it.each(ROWS)('%s, direction %d, %s -> %s', (from, dir, kind, to) => {
    expect(CT_TCP_NEXT[dir]?.[kind][CT_TCP_STATES.indexOf(from)]).toBe(to);
  });
});

function conversation(): {
  send: (dir: 0 | 1, flags: number, seq: number, ack: number, len?: number) => CtVerdict;
  entry: CtEntry;
  tcp: CtTcp;
  timeout: () => number;
} {
  const orig: CtTuple = { proto: 6, src: 1 as Ipv4, dst: 2 as Ipv4, sport: 1, dport: 2 };
  const birth = { orig, reply: orig, tcp: true, counted: false, watched: false, now: 0 as Nanos, expires: 0 as Nanos };
  const entry = ctAdd(createNetfilter().conns, birth);
  const tcp = entry.tcp as CtTcp;
  let timeout = 0;
  const send = (dir: 0 | 1, flags: number, seq: number, ack: number, len = 0): CtVerdict => {
    const hdr: TcpHdr = {
      kind: 'tcp',
      sport: 1,
      dport: 2,
      seq,
      ack,
      flags,
      window: 500,
      options: TCP_NO_OPTIONS,
    };
    const ip = makeIpv4(1 as Ipv4, 2 as Ipv4, 6, 40 + len, 64, 0, true, 0);
    const layers: Layers = len > 0 ? [ip, hdr, makePayload(new Uint8Array(len))] : [ip, hdr];
    const verdict = ctTcpPacket(entry, tcp, layers, hdr, dir, (s) => {
      timeout = s;
    });
    if (dir === 1) entry.seenReply = true;
    return verdict;
  };
  return { send, entry, tcp, timeout: () => timeout };
}

describe('a whole connection', () => {
  it('passes through the states with their timeouts and becomes assured by the third segment', () => {
    const c = conversation();
    const seen: string[] = [];
    const step = (...args: Parameters<typeof c.send>): void => {
      c.send(...args);
      seen.push(`${c.tcp.state} ${c.timeout()}${c.entry.assured ? ' assured' : ''}`);
    };
    step(0, TCP_SYN, 100, 0);
    step(1, TCP_SYN | TCP_ACK, 500, 101);
    step(0, TCP_ACK, 101, 501);
    step(0, TCP_ACK | TCP_PSH, 101, 501, 6);
    step(1, TCP_ACK, 501, 107);
    step(1, TCP_ACK | TCP_FIN, 501, 107);
    step(0, TCP_ACK | TCP_FIN, 107, 502);
    step(1, TCP_ACK, 502, 108);
    expect(seen).toEqual([
      'SYN_SENT 120',
      'SYN_RECV 60',
      'ESTABLISHED 432000 assured',
      'ESTABLISHED 300 assured',
      'ESTABLISHED 432000 assured',
      'FIN_WAIT 120 assured',
      'LAST_ACK 30 assured',
      'TIME_WAIT 120 assured',
    ]);
  });

  it('forgets a connection that was refused', () => {
    const c = conversation();
    c.send(0, TCP_SYN, 100, 0);
    expect(c.send(1, TCP_RST | TCP_ACK, 0, 101)).toBe('kill');
  });

  it('makes room for a client that takes the same port again', () => {
    const c = conversation();
    c.send(0, TCP_SYN, 100, 0);
    c.send(1, TCP_SYN | TCP_ACK, 500, 101);
    c.send(0, TCP_ACK, 101, 501);
    c.send(1, TCP_ACK | TCP_FIN, 501, 101);
    c.send(0, TCP_ACK | TCP_FIN, 101, 502);
    c.send(1, TCP_ACK, 502, 102);
    expect(c.send(0, TCP_SYN, 9000, 0)).toBe('repeat');
  });
});
