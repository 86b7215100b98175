import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S, seconds } from '../../engine/index.ts';
import { ARP_REPLY, ARP_REQUEST, MAC_BROADCAST, formatIpv4, type Mac } from '../../wire/index.ts';
import { devReceive } from '../dev/receive.ts';
import { RT_SCOPE_HOST, RT_SCOPE_LINK, type Dev, type DevConfName } from '../dev/state.ts';
import { devSetLladdr, devSetUp } from '../dev/updown.ts';
import { routeAdd } from '../fib/config.ts';
import { neighProxyAdd } from '../neigh/admin.ts';
import { neighTimer, neighUpdate } from '../neigh/nud.ts';
import { neighObtain } from '../neigh/create.ts';
import { neighOutput } from '../neigh/output.ts';
import { neighLookup } from '../neigh/table.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { addr, arpFrame, eth, ip, mac, packet } from '../testing/host.test-kit.ts';
import { arpProxyTimer, arpRcv } from './rcv.ts';
import { arpSolicit } from './solicit.ts';

const CLIENT = mac(0xc0);
const OTHER = mac(0xd0);
const TIMERS = { neigh: neighTimer, 'neigh-proxy': arpProxyTimer };

/** A real server: 10.0.0.11/24 on eth0, 10.0.1.11/24 on eth1, the VIP 10.0.0.100/32 on lo. */
function lab(vipScope?: number) {
  const net = createFakeNet({ calls: { arpRcv, arpSolicit } });
  const eth0 = eth(net, 'eth0', '10.0.0.11/24');
  const eth1 = eth(net, 'eth1', '10.0.1.11/24');
  const lo = net.host.devs[1] as Dev;
  addr(net, lo, '10.0.0.100/32', vipScope);
  net.now = seconds(100);
  net.forget();
  return { net, eth0, eth1, lo };
}

function hear(net: FakeNet, dev: Dev, op: number, sha: Mac, spa: string, tpa: string, to: { dst?: Mac; tha?: Mac } = {}): void {
  devReceive(net, dev.ifindex, arpFrame(op, sha, spa, tpa, to));
}

function sentArp(net: FakeNet): string[] {
  return net.sent.map(({ layers: [eth, arp] }) => {
    if (eth?.kind !== 'eth' || arp?.kind !== 'arp') return 'no arp';
    const to = eth.dst === MAC_BROADCAST ? 'all' : eth.dst.toString(16);
    return `${arp.op === ARP_REQUEST ? 'who-has' : 'is-at'} ${formatIpv4(arp.op === ARP_REQUEST ? arp.tpa : arp.spa)} from ${formatIpv4(arp.spa)} to ${to}`;
  });
}

function answers(net: FakeNet, dev: Dev, spa: string, tpa: string): string {
  net.forget();
  hear(net, dev, ARP_REQUEST, CLIENT, spa, tpa);
  const decision = net.records.find((record) => record.stage === 'arp' && record.verdict !== 'state');
  expect(net.sent.length).toBe(/^arp\.(answered|probe-answered|proxy)/.test(decision?.reason ?? '') ? 1 : 0);
  return decision?.reason ?? '';
}

describe('arp_ignore', () => {
  // value | asked on eth0 by 10.0.0.9 for: eth0's own, eth1's, VIP on lo | by 10.0.9.9 for eth0's own
  it.each([
    [0, 'arp.answered', 'arp.answered-other-interface', 'arp.answered-other-interface', 'arp.answered'],
    [1, 'arp.answered', 'arp.ignored-not-on-interface', 'arp.ignored-not-on-interface', 'arp.answered'],
    [2, 'arp.answered', 'arp.ignored-not-on-interface', 'arp.ignored-not-on-interface', 'arp.ignored-other-subnet'],
    [3, 'arp.answered', 'arp.answered-other-interface', 'arp.answered-other-interface', 'arp.answered'],
    [4, 'arp.answered', 'arp.answered-other-interface', 'arp.answered-other-interface', 'arp.answered'],
    [7, 'arp.answered', 'arp.answered-other-interface', 'arp.answered-other-interface', 'arp.answered'],
    [8, 'arp.ignored-all', 'arp.ignored-all', 'arp.ignored-all', 'arp.ignored-all'],
    [9, 'arp.answered', 'arp.answered-other-interface', 'arp.answered-other-interface', 'arp.answered'],
  ])('%d', (value, own, other, vip, far) => {
    const { net, eth0 } = lab();
    eth0.conf.arp_ignore = value;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.11')).toBe(own);
    expect(answers(net, eth0, '10.0.0.9', '10.0.1.11')).toBe(other);
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.100')).toBe(vip);
    expect(answers(net, eth0, '10.0.9.9', '10.0.0.11')).toBe(far);
  });

  it('3 hides an address of host scope', () => {
    const { net, eth0 } = lab(RT_SCOPE_HOST);
    net.host.conf.all.arp_ignore = 3;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.100')).toBe('arp.ignored-host-scope');
  });

  it('on lo has no effect; the larger of all and the receiving interface counts', () => {
    const { net, eth0, lo } = lab();
    lo.conf.arp_ignore = 1;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.100')).toBe('arp.answered-other-interface');
    net.host.conf.all.arp_ignore = 1;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.100')).toBe('arp.ignored-not-on-interface');
    eth0.conf.arp_ignore = 3;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.100')).toBe('arp.answered-other-interface');
  });

  it('2 answers a probe from 0.0.0.0, and learns nothing from it', () => {
    const { net, eth0 } = lab();
    eth0.conf.arp_ignore = 2;
    expect(answers(net, eth0, '0.0.0.0', '10.0.0.11')).toBe('arp.probe-answered');
    expect(net.host.neigh.entries.size).toBe(0);
  });

  it('keeps a silent host from learning who asked', () => {
    const { net, eth0 } = lab();
    eth0.conf.arp_ignore = 1;
    answers(net, eth0, '10.0.0.9', '10.0.0.100');
    expect(neighLookup(net.host, eth0.ifindex, ip('10.0.0.9'))).toBeNull();
    answers(net, eth0, '10.0.0.9', '10.0.0.11');
    expect(neighLookup(net.host, eth0.ifindex, ip('10.0.0.9'))).toMatchObject({
      nud: 'STALE',
      lladdr: CLIENT,
    });
  });
});

describe('other refusals', () => {
  it.each<[DevConfName, number, string, string]>([
    ['arp_filter', 1, '10.0.1.9', 'arp.filtered'],
    ['rp_filter', 1, '10.0.1.9', 'arp.rp-filter'],
    ['rp_filter', 2, '10.0.1.9', 'arp.answered'],
    ['arp_filter', 0, '10.0.0.11', 'arp.sender-is-own-address'],
    ['accept_local', 1, '10.0.0.11', 'arp.answered'],
    ['arp_filter', 0, '255.255.255.255', 'arp.sender-invalid'],
  ])('%s=%d, asked by %s: %s', (name, value, spa, expected) => {
    const { net, eth0 } = lab();
    eth0.conf[name] = value;
    expect(answers(net, eth0, spa, '10.0.0.11')).toBe(expected);
  });

  it('somebody else is not answered for, and a gratuitous packet can be dropped altogether', () => {
    const { net, eth0 } = lab();
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.77')).toBe('arp.not-mine');
    expect(answers(net, eth0, '10.0.0.9', '224.0.0.1')).toBe('arp.bad-target');
    eth0.conf.drop_gratuitous_arp = 1;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.9')).toBe('arp.gratuitous-dropped');
  });

  it('frames for another MAC are dropped before', () => {
    const { net, eth0 } = lab();
    hear(net, eth0, ARP_REQUEST, CLIENT, '10.0.0.9', '10.0.0.11', { dst: OTHER });
    expect(net.reasons()).toEqual(['dev.other-host']);
  });
});

describe('learning', () => {
  function known(net: FakeNet, dev: Dev, at = 90) {
    const neigh = neighObtain(net, dev, ip('10.0.0.9'));
    if (neigh === null) throw new Error('full');
    neighUpdate(net, neigh, CLIENT, 'REACHABLE', {});
    neigh.updated = seconds(at);
    net.forget();
    return neigh;
  }

  it('the first reply wins within locktime; a gratuitous packet always counts', () => {
    const { net, eth0 } = lab();
    const neigh = known(net, eth0, 99.5);
    hear(net, eth0, ARP_REPLY, OTHER, '10.0.0.9', '10.0.0.11', { dst: eth0.lladdr, tha: eth0.lladdr });
    expect(neigh.lladdr).toBe(CLIENT);
    expect(net.reasons()).toContain('neigh.locked');
    hear(net, eth0, ARP_REQUEST, OTHER, '10.0.0.9', '10.0.0.9');
    expect(neigh).toMatchObject({ lladdr: OTHER, nud: 'STALE' });
    expect(net.reasons()).toContain('neigh.mac-changed');
  });

  it('after locktime any packet of the neighbour changes the entry', () => {
    const { net, eth0 } = lab();
    const neigh = known(net, eth0, 98);
    hear(net, eth0, ARP_REQUEST, OTHER, '10.0.0.9', '10.0.0.77');
    expect(neigh).toMatchObject({ lladdr: OTHER, nud: 'STALE' });
    expect(net.reasons()).toContain('arp.request-overheard');
  });

  it('a gratuitous reply must name the same MAC twice', () => {
    const { net, eth0 } = lab();
    const neigh = known(net, eth0, 99.5);
    hear(net, eth0, ARP_REPLY, OTHER, '10.0.0.9', '10.0.0.9', { tha: 0 as Mac });
    expect(neigh.lladdr).toBe(CLIENT);
    hear(net, eth0, ARP_REPLY, OTHER, '10.0.0.9', '10.0.0.9', { tha: OTHER });
    expect(neigh.lladdr).toBe(OTHER);
  });

  it.each([
    [0, '10.0.0.9', false],
    [1, '10.0.0.9', true],
    [1, '10.7.0.9', true],
    [2, '10.0.0.9', true],
    [2, '10.7.0.9', false],
  ])('arp_accept=%d, announcement of %s: entry made %s', (value, spa, made) => {
    const { net, eth0 } = lab();
    eth0.conf.arp_accept = value;
    hear(net, eth0, ARP_REQUEST, OTHER, spa, spa);
    expect(neighLookup(net.host, eth0.ifindex, ip(spa)) !== null).toBe(made);
  });
});

describe('arp_announce', () => {
  /** The sender that eth0 gives when a packet from src waits for target. */
  function asks(value: number, src: string, target: string): string[] {
    const { net, eth0 } = lab();
    net.host.conf.all.arp_announce = value;
    neighOutput(net, packet(src, target), eth0, ip(target));
    return [...sentArp(net), net.reasons().find((reason) => reason.startsWith('arp.')) ?? ''];
  }

  it.each([
    [0, '10.0.0.100', '10.0.0.254', '10.0.0.100', 'arp.asked-foreign-source'],
    [1, '10.0.0.100', '10.0.0.254', '10.0.0.100', 'arp.asked-foreign-source-subnet'],
    [2, '10.0.0.100', '10.0.0.254', '10.0.0.11', 'arp.asked-announce-2'],
    [3, '10.0.0.100', '10.0.0.254', '10.0.0.100', 'arp.asked-foreign-source'],
    [0, '10.0.1.11', '10.0.0.254', '10.0.1.11', 'arp.asked-foreign-source'],
    [1, '10.0.1.11', '10.0.0.254', '10.0.0.11', 'arp.asked-announce-1'],
    [0, '10.0.0.11', '10.0.0.254', '10.0.0.11', 'arp.asked'],
    [2, '10.0.0.11', '10.0.0.254', '10.0.0.11', 'arp.asked'],
    [0, '9.9.9.9', '10.0.0.254', '10.0.0.11', 'arp.asked-for-forwarding'],
  ])('%d, packet from %s to %s: sender %s (%s)', (value, src, target, sender, reason) => {
    expect(asks(value, src, target)).toEqual([`who-has ${target} from ${sender} to all`, reason]);
  });

  it('an interface without an address takes one of another, lo first, none of scope link', () => {
    const net = createFakeNet({ calls: { arpSolicit } });
    const eth0 = eth(net, 'eth0');
    const eth1 = eth(net, 'eth1');
    addr(net, eth1, '10.0.1.11/24', RT_SCOPE_LINK);
    addr(net, eth1, '10.0.2.11/24');
    neighOutput(net, packet('9.9.9.9', '10.0.0.254'), eth0, ip('10.0.0.254'));
    expect(sentArp(net)).toEqual(['who-has 10.0.0.254 from 10.0.2.11 to all']);
  });
});

describe('proxy ARP', () => {
  function router() {
    const all = lab();
    for (const dev of [all.eth0, all.eth1]) dev.conf.forwarding = 1;
    routeAdd(all.net, { dst: ip('0.0.0.0'), prefixLen: 0, nexthops: [{ gateway: ip('10.0.1.254') }] });
    all.net.forget();
    return all;
  }

  it('answers after a random delay for hosts behind another interface', () => {
    const { net, eth0 } = router();
    eth0.conf.proxy_arp = 1;
    hear(net, eth0, ARP_REQUEST, CLIENT, '10.0.0.9', '10.0.1.9');
    expect(net.reasons()).toContain('arp.proxy-delayed');
    expect(sentArp(net)).toEqual([]);
    net.pass(0.9 * NS_PER_S, TIMERS);
    expect(sentArp(net)).toEqual(['is-at 10.0.1.9 from 10.0.1.9 to 200000000c0']);
    expect(net.now).toBeLessThan(seconds(101));
  });

  it.each<[string, Partial<Record<DevConfName, number>>, Partial<Record<DevConfName, number>>, boolean]>([
    ['without the setting', {}, {}, false],
    ['with it', { proxy_arp: 1 }, {}, true],
    ['without forwarding', { proxy_arp: 1, forwarding: 0 }, {}, false],
    ['with medium_id -1', { proxy_arp: 1, medium_id: -1 }, {}, false],
    ['with the same medium on both sides', { proxy_arp: 1, medium_id: 5 }, { medium_id: 5 }, false],
    ['with different media', { proxy_arp: 1, medium_id: 5 }, { medium_id: 6 }, true],
  ])('%s', (_name, own, other, answered) => {
    const { net, eth0, eth1 } = router();
    eth0.neighParms.proxy_delay = 0;
    Object.assign(eth0.conf, own);
    Object.assign(eth1.conf, other);
    hear(net, eth0, ARP_REQUEST, CLIENT, '10.0.0.9', '10.0.1.9');
    expect(net.sent).toHaveLength(answered ? 1 : 0);
  });

  it('proxy_arp_pvlan answers for hosts on the same wire, but not for the asker itself', () => {
    const { net, eth0 } = router();
    eth0.neighParms.proxy_delay = 0;
    eth0.conf.proxy_arp_pvlan = 1;
    expect(answers(net, eth0, '10.0.0.9', '10.0.0.8')).toBe('arp.proxy-pvlan');
    net.forget();
    hear(net, eth0, ARP_REQUEST, CLIENT, '10.0.0.9', '10.0.0.9');
    expect(net.sent).toEqual([]);
  });

  it('a proxy entry answers for one address', () => {
    const { net, eth0 } = router();
    eth0.neighParms.proxy_delay = 0;
    neighProxyAdd(net, eth0.ifindex, ip('10.0.1.9'));
    expect(answers(net, eth0, '10.0.0.9', '10.0.1.9')).toBe('arp.proxy-entry');
    expect(answers(net, eth0, '10.0.0.8', '10.0.1.8')).toBe('arp.not-mine');
  });
});

describe('announcements of the kernel', () => {
  it('arp_notify tells of every address when the MAC changes; at link up it is too early', () => {
    const { net, eth0 } = lab();
    devSetLladdr(net, eth0, mac(0x77));
    expect(sentArp(net)).toEqual([]);
    eth0.conf.arp_notify = 1;
    addr(net, eth0, '10.0.0.12/24');
    devSetUp(net, eth0, false);
    devSetUp(net, eth0, true);
    expect(sentArp(net)).toEqual([]);
    expect(net.reasons().filter((reason) => reason === 'arp.notify-too-early')).toHaveLength(2);
    devSetLladdr(net, eth0, mac(0x78));
    expect(sentArp(net)).toEqual(['who-has 10.0.0.11 from 10.0.0.11 to all', 'who-has 10.0.0.12 from 10.0.0.12 to all']);
    expect(net.sent[0]?.layers[1]).toMatchObject({ kind: 'arp', sha: mac(0x78), tha: 0 });
  });

  it('nothing waits longer than it has to', () => {
    const { net, eth0 } = lab();
    neighOutput(net, packet('10.0.0.11', '10.0.0.9'), eth0, ip('10.0.0.9'));
    net.pass(10 * NS_PER_MS, TIMERS);
    hear(net, eth0, ARP_REPLY, CLIENT, '10.0.0.9', '10.0.0.11', { dst: eth0.lladdr, tha: eth0.lladdr });
    expect(net.sent.map(({ layers }) => layers[1]?.kind)).toEqual(['arp', 'ipv4']);
  });
});
