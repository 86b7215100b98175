import { describe, expect, it } from 'vitest';
import { addrDel } from '../dev/addr.ts';
import { devSetUp } from '../dev/updown.ts';
import { eth, ip } from '../testing/host.test-kit.ts';
import { createFakeNet } from '../testing/fake-net.test-kit.ts';
import { routeAdd, routeDel, routeReplace, routesOf } from './config.ts';
import { ipRouteOutput, isRouteError } from './output.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN } from './state.ts';
import { routeText } from './table.ts';

function lab() {
  const net = createFakeNet();
  const eth0 = eth(net, 'eth0', '10.0.0.1/24');
  const eth1 = eth(net, 'eth1', '10.0.1.1/24');
  const texts = (table = RT_TABLE_MAIN): string[] => routesOf(net.host, table).map((route) => routeText(net.host, route));
  return { net, eth0, eth1, texts };
}

describe('routeAdd', () => {
  it('refuses a gateway that no connected route leads to', () => {
    const { net } = lab();
    expect(routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('172.16.0.1') }] })).toEqual({
      errno: 'ENETUNREACH',
      message: 'Nexthop has invalid gateway',
    });
  });

  it('refuses a gateway behind another gateway', () => {
    const { net } = lab();
    expect(routeAdd(net, { dst: ip('172.16.0.0'), prefixLen: 16, nexthops: [{ gateway: ip('10.0.0.9') }] })).toBeNull();
    expect(routeAdd(net, { dst: ip('172.17.0.0'), prefixLen: 16, nexthops: [{ gateway: ip('172.16.0.1') }] })?.message).toBe(
      'Nexthop has invalid gateway',
    );
  });

  it('refuses host bits, interfaces that are down, no interface at all, a wrong source', () => {
    const { net, eth1 } = lab();
    devSetUp(net, eth1, false);
    const add = (more: object) => routeAdd(net, { dst: ip('172.16.0.0'), prefixLen: 16, ...more });
    expect(routeAdd(net, { dst: ip('172.16.0.1'), prefixLen: 16, nexthops: [] })?.message).toBe('Invalid prefix for given prefix length');
    expect(add({ nexthops: [{ dev: eth1.ifindex }] })).toEqual({
      errno: 'ENETDOWN',
      message: 'Device for nexthop is not up',
    });
    expect(add({ nexthops: [{ dev: eth1.ifindex, gateway: ip('10.0.1.9') }] })?.message).toBe('Nexthop has invalid gateway');
    expect(add({})).toEqual({ errno: 'ENODEV', message: null });
    expect(add({ prefSrc: ip('10.9.9.9'), nexthops: [{ gateway: ip('10.0.0.9') }] })?.message).toBe('Invalid prefsrc address');
    expect(add({ type: 'blackhole', nexthops: [{ gateway: ip('10.0.0.9') }] })?.message).toBe(
      'Gateway, device and multipath can not be specified for this route type',
    );
  });

  it('says File exists for the same prefix, metric and TOS, whatever the gateway', () => {
    const { net, texts } = lab();
    const spec = { dst: ip('172.16.0.0'), prefixLen: 16, nexthops: [{ gateway: ip('10.0.0.9') }] };
    const other = { ...spec, nexthops: [{ gateway: ip('10.0.1.9') }] };
    expect(routeAdd(net, spec)).toBeNull();
    expect(routeAdd(net, other)).toEqual({ errno: 'EEXIST', message: null });
    expect(routeAdd(net, { ...other, metric: 5 })).toBeNull();
    expect(routeReplace(net, other)).toBeNull();
    expect(texts().filter((text) => text.startsWith('172'))).toEqual([
      '172.16.0.0/16 via 10.0.1.9 dev eth1',
      '172.16.0.0/16 via 10.0.1.9 dev eth1',
    ]);
    expect(routeAdd(net, spec, 'append')).toBeNull();
    expect(texts().at(-2)).toBe('172.16.0.0/16 via 10.0.0.9 dev eth0');
    expect(routeAdd(net, { ...spec, dst: ip('172.18.0.0') }, 'change')).toEqual({
      errno: 'ENOENT',
      message: null,
    });
  });
});

describe('routeDel', () => {
  it('deletes the first route that has all that is named', () => {
    const { net } = lab();
    routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.0.9') }] });
    expect(routeDel(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.0.8') }] })?.errno).toBe('ESRCH');
    expect(routeDel(net, { dst: ip('0.0.0.0'), prefixLen: 0 })).toBeNull();
    expect(routeDel(net, { dst: ip('0.0.0.0'), prefixLen: 0 })?.errno).toBe('ESRCH');
  });
});

describe('what routes rely on', () => {
  it('down loses connected and static routes, up brings back the connected one; local ones stay', () => {
    const { net, eth1, texts } = lab();
    routeAdd(net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.1.9') }] });
    devSetUp(net, eth1, false);
    expect(texts()).toEqual(['10.0.0.0/24 dev eth0']);
    expect(texts(RT_TABLE_LOCAL)).toContain('local 10.0.1.1 dev eth1');
    expect(texts(RT_TABLE_LOCAL)).not.toContain('broadcast 10.0.1.255 dev eth1');
    devSetUp(net, eth1, true);
    expect(texts()).toEqual(['10.0.0.0/24 dev eth0', '10.0.1.0/24 dev eth1']);
  });

  it('a multipath route lives while one of its interfaces does', () => {
    const { net, eth0, eth1, texts } = lab();
    routeAdd(net, {
      dst: ip('172.16.0.0'),
      prefixLen: 16,
      nexthops: [{ gateway: ip('10.0.0.9') }, { gateway: ip('10.0.1.9') }],
    });
    devSetUp(net, eth0, false);
    const dst = ipRouteOutput(net, { dst: ip('172.16.3.3') });
    expect(!isRouteError(dst) && dst.gateway).toBe(ip('10.0.1.9'));
    devSetUp(net, eth1, false);
    expect(texts()).toEqual([]);
  });

  it('a route with the source of a deleted address goes with it', () => {
    const { net, eth0, eth1, texts } = lab();
    routeAdd(net, {
      dst: ip('172.16.0.0'),
      prefixLen: 16,
      prefSrc: ip('10.0.1.1'),
      nexthops: [{ gateway: ip('10.0.0.9'), dev: eth0.ifindex }],
    });
    addrDel(net, eth1, { local: ip('10.0.1.1'), prefixLen: 24 });
    expect(texts()).toEqual(['10.0.0.0/24 dev eth0']);
  });
});
