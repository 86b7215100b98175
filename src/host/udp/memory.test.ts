import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain, intGet } from '../../engine/index.ts';
import { ipv4 } from '../../wire/index.ts';
import { sockClose, udpConnect, udpOpen } from '../socket/api.ts';
import type { UdpSock } from '../socket/state.ts';
import { udpLookup } from '../socket/table.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { eth } from '../testing/host.test-kit.ts';
import { udpFind, udpNear } from './memory.ts';

const OWN = [ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 2)] as const;
const PEERS = [ipv4(10, 0, 0, 8), ipv4(10, 0, 0, 9)] as const;
const PORTS = [53, 54] as const;

type Deed = (net: FakeNet, open: number[]) => void;

const nth = fc.nat(5);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc
    .record({ addr: fc.constantFrom(undefined, ...OWN), port: fc.constantFrom(...PORTS), reuseAddr: fc.boolean() })
    .map(({ addr, ...rest }): Deed => (net, open) => {
      const opened = udpOpen(net, 1, addr === undefined ? rest : { addr, ...rest });
      if ('sock' in opened) open.push(opened.sock);
    }),
  fc.tuple(nth, fc.constantFrom(...PEERS), fc.constantFrom(...PORTS)).map(([n, peer, port]): Deed => (net, open) => {
    const id = open[n % Math.max(open.length, 1)];
    if (id !== undefined) udpConnect(net, id, peer, port);
  }),
  nth.map((n): Deed => (net, open) => {
    for (const id of open.splice(n, 1)) sockClose(net, id);
  }),
  fc.constant<Deed>((net) => {
    // as when a run goes to another moment: equal sockets, other records
    net.host = copyPlain(net.host);
  }),
);

const flow = fc.tuple(fc.constantFrom(...OWN), fc.constantFrom(...PORTS), fc.constantFrom(...PEERS), fc.constantFrom(...PORTS));

describe('the socket that took the last datagram', () => {
  it('is the one that a search finds, whatever was opened, connected and closed since', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(deed, fc.array(flow, { maxLength: 3 })), { maxLength: 30, size: 'max' }), (rounds) => {
        const net = createFakeNet();
        eth(net, 'eth0', '10.0.0.1/24', '10.0.0.2/24');
        const open: number[] = [];
        for (const [each, flows] of rounds) {
          each(net, open);
          for (const [laddr, lport, raddr, rport] of flows) {
            expect(udpFind(net, laddr, lport, raddr, rport)).toBe(udpLookup(net.host.sockets, laddr, lport, raddr, rport));
          }
          for (let id = 0; id <= net.host.sockets.nextId; id++) {
            const near: UdpSock | null = udpNear(net, id);
            if (near !== null) expect(near).toBe(intGet(net.host.sockets.byId, id));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
