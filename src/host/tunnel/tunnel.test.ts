import { describe, expect, it } from 'vitest';
import { formatIpv4, type Layers } from '../../wire/index.ts';
import { devByName } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import { devSetUp } from '../dev/updown.ts';
import { routeAdd } from '../fib/config.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { addr, ip } from '../testing/host.test-kit.ts';
import { createRouter, ipOf, ping, udp, type Router } from '../testing/router.test-kit.ts';
import { ipipModuleLoaded, tunnelAdd } from './config.ts';
import { tunnelErr } from './error.ts';
import { tunnelLookup } from './lookup.ts';

const CLIENT = '10.1.0.10';
const VIP = '172.16.0.1';

function wrapped(inner: Layers, from = CLIENT, to = '10.1.0.1', tos = 0): Layers {
  return [makeIpv4(ip(from), ip(to), 4, 20 + ipOf(inner).totalLen, 64, tos, false, 5), ...inner];
}

function withTunl0(up: boolean): Router {
  const router = createRouter();
  ipipModuleLoaded(router.net);
  const tunl0 = devByName(router.net.host, 'tunl0') as Dev;
  addr(router.net, tunl0, `${VIP}/32`);
  if (up) devSetUp(router.net, tunl0, true);
  router.net.forget();
  return router;
}

describe('unpacking', () => {
  it('delivers the inner packet as come in by tunl0, its TTL untouched', () => {
    const router = withTunl0(true);
    router.receive(router.eth0, wrapped(ping(CLIENT, VIP, 8, { ttl: 1 })));
    const [reply] = router.left();
    expect(ipOf(reply)).toMatchObject({ src: ip(VIP), dst: ip(CLIENT) });
    expect(devByName(router.net.host, 'tunl0')?.rxPackets).toBe(1);
  });

  it.each([
    ['down', true, 3],
    ['absent', false, 2],
  ])('refuses with the module %s', (_title, hasModule, code) => {
    const router = hasModule ? withTunl0(false) : createRouter();
    router.receive(router.eth0, wrapped(udp(CLIENT, 1, VIP, 2)));
    const [error] = router.left();
    expect(error).toMatchObject([{ src: ip('10.1.0.1'), dst: ip(CLIENT) }, { type: 3, code }, { proto: 4 }, { proto: 17 }, { sport: 1 }]);
  });

  it('carries a congestion mark from the outer header to the inner one, or drops what cannot bear it', () => {
    const router = withTunl0(true);
    router.receive(router.eth0, wrapped(ping(CLIENT, VIP, 8, { tos: 2 }), CLIENT, '10.1.0.1', 3));
    expect(ipOf(router.left()[0]).tos).toBe(3);
    router.receive(router.eth0, wrapped(ping(CLIENT, VIP), CLIENT, '10.1.0.1', 3));
    expect(router.left()).toEqual([]);
    expect(router.net.reasons()).toContain('tunnel.ecn-lost');
  });
});

describe('tunnelLookup', () => {
  it('prefers both ends, then the remote, then the local, then tunl0; devices that are down do not count', () => {
    const router = withTunl0(true);
    const { net } = router;
    const make = (name: string, parms: { local?: string; remote?: string }): void => {
      const dev = tunnelAdd(net, name, {
        local: parms.local === undefined ? null : ip(parms.local),
        remote: parms.remote === undefined ? null : ip(parms.remote),
      });
      if (typeof dev === 'string') throw new Error(dev);
      devSetUp(net, dev, true);
    };
    const found = (): string | undefined => tunnelLookup(net.host, router.eth0.ifindex, ip(CLIENT), ip('10.1.0.1'))?.name;
    expect(found()).toBe('tunl0');
    make('byLocal', { local: '10.1.0.1' });
    expect(found()).toBe('byLocal');
    make('byRemote', { remote: CLIENT });
    expect(found()).toBe('byRemote');
    make('both', { local: '10.1.0.1', remote: CLIENT });
    expect(found()).toBe('both');
    devSetUp(net, devByName(net.host, 'both') as Dev, false);
    expect(found()).toBe('byRemote');
    expect(tunnelAdd(net, 'again', { remote: ip(CLIENT) })).toBe('EEXIST');
  });
});

describe('packing', () => {
  function site(): Router {
    const router = createRouter();
    ipipModuleLoaded(router.net);
    const dev = tunnelAdd(router.net, 'tun0', { local: ip('10.2.0.1'), remote: ip('10.2.0.10') }) as Dev;
    devSetUp(router.net, dev, true);
    addr(router.net, dev, '172.20.0.1/24');
    routeAdd(router.net, { dst: ip('172.16.0.0'), prefixLen: 16, nexthops: [{ dev: dev.ifindex }] });
    router.net.forget();
    return router;
  }

  it('puts the decremented inner TTL and DF on the outer header', () => {
    const router = site();
    router.receive(router.eth0, ping(CLIENT, VIP, 8, { ttl: 20 }));
    const [out] = router.left();
    expect(out?.[0]).toMatchObject({ proto: 4, ttl: 19, df: true, totalLen: 104 });
    expect(`${formatIpv4(ipOf(out).src)} ${formatIpv4(ipOf(out).dst)}`).toBe('10.2.0.1 10.2.0.10');
    expect(out?.slice(1)).toEqual(ping(CLIENT, VIP, 8, { ttl: 19 }));
  });

  it('tells the sender of a long packet with DF that 1480 bytes fit', () => {
    const router = site();
    router.receive(router.eth0, udp(CLIENT, 1, VIP, 2, { len: 1460, df: true }));
    expect(router.left()[0]).toMatchObject([{ dst: ip(CLIENT) }, { type: 3, code: 4, rest: 1480 }, {}, {}, {}]);
  });
});

describe('errors about packets in a tunnel', () => {
  const SECOND = 1_000_000_000;

  function site(ttl: number): { router: Router; dev: Dev } {
    const router = createRouter();
    ipipModuleLoaded(router.net);
    const dev = tunnelAdd(router.net, 'tun0', { local: ip('10.2.0.1'), remote: ip('10.2.0.10'), ttl }) as Dev;
    devSetUp(router.net, dev, true);
    routeAdd(router.net, { dst: ip('172.16.0.0'), prefixLen: 16, nexthops: [{ dev: dev.ifindex }] });
    router.net.forget();
    return { router, dev };
  }

  /** The error comes back for the last packet that went into the tunnel. */
  function fail({ router }: { router: Router }, type: number, code: number): void {
    const outer = makeIpv4(ip('10.2.0.1'), ip('10.2.0.10'), 4, 104, 19, 0, true, 5);
    tunnelErr(router.net, router.eth1.ifindex, type, code, outer);
  }

  /** Types of what leaves when a packet of the client is to go into the tunnel: 4 is the packet itself. */
  function next({ router }: { router: Router }): number[] {
    router.receive(router.eth0, ping(CLIENT, VIP));
    return router.left().map((layers) => (ipOf(layers).proto === 4 ? 4 : ((layers[1] as { type?: number }).type ?? -1)));
  }

  it('are told one by one to who sends next, who is not stopped, for 30 s', () => {
    const lab = site(0);
    expect(next(lab)).toEqual([4]);
    fail(lab, 3, 0);
    fail(lab, 3, 3);
    expect([next(lab), next(lab), next(lab)]).toEqual([[3, 4], [3, 4], [4]]);
    fail(lab, 3, 1);
    lab.router.net.now = (lab.router.net.now + 30 * SECOND) as typeof lab.router.net.now;
    expect(next(lab)).toEqual([4]);
    expect(lab.dev.tunnelErrors).toBeNull();
  });

  it.each([
    ['fragmentation needed teaches the path MTU instead', 0, 3, 4, 0],
    ['a failed source route cannot be meant', 0, 3, 5, 0],
    ['an expired TTL counts where the tunnel sets it', 64, 11, 0, 1],
    ['and not where the inner packet does', 0, 11, 0, 0],
    ['a fragment that came too late does not count', 64, 11, 1, 0],
  ])('%s', (_title, ttl, type, code, count) => {
    const lab = site(ttl);
    fail(lab, type, code);
    expect(lab.dev.tunnelErrors?.count ?? 0).toBe(count);
  });

  it('mean nothing to tunl0, which has no far end of its own', () => {
    const router = withTunl0(true);
    fail({ router }, 3, 1);
    expect(devByName(router.net.host, 'tunl0')?.tunnelErrors).toBeNull();
  });
});
