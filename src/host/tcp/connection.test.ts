import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../engine/index.ts';
import { sockClose, tcpAbort, tcpAccept, tcpConnect, tcpConnected, tcpListen, tcpRecv, tcpSend, tcpStateOf } from '../socket/api.ts';
import { createPair, type Fate, type Pair } from './pair.test-kit.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const CLIENT = 100;
const SERVER = 200;

/** One request and answer as the lab's own programs do it: the server closes first, 5 ms later. */
function exchange(pair: Pair, size = 6, until = 200 * NS_PER_S): { answer: string; error: string | null } {
  const result = { answer: '', error: null as string | null };
  const listener = tcpListen(pair.b, SERVER, { port: 80 });
  const opened = tcpConnect(pair.a, CLIENT, { dst: pair.addrB, dport: 80, sport: 40001 });
  if (!('sock' in opened) || !('sock' in listener)) throw new Error('cannot open');
  let sent = false;
  let got = 0;
  let conn = 0;
  let done = false;
  pair.run(until, (who) => {
    if (who === 'a' && !done) {
      const state = tcpConnected(pair.a, opened.sock);
      if (state.kind === 'pending') return;
      if (state.kind === 'no') {
        result.error = state.error;
        done = true;
        sockClose(pair.a, opened.sock);
        return;
      }
      if (!sent) {
        sent = true;
        tcpSend(pair.a, opened.sock, text(`${'x'.repeat(size - 1)}\n`));
      }
      for (;;) {
        const received = tcpRecv(pair.a, opened.sock);
        if (received.kind === 'data') result.answer += new TextDecoder().decode(received.bytes);
        else {
          if (received.kind === 'again') return;
          if (received.kind === 'error') result.error = received.error;
          done = true;
          sockClose(pair.a, opened.sock);
          return;
        }
      }
    }
    if (who === 'b') {
      conn ||= tcpAccept(pair.b, listener.sock) ?? 0;
      if (conn === 0 || pair.b.host.sockets.byId.get(conn) === undefined) return;
      const received = tcpRecv(pair.b, conn);
      if (received.kind !== 'data') return;
      got += received.bytes.length;
      if (got >= size) {
        tcpSend(pair.b, conn, text('b\n'));
        closeLater(pair, conn);
      }
    }
  });
  return result;
}

/** The pause of the server is a timer of the fake net. */
function closeLater(pair: Pair, conn: number): void {
  pair.b.timers.push({ seq: 1e9 + conn, at: pair.b.now + 5 * NS_PER_MS, timer: 'test-close', key: conn });
}

describe('a connection between two hosts', () => {
  it('exchanges the segments that Linux exchanges, with an ACK before the answer and three to close', () => {
    const pair = createPair();
    expect(exchange(pair, 6, NS_PER_MS * 4).answer).toBe('b\n');
    expect(pair.wire.filter((line) => line.includes('seq'))).toEqual([
      'a>b SYN seq=0 ack=0 len=0',
      'b>a SYN,ACK seq=0 ack=1 len=0',
      'a>b ACK seq=1 ack=1 len=0',
      'a>b PSH,ACK seq=1 ack=1 len=6',
      'b>a ACK seq=1 ack=7 len=0',
      'b>a PSH,ACK seq=1 ack=7 len=2',
      'a>b ACK seq=7 ack=3 len=0',
    ]);
  });
});
void tcpAbort;
void tcpStateOf;
export type { Fate };
