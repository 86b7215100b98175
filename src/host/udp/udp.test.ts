import { describe, expect, it } from 'vitest';
import { NS_PER_S } from '../../engine/index.ts';
import { sockCloseAll, udpConnect, udpOpen, udpRecv, udpSend } from '../socket/api.ts';
import { createPair } from '../tcp/pair.test-kit.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('datagrams', () => {
  it('reach the socket of their port and are answered from the address they were sent to', () => {
    const pair = createPair();
    const server = udpOpen(pair.b, 2, { port: 53 });
    const client = udpOpen(pair.a, 1, { port: 40001 });
    if (!('sock' in server) || !('sock' in client)) throw new Error('cannot open');
    expect(udpConnect(pair.a, client.sock, pair.addrB, 53)).toBeNull();
    expect(udpSend(pair.a, client.sock, text('question'))).toBeNull();
    let answer = '';
    pair.run(NS_PER_S, (who) => {
      const received = udpRecv(who === 'a' ? pair.a : pair.b, who === 'a' ? client.sock : server.sock);
      if (received.kind !== 'data') return;
      const { src, sport, dst, bytes } = received.datagram;
      if (who === 'a') answer = new TextDecoder().decode(bytes);
      else udpSend(pair.b, server.sock, text('answer'), { dst: src, dport: sport, src: dst });
    });
    expect(answer).toBe('answer');
  });

  it('to a closed port tell a connected sender that it was refused', () => {
    const pair = createPair();
    const client = udpOpen(pair.a, 1);
    if (!('sock' in client)) throw new Error('cannot open');
    udpConnect(pair.a, client.sock, pair.addrB, 53);
    udpSend(pair.a, client.sock, text('question'));
    pair.run(NS_PER_S);
    expect(udpRecv(pair.a, client.sock)).toEqual({ kind: 'error', error: 'ECONNREFUSED' });
    expect(pair.b.reasons()).toContain('udp.nobody-listens');
    expect(pair.a.reasons()).toContain('udp.icmp-told');
  });

  it('need a port of their own, which the end of the process frees', () => {
    const pair = createPair();
    expect(udpOpen(pair.a, 1, { port: 53 })).toHaveProperty('sock');
    expect(udpOpen(pair.a, 2, { port: 53 })).toEqual({ error: 'EADDRINUSE' });
    sockCloseAll(pair.a, 1);
    expect(udpOpen(pair.a, 2, { port: 53 })).toHaveProperty('sock');
    expect(udpOpen(pair.a, 2, { port: 54, addr: pair.addrB })).toEqual({ error: 'EADDRNOTAVAIL' });
  });
});
