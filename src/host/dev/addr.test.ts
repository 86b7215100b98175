import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../wire/index.ts';
import { routeDel, routesOf } from '../fib/config.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN } from '../fib/state.ts';
import { routeText } from '../fib/table.ts';
import { neighUpdate } from '../neigh/nud.ts';
import { neighObtain } from '../neigh/create.ts';
import { createFakeNet } from '../testing/fake-net.test-kit.ts';
import { addr, eth, ip, mac } from '../testing/host.test-kit.ts';
import { addrAdd, addrDel, addrFlush } from './addr.ts';
import { devAdd, devDel } from './create.ts';
import { selectSource } from './select-source.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_UNIVERSE } from './state.ts';
import { devRename, devSetCarrier, devSetUp } from './updown.ts';

function lab(...addrs: string[]) {
  const net = createFakeNet();
  const dev = eth(net, 'eth0', ...addrs);
  const routes = (table: number): string[] =>
    routesOf(net.host, table)
      .filter((route) => route.nexthops[0]?.dev === dev.ifindex)
      .map((route) => `${routeText(net.host, route)} src ${route.prefSrc === null ? '-' : formatIpv4(route.prefSrc)}`);
  const list = (): string[] => dev.addrs.map((ifa) => formatIpv4(ifa.local) + (ifa.secondary ? ' secondary' : ''));
  return { net, dev, routes, list };
}

describe('addrAdd', () => {
  it('puts a primary behind those of the same or a wider-reaching scope value, a secondary at the end', () => {
    const { net, dev, list } = lab('10.1.0.11/24', '10.1.0.12/24', '10.2.0.12/24');
    addr(net, dev, '10.3.0.1/24', RT_SCOPE_LINK);
    expect(list()).toEqual(['10.3.0.1', '10.1.0.11', '10.2.0.12', '10.1.0.12 secondary']);
  });

  it('makes the routes of the address; a secondary has only its own', () => {
    const { routes } = lab('10.1.0.11/24', '10.1.0.12/24', '10.5.0.1/31', '10.6.0.1/32');
    expect(routes(RT_TABLE_MAIN)).toEqual(['10.1.0.0/24 dev eth0 src 10.1.0.11', '10.5.0.0/31 dev eth0 src 10.5.0.1']);
    expect(routes(RT_TABLE_LOCAL)).toEqual([
      'local 10.1.0.11 dev eth0 src 10.1.0.11',
      'local 10.1.0.12 dev eth0 src 10.1.0.11',
      'broadcast 10.1.0.255 dev eth0 src 10.1.0.11',
      'local 10.5.0.1 dev eth0 src 10.5.0.1',
      'local 10.6.0.1 dev eth0 src 10.6.0.1',
    ]);
  });

  it('makes no route of a secondary whose primary has lost its local route, the source that it would prefer', () => {
    const { net, dev, routes } = lab('10.1.0.11/24');
    routeDel(net, { dst: ip('10.1.0.11'), prefixLen: 32, type: 'local', table: RT_TABLE_LOCAL });
    addr(net, dev, '10.1.0.12/24');
    expect(routes(RT_TABLE_LOCAL)).toEqual(['broadcast 10.1.0.255 dev eth0 src 10.1.0.11']);
  });

  it('refuses the same address twice, and another scope in the same subnet', () => {
    const { net, dev } = lab('10.1.0.11/24');
    expect(addrAdd(net, dev, { local: ip('10.1.0.11'), prefixLen: 24 })).toBe('EEXIST');
    expect(addrAdd(net, dev, { local: ip('10.1.0.12'), prefixLen: 24, scope: RT_SCOPE_LINK })).toBe('EINVAL');
    expect(addrAdd(net, dev, { local: ip('10.1.0.11'), prefixLen: 32 })).toBeNull();
  });

  it('a whole subnet on lo is local', () => {
    const net = createFakeNet();
    const lo = net.host.devs[1];
    if (lo === null || lo === undefined) throw new Error('no lo');
    addr(net, lo, '10.9.0.1/24');
    expect(routesOf(net.host, RT_TABLE_LOCAL).map((route) => routeText(net.host, route))).toContain('local 10.9.0.0/24 dev lo');
  });
});

describe('addrDel', () => {
  it('takes the secondaries along, and all routes', () => {
    const { net, dev, routes, list } = lab('10.1.0.11/24', '10.1.0.12/24', '10.2.0.1/24');
    expect(addrDel(net, dev, { local: ip('10.1.0.11'), prefixLen: 24 })).toBeNull();
    expect(list()).toEqual(['10.2.0.1']);
    expect(routes(RT_TABLE_MAIN)).toEqual(['10.2.0.0/24 dev eth0 src 10.2.0.1']);
    expect(routes(RT_TABLE_LOCAL)).toEqual(['local 10.2.0.1 dev eth0 src 10.2.0.1', 'broadcast 10.2.0.255 dev eth0 src 10.2.0.1']);
    expect(addrDel(net, dev, { local: ip('10.1.0.11'), prefixLen: null })).toBe('EADDRNOTAVAIL');
  });

  it('promote_secondaries makes the first secondary the primary', () => {
    const { net, dev, routes, list } = lab('10.1.0.11/24', '10.1.0.12/24', '10.1.0.13/24');
    dev.conf.promote_secondaries = 1;
    addrDel(net, dev, { local: ip('10.1.0.11'), prefixLen: 24 });
    expect(list()).toEqual(['10.1.0.12', '10.1.0.13 secondary']);
    expect(routes(RT_TABLE_MAIN)).toEqual(['10.1.0.0/24 dev eth0 src 10.1.0.12']);
    expect(routes(RT_TABLE_LOCAL)).toEqual([
      'local 10.1.0.12 dev eth0 src 10.1.0.12',
      'local 10.1.0.13 dev eth0 src 10.1.0.12',
      'broadcast 10.1.0.255 dev eth0 src 10.1.0.12',
    ]);
  });

  it('flush leaves nothing, and with the last address the neighbours go', () => {
    const { net, dev, routes } = lab('10.1.0.11/24', '10.1.0.12/24');
    const neigh = neighObtain(net, dev, ip('10.1.0.9'));
    if (neigh !== null) neighUpdate(net, neigh, mac(9), 'REACHABLE', {});
    addrFlush(net, dev, () => true);
    expect([routes(RT_TABLE_MAIN), routes(RT_TABLE_LOCAL), net.host.neigh.entries.size]).toEqual([[], [], 0]);
  });
});

describe('selectSource', () => {
  it('prefers the subnet of the target, passes over secondaries and narrower scopes', () => {
    const { net, dev } = lab('10.1.0.11/24', '10.1.0.12/24', '10.2.0.11/24');
    addr(net, dev, '10.3.0.11/24', RT_SCOPE_HOST);
    const from = (text: string, scope = RT_SCOPE_UNIVERSE): string => formatIpv4(selectSource(net.host, dev, ip(text), scope));
    expect([from('10.2.0.9'), from('10.1.0.9'), from('8.8.8.8'), from('10.3.0.9'), from('10.3.0.9', RT_SCOPE_HOST)]).toEqual([
      '10.2.0.11',
      '10.1.0.11',
      '10.1.0.11',
      '10.1.0.11',
      '10.3.0.11',
    ]);
  });
});

describe('interfaces', () => {
  it('down forgets permanent neighbours too; a pulled cable spares them', () => {
    const { net, dev } = lab('10.1.0.11/24');
    const learn = (text: string, nud: 'REACHABLE' | 'PERMANENT'): void => {
      const neigh = neighObtain(net, dev, ip(text));
      if (neigh !== null) neighUpdate(net, neigh, mac(9), nud, { admin: true });
    };
    learn('10.1.0.8', 'PERMANENT');
    learn('10.1.0.9', 'REACHABLE');
    devSetCarrier(net, dev, false);
    expect([...net.host.neigh.entries.values()].map((neigh) => neigh.nud)).toEqual(['PERMANENT']);
    devSetUp(net, dev, false);
    expect(net.host.neigh.entries.size).toBe(0);
  });

  it('are renamed only while down, and the labels follow', () => {
    const { net, dev } = lab('10.1.0.11/24');
    addrAdd(net, dev, { local: ip('10.1.0.12'), prefixLen: 24, label: 'eth0:1' });
    expect(devRename(net, dev, 'lan')).toBe('EBUSY');
    devSetUp(net, dev, false);
    expect(devRename(net, dev, 'lo')).toBe('EEXIST');
    expect(devRename(net, dev, 'lan')).toBeNull();
    expect(dev.addrs.map((ifa) => ifa.label)).toEqual(['lan', 'lan:1']);
  });

  it('a deleted one leaves its number unused', () => {
    const { net } = lab();
    const dummy = devAdd(net, { name: 'dummy0', kind: 'dummy' });
    addr(net, dummy, '10.7.0.1/32');
    expect(devDel(net, dummy)).toBeNull();
    expect(net.host.devs[dummy.ifindex]).toBeNull();
    expect(routesOf(net.host, RT_TABLE_LOCAL).some((route) => route.dst === ip('10.7.0.1'))).toBe(false);
    expect(devAdd(net, { name: 'dummy0', kind: 'dummy' }).ifindex).toBe(dummy.ifindex + 1);
  });
});
