import { describe, expect, it } from 'vitest';
import { RT_SCOPE_HOST } from '../dev/state.ts';
import { addr, eth, ip, packet } from '../testing/host.test-kit.ts';
import { createFakeNet } from '../testing/fake-net.test-kit.ts';
import { routeAdd } from './config.ts';
import { inputRoute, ipRouteInput } from './input.ts';

/** eth0 10.0.0.1/24, eth1 10.0.1.1/24, VIP on lo, default gateway 10.0.0.254. */
function lab() {
  const net = createFakeNet();
  const eth0 = eth(net, 'eth0', '10.0.0.1/24');
  const eth1 = eth(net, 'eth1', '10.0.1.1/24');
  const lo = net.host.devs[1];
  if (lo === null || lo === undefined) throw new Error('no lo');
  addr(net, lo, '10.0.0.100/32', RT_SCOPE_HOST);
  routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.0.254') }] });
  const forward = (on: number): void => {
    for (const dev of [eth0, eth1]) dev.conf.forwarding = on;
  };
  const decide = (src: string, dst: string, dev = eth0): string => {
    const result = inputRoute(net, dev, {
      src: ip(src),
      dst: ip(dst),
      tos: 0,
      mark: 0,
      proto: 17,
      isIp: true,
    });
    return result.kind === 'refused' ? result.reason : result.dst.type;
  };
  return { net, eth0, eth1, forward, decide };
}

describe('inputRoute', () => {
  it.each([
    ['10.0.0.9', '10.0.0.1', 'local'],
    ['10.0.0.9', '10.0.1.1', 'local'],
    ['10.0.0.9', '10.0.0.100', 'local'],
    ['10.0.0.9', '10.0.0.255', 'broadcast'],
    ['10.0.0.9', '255.255.255.255', 'broadcast'],
    ['0.0.0.0', '255.255.255.255', 'broadcast'],
    ['10.0.0.9', '224.0.0.1', 'multicast'],
    ['10.0.0.9', '224.0.0.18', 'fib.multicast-not-joined'],
    ['224.0.0.1', '10.0.0.1', 'fib.martian-source'],
    ['255.255.255.255', '10.0.0.1', 'fib.martian-source'],
    ['0.1.2.3', '10.0.0.1', 'fib.martian-source'],
    ['10.0.0.9', '0.1.2.3', 'fib.martian-destination'],
    ['10.0.0.9', '127.0.0.1', 'fib.martian-destination-loopback'],
    ['127.0.0.1', '10.0.0.1', 'fib.martian-source-loopback'],
    ['10.0.1.1', '10.0.0.1', 'fib.martian-source-own-address'],
    ['10.0.0.9', '10.0.1.9', 'fib.forwarding-off'],
    ['10.0.0.9', '8.8.8.8', 'fib.forwarding-off'],
  ])('%s to %s: %s', (src, dst, expected) => {
    expect(lab().decide(src, dst)).toBe(expected);
  });

  it('forwards with forwarding on the receiving interface only', () => {
    const { decide, eth0, eth1 } = lab();
    eth0.conf.forwarding = 1;
    expect(decide('10.0.0.9', '10.0.1.9')).toBe('unicast');
    expect(decide('10.0.1.9', '10.0.0.9', eth1)).toBe('fib.forwarding-off');
  });

  it('accept_local takes packets that claim to come from us', () => {
    const { decide, eth0 } = lab();
    eth0.conf.accept_local = 1;
    expect(decide('10.0.1.1', '10.0.0.1')).toBe('local');
  });

  it('flags a redirect only for a sender on the link, out of the same interface', () => {
    const { net, eth0, forward } = lab();
    forward(1);
    const flagged = (src: string, dst: string): boolean => {
      const result = inputRoute(net, eth0, {
        src: ip(src),
        dst: ip(dst),
        tos: 0,
        mark: 0,
        proto: 17,
        isIp: true,
      });
      return result.kind === 'route' && result.dst.doRedirect;
    };
    expect(flagged('10.0.0.9', '8.8.8.8')).toBe(true);
    expect(flagged('9.9.9.9', '8.8.8.8')).toBe(false);
    expect(flagged('10.0.0.9', '10.0.1.9')).toBe(false);
    net.host.conf.all.send_redirects = 0;
    eth0.conf.send_redirects = 0;
    expect(flagged('10.0.0.9', '8.8.8.8')).toBe(false);
  });
});

describe('rp_filter', () => {
  it.each([
    [0, 0, 'unicast'],
    [1, 0, 'fib.rp-filter-strict'],
    [0, 1, 'fib.rp-filter-strict'],
    [0, 2, 'unicast'],
    [1, 2, 'unicast'],
    [2, 0, 'unicast'],
  ])('all=%d iface=%d, sender behind the other interface: %s', (all, own, expected) => {
    const { net, decide, eth1, forward } = lab();
    forward(1);
    net.host.conf.all.rp_filter = all;
    eth1.conf.rp_filter = own;
    expect(decide('10.0.0.9', '8.8.8.8', eth1)).toBe(expected);
  });

  it('2 needs some route back', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0', '10.0.0.1/24');
    dev.conf.rp_filter = 2;
    const result = inputRoute(net, dev, {
      src: ip('9.9.9.9'),
      dst: ip('10.0.0.1'),
      tos: 0,
      mark: 0,
      proto: 17,
      isIp: true,
    });
    expect(result).toMatchObject({ kind: 'refused', reason: 'fib.rp-filter-loose' });
  });
});

describe('ipRouteInput', () => {
  it.each([
    ['unreachable', 'fib.unreachable-route', 1],
    ['prohibit', 'fib.prohibit-route', 13],
    ['blackhole', 'fib.blackhole-route', null],
  ] as const)('%s route: %s', (type, reason, code) => {
    const { net, eth0, forward } = lab();
    forward(1);
    routeAdd(net, { dst: ip('172.16.0.0'), prefixLen: 16, type });
    net.forget();
    const skb = packet('10.0.0.9', '172.16.0.1');
    expect(ipRouteInput(net, skb, eth0)).toBeNull();
    expect(net.reasons()).toEqual([reason]);
    expect(net.called.map((call) => call.args.slice(1))).toEqual(code === null ? [] : [[3, code, 0, { routeError: true }]]);
  });

  it('no route: silence without forwarding, net unreachable with it', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0', '10.0.0.1/24');
    ipRouteInput(net, packet('10.0.0.9', '8.8.8.8'), dev);
    expect(net.called).toEqual([]);
    dev.conf.forwarding = 1;
    ipRouteInput(net, packet('10.0.0.9', '8.8.8.8'), dev);
    expect(net.called.map((call) => call.args.slice(1, 3))).toEqual([[3, 0]]);
  });
});
