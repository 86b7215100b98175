import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_PER_S, seconds } from '../../engine/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { addrAdd, addrDel } from '../dev/addr.ts';
import { RT_SCOPE_HOST, type Dev } from '../dev/state.ts';
import { devSetMtu, devSetUp } from '../dev/updown.ts';
import { neighObtain } from '../neigh/create.ts';
import { neighUpdate } from '../neigh/nud.ts';
import { LO_IF, type Dst } from '../skb.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { addr, eth, ip, mac, packet } from '../testing/host.test-kit.ts';
import { routeAdd, routeDel, routeReplace } from './config.ts';
import { fibExceptions, fibForget, ipRtRedirect, ipRtUpdatePmtu } from './exception.ts';
import { inputRoute, ipRouteInput } from './input.ts';
import { ipRouteConnect, ipRouteOutput, isRouteError, type OutputFlow, type RouteOutError } from './output.ts';
import { ruleAdd } from './rules.ts';
import { fibChanged } from './table.ts';

function lab() {
  const net = createFakeNet();
  const eth0 = eth(net, 'eth0', '10.0.0.11/24', '10.0.0.12/24');
  const eth1 = eth(net, 'eth1', '10.0.1.11/24');
  routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.0.254') }] });
  net.now = seconds(100);
  return { net, eth0, eth1 };
}

function show(net: FakeNet, result: Dst | RouteOutError): string {
  if (isRouteError(result)) return result.error;
  const via = result.gateway === null ? '' : ` via ${formatIpv4(result.gateway)}`;
  return `${result.type} ${net.host.devs[result.dev]?.name ?? '?'}${via} src ${formatIpv4(result.src)}`;
}

describe('ipRouteOutput', () => {
  it.each<[string, Partial<Record<'src' | 'oif', string>>, string]>([
    ['10.0.0.9', {}, 'unicast eth0 src 10.0.0.11'],
    ['8.8.8.8', {}, 'unicast eth0 via 10.0.0.254 src 10.0.0.11'],
    ['8.8.8.8', { src: '10.0.1.11' }, 'unicast eth0 via 10.0.0.254 src 10.0.1.11'],
    ['8.8.8.8', { src: '1.2.3.4' }, 'ENETUNREACH'],
    ['8.8.8.8', { oif: 'eth1' }, 'unicast eth1 src 10.0.1.11'],
    ['10.0.0.11', {}, 'local lo src 10.0.0.11'],
    ['10.0.0.12', {}, 'local lo src 10.0.0.11'],
    ['127.0.0.5', {}, 'local lo src 127.0.0.1'],
    ['0.0.0.0', {}, 'local lo src 127.0.0.1'],
    ['10.0.0.255', {}, 'broadcast eth0 src 10.0.0.11'],
    ['255.255.255.255', { oif: 'eth1' }, 'broadcast eth1 src 10.0.1.11'],
    ['224.0.0.18', { oif: 'eth1' }, 'multicast eth1 src 10.0.1.11'],
    ['224.0.0.18', {}, 'multicast eth0 src 10.0.0.11'],
    ['10.0.0.9', { src: '127.0.0.1' }, 'EINVAL'],
    ['0.1.2.3', {}, 'EINVAL'],
  ])('to %s %o: %s', (dst, more, expected) => {
    const { net, eth0, eth1 } = lab();
    const oif = more.oif === undefined ? undefined : [eth0, eth1].find((dev) => dev.name === more.oif)?.ifindex;
    const flow: OutputFlow = { dst: ip(dst), src: more.src === undefined ? undefined : ip(more.src), oif };
    expect(show(net, ipRouteOutput(net, flow))).toBe(expected);
  });

  it.each([
    ['unreachable', 'EHOSTUNREACH'],
    ['prohibit', 'EACCES'],
    ['blackhole', 'EINVAL'],
  ] as const)('%s: %s', (type, errno) => {
    const { net } = lab();
    routeAdd(net, { dst: ip('172.16.0.0'), prefixLen: 12, type });
    expect(show(net, ipRouteOutput(net, { dst: ip('172.16.1.1') }))).toBe(errno);
  });

  it('without a route: network unreachable', () => {
    const { net } = lab();
    routeDel(net, { dst: ip('0.0.0.0'), prefixLen: 0 });
    expect(show(net, ipRouteOutput(net, { dst: ip('8.8.8.8') }))).toBe('ENETUNREACH');
  });

  it('of two default gateways takes the one that is known to be there', () => {
    const { net, eth1 } = lab();
    routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.1.254') }] }, 'append');
    expect(show(net, ipRouteOutput(net, { dst: ip('8.8.8.8') }))).toContain('10.0.0.254');
    const neigh = neighObtain(net, eth1, ip('10.0.1.254'));
    if (neigh !== null) neighUpdate(net, neigh, mac(9), 'REACHABLE', {});
    expect(show(net, ipRouteOutput(net, { dst: ip('8.8.8.8') }))).toContain('10.0.1.254');
  });

  it('shares destinations among the next hops of a multipath route by their weights', () => {
    const { net } = lab();
    routeAdd(net, {
      dst: ip('172.16.0.0'),
      prefixLen: 12,
      nexthops: [
        { gateway: ip('10.0.0.254'), weight: 3 },
        { gateway: ip('10.0.1.254'), weight: 1 },
      ],
    });
    let first = 0;
    for (let i = 0; i < 1000; i++) {
      const dst = ipRouteOutput(net, { dst: (ip('172.16.0.0') + i * 997) as Dst['src'] });
      if (!isRouteError(dst) && dst.gateway === ip('10.0.0.254')) first++;
    }
    expect(first).toBeGreaterThan(650);
    expect(first).toBeLessThan(850);
  });
});

const GOOGLE = { dst: ip('8.8.8.8') };

describe('what ICMP teaches', () => {
  const redirect = (net: FakeNet, dev: Dev, newGateway: string, from = '10.0.0.254'): void =>
    ipRtRedirect(net, { dev, from: ip(from), dst: ip('8.8.8.8'), newGateway: ip(newGateway) }, null);
  const way = (net: FakeNet): string => show(net, ipRouteOutput(net, { dst: ip('8.8.8.8') }));

  it('a redirect is followed once the new gateway is resolved, for 300 s', () => {
    const { net, eth0 } = lab();
    redirect(net, eth0, '10.0.0.253');
    expect(net.reasons().at(-1)).toBe('neigh.incomplete');
    expect(way(net)).toContain('10.0.0.254');
    const neigh = neighObtain(net, eth0, ip('10.0.0.253'));
    if (neigh !== null) neighUpdate(net, neigh, mac(9), 'REACHABLE', {});
    redirect(net, eth0, '10.0.0.253');
    expect(way(net)).toContain('10.0.0.253');
    net.now = seconds(401);
    expect(way(net)).toContain('10.0.0.254');
  });

  it.each([
    ['10.0.0.253', '10.0.0.9', 0, 1, 'fib.redirect-not-from-gateway'],
    ['10.0.0.254', '10.0.0.254', 0, 1, 'fib.redirect-not-accepted'],
    ['10.0.0.253', '10.0.0.254', 0, 0, 'fib.redirect-not-accepted'],
    ['10.0.0.11', '10.0.0.254', 0, 1, 'fib.redirect-bad-gateway'],
    ['224.0.0.1', '10.0.0.254', 0, 1, 'fib.redirect-bad-gateway'],
  ])('to %s from %s: forwarding %d, accept_redirects %d: %s', (newGateway, from, forwarding, accept, reason) => {
    const { net, eth0 } = lab();
    eth0.conf.forwarding = forwarding;
    net.host.conf.all.accept_redirects = accept;
    eth0.conf.accept_redirects = accept;
    redirect(net, eth0, newGateway, from);
    expect(net.reasons().at(-1)).toBe(reason);
    expect([...fibExceptions(net.host.fib)]).toEqual([]);
  });

  it('a path MTU counts for packets made here, and for forwarded ones only with ip_forward_use_pmtu', () => {
    const { net, eth0, eth1 } = lab();
    eth1.conf.forwarding = 1;
    const mtus = (): (number | undefined)[] => {
      const out = ipRouteOutput(net, { dst: ip('8.8.8.8') });
      return [isRouteError(out) ? undefined : out.mtu, ipRouteInput(net, packet('10.0.1.9', '8.8.8.8'), eth1)?.mtu];
    };
    expect(ipRtUpdatePmtu(net, GOOGLE, 1400, 1500)).toBe(1400);
    expect(mtus()).toEqual([1400, 1500]);
    net.host.sysctl['net.ipv4.ip_forward_use_pmtu'] = 1;
    expect(mtus()).toEqual([1400, 1400]);
    net.now = (net.now + 601 * NS_PER_S) as typeof net.now;
    expect(mtus()).toEqual([1500, 1500]);
    devSetMtu(net, eth0, 1000);
    expect(mtus()).toEqual([1000, 1000]);
  });
});

describe('ipRouteConnect', () => {
  it('asks again with the address that was chosen, so that rules about the source count', () => {
    const { net } = lab();
    const from = { addr: ip('10.0.0.11'), len: 32 };
    ruleAdd(net, { pref: 60, from, to: null, iif: null, oif: null, fwmark: null, tos: 0, not: false, action: { kind: 'unreachable' } });
    expect(show(net, ipRouteOutput(net, GOOGLE))).toContain('via 10.0.0.254');
    expect(show(net, ipRouteConnect(net, GOOGLE))).toBe('ENETUNREACH');
    expect(show(net, ipRouteConnect(net, { ...GOOGLE, src: ip('10.0.0.12') }))).toContain('via 10.0.0.254');
  });
});

describe('what is known of a path MTU', () => {
  const out = (net: FakeNet): Dst => ipRouteOutput(net, { dst: ip('8.8.8.8') }) as Dst;

  it('the same again prolongs it only when half its time is over', () => {
    const { net } = lab();
    const expires = (): number => [...fibExceptions(net.host.fib)].map(([, known]) => known.expires / NS_PER_S)[0] ?? 0;
    const begin = net.now / NS_PER_S;
    ipRtUpdatePmtu(net, GOOGLE, 1400, 1500);
    expect(expires()).toBe(begin + 600);
    net.now = (net.now + 299 * NS_PER_S) as typeof net.now;
    expect(ipRtUpdatePmtu(net, GOOGLE, 1400, 1400)).toBeNull();
    expect(expires()).toBe(begin + 600);
    net.now = (net.now + 2 * NS_PER_S) as typeof net.now;
    expect(ipRtUpdatePmtu(net, GOOGLE, 1400, 1400)).toBe(1400);
    expect(expires()).toBe(begin + 901);
    expect(ipRtUpdatePmtu(net, GOOGLE, 1401, 1400)).toBeNull();
  });

  it('below the least that is believed it is locked: nothing more is learnt until it expires', () => {
    const { net } = lab();
    expect(ipRtUpdatePmtu(net, GOOGLE, 68, 1500)).toBe(552);
    expect(out(net)).toMatchObject({ mtu: 552, mtuLocked: true, learnt: true });
    expect(ipRtUpdatePmtu(net, GOOGLE, 552, 552)).toBeNull();
    net.now = (net.now + 601 * NS_PER_S) as typeof net.now;
    expect(out(net)).toMatchObject({ mtu: 1500, mtuLocked: false, learnt: false });
  });

  it('belongs to the next hop: another route knows nothing of it, and it goes with its own', () => {
    const { net, eth0 } = lab();
    ipRtUpdatePmtu(net, GOOGLE, 1400, 1500);
    expect(out(net).mtu).toBe(1400);
    routeAdd(net, { dst: ip('8.0.0.0'), prefixLen: 8, nexthops: [{ dev: eth0.ifindex, gateway: ip('10.0.0.253') }] });
    expect(out(net).mtu).toBe(1500);
    ipRtUpdatePmtu(net, GOOGLE, 1300, 1500);
    routeReplace(net, { dst: ip('8.0.0.0'), prefixLen: 8, nexthops: [{ dev: eth0.ifindex, gateway: ip('10.0.0.252') }] });
    expect(out(net).mtu).toBe(1500);
    routeDel(net, { dst: ip('8.0.0.0'), prefixLen: 8 });
    expect(out(net).mtu).toBe(1400);
    fibForget(net.host.fib);
    expect(out(net).mtu).toBe(1500);
  });
});

describe('decisions kept for the next packet', () => {
  it('never differ from fresh ones, whatever happens in between', () => {
    const hosts = ['10.0.0.9', '10.0.0.77', '10.0.1.9', '10.0.0.11', '8.8.8.8', '10.0.0.255'];
    const step = fc.record({
      what: fc.constantFrom('route', 'unroute', 'addr', 'unaddr', 'down', 'up', 'mtu'),
      at: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const { net, eth0, eth1 } = lab();
        for (const dev of [eth0, eth1]) dev.conf.forwarding = 1;
        fibChanged(net.host.fib);
        const check = (): void => {
          for (const dst of hosts) {
            const src = ip('10.0.1.200');
            const kept = ipRouteInput(net, packet('10.0.1.200', dst), eth1);
            const fresh = inputRoute(net, eth1, {
              dst: ip(dst),
              src,
              tos: 0,
              mark: 0,
              proto: 253,
              isIp: true,
            });
            expect(kept).toEqual(fresh.kind === 'route' ? fresh.dst : null);
            const out = ipRouteOutput(net, { dst: ip(dst) });
            expect(out).toEqual(ipRouteOutput(net, { dst: ip(dst), hash: 0 }));
          }
        };
        check();
        for (const { what, at } of steps) {
          const target = ip(hosts[at] as string);
          if (what === 'route') routeAdd(net, { dst: target, prefixLen: 32, nexthops: [{ gateway: ip('10.0.1.254') }] });
          else if (what === 'unroute') routeDel(net, { dst: target, prefixLen: 32 });
          else if (what === 'addr') addrAdd(net, eth1, { local: target, prefixLen: 32 });
          else if (what === 'unaddr') addrDel(net, eth1, { local: target, prefixLen: 32 });
          else if (what === 'mtu') devSetMtu(net, eth0, 1000 + at);
          else devSetUp(net, eth0, what === 'up');
          check();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('an address of host scope on lo is local for whoever asks', () => {
    const { net, eth0 } = lab();
    expect(ipRouteInput(net, packet('10.0.0.9', '10.0.0.100'), eth0)).toBeNull();
    addr(net, net.host.devs[LO_IF] as Dev, '10.0.0.100/32', RT_SCOPE_HOST);
    expect(ipRouteInput(net, packet('10.0.0.9', '10.0.0.100'), eth0)?.type).toBe('local');
  });
});
