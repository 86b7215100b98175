import { describe, expect, it } from 'vitest';
import { createFakeNet } from '../testing/fake-net.test-kit.ts';
import { addr, eth } from '../testing/host.test-kit.ts';
import { hostSysctls } from '../sysctl/rows.ts';
import { sysctlWrite } from '../sysctl/access.ts';
import { acceptsRedirects, confAnd, confMax, confOr } from './conf.ts';

describe('all and interface', () => {
  it('combine as the larger, as either, as both, for every pair of values', () => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0');
    for (let all = 0; all <= 8; all++) {
      for (let own = 0; own <= 8; own++) {
        net.host.conf.all.arp_ignore = all;
        dev.conf.arp_ignore = own;
        expect(confMax(net.host, dev, 'arp_ignore')).toBe(Math.max(all, own));
        expect(confOr(net.host, dev, 'arp_ignore')).toBe(all > 0 || own > 0);
        expect(confAnd(net.host, dev, 'arp_ignore')).toBe(all > 0 && own > 0);
      }
    }
  });

  it.each([
    [0, 0, 0, false],
    [0, 0, 1, true],
    [0, 1, 0, true],
    [1, 0, 1, false],
    [1, 1, 0, false],
    [1, 1, 1, true],
  ])('forwarding %d, accept_redirects all %d own %d: %s', (forwarding, all, own, expected) => {
    const net = createFakeNet();
    const dev = eth(net, 'eth0');
    dev.conf.forwarding = forwarding;
    net.host.conf.all.accept_redirects = all;
    dev.conf.accept_redirects = own;
    expect(acceptsRedirects(net.host, dev)).toBe(expected);
  });

  it('a new default reaches interfaces that never had an address, and no others', () => {
    const net = createFakeNet();
    net.tables = { ...net.tables, sysctls: hostSysctls };
    const a = eth(net, 'eth0');
    const b = eth(net, 'eth1');
    addr(net, b, '10.0.0.1/24');
    const c = eth(net, 'eth2');
    sysctlWrite(net, 'net.ipv4.conf.eth2.rp_filter', '2');
    sysctlWrite(net, 'net.ipv4.conf.default.rp_filter', '1');
    expect([a.conf.rp_filter, b.conf.rp_filter, c.conf.rp_filter, eth(net, 'eth3').conf.rp_filter]).toEqual([1, 0, 2, 1]);
  });
});
