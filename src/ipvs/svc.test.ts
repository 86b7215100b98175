import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TCP_SYN } from '../wire/index.ts';
import { delDest } from './ctl.ts';
import { conns, ip, makeDirector, receive, server, service, tcp } from './ipvs.test-kit.ts';
import type { DestId } from './state.ts';
import { destById, destOf } from './svc.ts';

const addrOf = (n: number): string => `192.168.${n >> 8}.${(n & 255) + 1}`;

describe('servers by number', () => {
  it('are found in long and short lists while servers come and go', () => {
    const change = fc.record({ add: fc.boolean(), n: fc.integer({ min: 0, max: 79 }) });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70 }), fc.array(change, { maxLength: 60, size: 'max' }), (begin, changes) => {
        const net = makeDirector();
        const svc = service(net);
        for (let n = 0; n < begin; n++) server(net, svc, addrOf(n), 'droute');
        for (const { add, n } of changes) {
          const there = svc.dests.some((d) => d.addr === ip(addrOf(n)));
          if (add && !there) server(net, svc, addrOf(n), 'droute');
          else if (!add) delDest(net, svc, ip(addrOf(n)), 80);
          for (const dest of svc.dests) expect(destById(svc, dest.id)).toBe(dest);
          for (const { dest } of net.ipvs.trash) expect(destById(svc, dest.id)).toBe(null);
        }
        expect(destById(svc, 9999 as DestId)).toBe(null);
      }),
      { numRuns: 15 },
    );
  });

  it('are found for their connections, also when they have been deleted or stand under a service made anew', () => {
    const net = makeDirector();
    const svc = service(net);
    for (let n = 0; n < 50; n++) server(net, svc, addrOf(n), 'droute');
    for (let n = 0; n < 50; n++) receive(net, tcp(TCP_SYN, { src: '10.0.0.9', dst: '10.0.0.100', sport: 1000 + n }));
    delDest(net, svc, ip(addrOf(7)), 80);
    for (const conn of conns(net)) expect(destOf(net.ipvs, conn)).toMatchObject({ addr: conn.daddr });
  });
});
