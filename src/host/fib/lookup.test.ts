import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inPrefix, networkOf, type Ipv4 } from '../../wire/index.ts';
import { eth, ip } from '../testing/host.test-kit.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { routeAdd, routesOf } from './config.ts';
import { addrFlow, fibLookup, inetAddrType } from './lookup.ts';
import { ruleAdd, ruleDel } from './rules.ts';
import { RT_TABLE_MAIN, type Route } from './state.ts';

const NO_RULE = { from: null, to: null, iif: null, oif: null, fwmark: null, tos: 0, not: false } as const;

function found(net: FakeNet, dst: Ipv4): Route | null {
  const result = fibLookup(net, addrFlow(dst));
  return result.kind === 'found' ? result.entry.route : (result.route?.route ?? null);
}

describe('fibLookup', () => {
  it('finds the longest prefix, then the smallest metric, as a scan of all routes does', () => {
    const prefix = fc.record({ addr: fc.nat(0xff), len: fc.integer({ min: 0, max: 8 }), metric: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(prefix, { maxLength: 40, size: 'max' }), fc.array(fc.nat(0xff), { maxLength: 20 }), (prefixes, probes) => {
        const net = createFakeNet();
        const dev = eth(net, 'eth0');
        for (const { addr, len, metric } of prefixes) {
          const prefixLen = len === 0 ? 0 : 24 + len;
          const dst = networkOf((ip('10.9.8.0') + addr) as Ipv4, prefixLen);
          routeAdd(net, { dst, prefixLen, metric, nexthops: [{ dev: dev.ifindex }] });
        }
        const all = routesOf(net.host, RT_TABLE_MAIN);
        for (const probe of probes) {
          const dst = (ip('10.9.8.0') + probe) as Ipv4;
          const matching = all.filter((route) => inPrefix(dst, route.dst, route.prefixLen));
          const best = matching.toSorted((a, b) => b.prefixLen - a.prefixLen || a.metric - b.metric)[0] ?? null;
          expect(found(net, dst)).toBe(best);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lists routes by address, longer prefixes first', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0', '192.168.1.2/24');
    routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('192.168.1.1') }] });
    routeAdd(net, { dst: ip('10.0.0.0'), prefixLen: 8, nexthops: [{ dev: dev.ifindex }] });
    routeAdd(net, { dst: ip('10.0.0.0'), prefixLen: 24, nexthops: [{ dev: dev.ifindex }] });
    expect(routesOf(net.host, RT_TABLE_MAIN).map((route) => `${route.dst >>> 24}/${route.prefixLen}`)).toEqual([
      '0/0',
      '10/24',
      '10/8',
      '192/24',
    ]);
  });

  it('lets a longer prefix of main win over a shorter one of local, until a rule was touched', () => {
    const net = createFakeNet();
    const lo = net.host.devs[1];
    const dev = eth(net, 'eth0', '10.0.1.1/24');
    routeAdd(net, { dst: ip('127.9.0.0'), prefixLen: 16, nexthops: [{ dev: dev.ifindex }] });
    expect(found(net, ip('127.9.1.1'))?.type).toBe('unicast');
    ruleAdd(net, { ...NO_RULE, pref: 100, action: { kind: 'lookup', table: 77 } });
    ruleDel(net, { pref: 100 });
    expect(found(net, ip('127.9.1.1'))?.nexthops[0]?.dev).toBe(lo?.ifindex);
  });

  it('walks the rules in order and takes the first table that has an answer', () => {
    const net = createFakeNet();
    const a = eth(net, 'eth0', '10.0.0.1/24');
    const b = eth(net, 'eth1', '10.0.1.1/24');
    routeAdd(net, { dst: ip('10.5.0.0'), prefixLen: 16, nexthops: [{ dev: a.ifindex }] });
    routeAdd(net, { dst: ip('10.5.5.0'), prefixLen: 24, table: 100, nexthops: [{ dev: b.ifindex }] });
    ruleAdd(net, {
      ...NO_RULE,
      pref: 1000,
      from: { addr: ip('10.0.1.0'), len: 24 },
      action: { kind: 'lookup', table: 100 },
    });
    const from = (src: string, dst: string): number | undefined => {
      const result = fibLookup(net, { ...addrFlow(ip(dst)), src: ip(src) });
      return result.kind === 'found' ? result.nexthop?.dev : undefined;
    };
    expect(from('10.0.1.1', '10.5.5.5')).toBe(b.ifindex);
    expect(from('10.0.0.1', '10.5.5.5')).toBe(a.ifindex);
    expect(from('10.0.1.1', '10.5.6.5')).toBe(a.ifindex);
  });

  it('goes on with the next table where a throw route stands', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0', '10.0.0.1/24');
    routeAdd(net, { dst: ip('10.5.0.0'), prefixLen: 16, nexthops: [{ dev: dev.ifindex }] });
    routeAdd(net, { dst: ip('10.0.0.0'), prefixLen: 8, table: 100, nexthops: [{ dev: dev.ifindex }] });
    routeAdd(net, { dst: ip('10.5.0.0'), prefixLen: 16, table: 100, type: 'throw', nexthops: [] });
    ruleAdd(net, { ...NO_RULE, pref: 1000, action: { kind: 'lookup', table: 100 } });
    expect(fibLookup(net, addrFlow(ip('10.5.1.1')))).toMatchObject({ kind: 'found', table: RT_TABLE_MAIN });
    expect(fibLookup(net, addrFlow(ip('10.6.1.1')))).toMatchObject({ kind: 'found', table: 100 });
  });

  it('takes a route with a TOS only for that TOS, and before one without', () => {
    const net = createFakeNet();
    const a = eth(net, 'eth0', '10.0.0.1/24');
    const b = eth(net, 'eth1', '10.0.1.1/24');
    routeAdd(net, { dst: ip('10.5.0.0'), prefixLen: 16, nexthops: [{ dev: a.ifindex }] });
    routeAdd(net, { dst: ip('10.5.0.0'), prefixLen: 16, tos: 0x10, nexthops: [{ dev: b.ifindex }] });
    const by = (tos: number): number | undefined => {
      const result = fibLookup(net, { ...addrFlow(ip('10.5.5.5')), tos });
      return result.kind === 'found' ? result.nexthop?.dev : undefined;
    };
    expect([by(0), by(0x10), by(0x08)]).toEqual([a.ifindex, b.ifindex, a.ifindex]);
  });

  it('tells kinds of addresses apart', () => {
    const net = createFakeNet();
    eth(net, 'eth0', '10.0.0.1/24');
    const type = (text: string): string => inetAddrType(net.host, ip(text));
    expect([type('10.0.0.1'), type('10.0.0.255'), type('10.0.0.2'), type('127.4.5.6'), type('224.0.0.5'), type('255.255.255.255')]).toEqual(
      ['local', 'broadcast', 'unicast', 'local', 'multicast', 'broadcast'],
    );
  });
});
