import { describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../wire/index.ts';
import { addrDel, addrSetLifetime, addrSetMetric } from '../dev/addr.ts';
import { devSetNoarp, devSetUp } from '../dev/updown.ts';
import { plainRule, ruleAdd, ruleDel } from '../fib/rules.ts';
import { routeText } from '../fib/table.ts';
import { neighObtain } from '../neigh/create.ts';
import { neighEventSend, neighRemove, neighUpdate } from '../neigh/nud.ts';
import { createFakeNet, type FakeNet } from '../testing/fake-net.test-kit.ts';
import { eth, ip, mac, packet } from '../testing/host.test-kit.ts';
import { netlinkClose, rtEventRecv, rtListen, rtTell, type RtEvent } from './netlink.ts';
import { sockOf } from './table.ts';
import type { NetlinkSock } from './state.ts';

function textOf(net: FakeNet, event: RtEvent): string {
  const gone = event.gone ? '-' : '';
  switch (event.kind) {
    case 'link':
      return `${gone}link ${event.dev.name}${event.dev.up ? ' up' : ''}${event.dev.noarp ? ' noarp' : ''}`;
    case 'addr':
      return `${gone}addr ${formatIpv4(event.ifa.local)}${event.ifa.secondary ? ' secondary' : ''}`;
    case 'route':
      return `${gone}route ${routeText(net.host, event.route)}${event.route.metric === 0 ? '' : ` metric ${event.route.metric}`}`;
    case 'neigh':
      return `${gone}neigh ${formatIpv4(event.neigh.addr)} ${event.neigh.nud}`;
    default:
      return `${gone}rule ${event.rule.pref}`;
  }
}

function lab(...addrs: string[]) {
  const net = createFakeNet({ calls: { rtTell } });
  const dev = eth(net, 'eth0', ...addrs);
  const id = rtListen(net, 1);
  const told = (): string[] => {
    const texts: string[] = [];
    for (let event = rtEventRecv(net, id); event !== null; event = rtEventRecv(net, id)) texts.push(textOf(net, event));
    return texts;
  };
  return { net, dev, id, told };
}

describe('a listener to every change', () => {
  it('hears of an address before its routes, and of the one that takes a primary address over', () => {
    const { net, dev, told } = lab('10.9.0.1/24', '10.9.0.2/24');
    net.host.conf.all.promote_secondaries = 1;
    addrDel(net, dev, { local: ip('10.9.0.1'), prefixLen: 24 });
    expect(told()).toEqual([
      '-route local 10.9.0.2 dev eth0',
      '-addr 10.9.0.1',
      '-route 10.9.0.0/24 dev eth0',
      '-route broadcast 10.9.0.255 dev eth0',
      '-route local 10.9.0.1 dev eth0',
      'addr 10.9.0.2',
      'route local 10.9.0.2 dev eth0',
      'route 10.9.0.0/24 dev eth0',
      'route broadcast 10.9.0.255 dev eth0',
    ]);
  });

  it('hears of the subnet route that an address gets anew with its metric, then of the address', () => {
    const { net, dev, told } = lab('10.9.0.1/24');
    const [ifa] = dev.addrs;
    if (ifa === undefined) throw new Error('no address');
    addrSetMetric(net, dev, ifa, 50);
    addrSetLifetime(net, dev, ifa, null, null);
    expect(told()).toEqual(['route 10.9.0.0/24 dev eth0 metric 50', '-route 10.9.0.0/24 dev eth0', 'addr 10.9.0.1']);
  });

  it('hears that an interface does without ARP before it hears that the neighbours are gone', () => {
    const { net, dev, told } = lab('10.9.0.1/24');
    const neigh = neighObtain(net, dev, ip('10.9.0.2'));
    if (neigh === null) throw new Error('no neighbour');
    neighUpdate(net, neigh, mac(2), 'REACHABLE', {});
    told();
    devSetNoarp(net, dev, true);
    expect(told()).toEqual(['link eth0 up noarp', '-neigh 10.9.0.2 REACHABLE']);
  });

  it('hears of routes that come with an interface, and of none that go with it', () => {
    const { net, dev, told } = lab('10.9.0.1/24');
    devSetUp(net, dev, false);
    expect(told()).toEqual(['link eth0']);
    devSetUp(net, dev, true);
    expect(told()).toEqual(['link eth0 up', 'route 10.9.0.0/24 dev eth0', 'route broadcast 10.9.0.255 dev eth0', 'link eth0 up']);
  });

  it('hears nothing of a neighbour that is asked for, or cannot be; what is learnt is told when those that waited have left', () => {
    const { net, dev, told } = lab('10.9.0.1/24');
    const neigh = neighObtain(net, dev, ip('10.9.0.2'));
    if (neigh === null) throw new Error('no neighbour');
    const mcast = dev.neighParms.mcast_solicit;
    dev.neighParms.mcast_solicit = 0;
    neighEventSend(net, neigh, null);
    expect(neigh.nud).toBe('FAILED');
    dev.neighParms.mcast_solicit = mcast;
    neighEventSend(net, neigh, packet('10.9.0.1', '10.9.0.2'));
    expect(neigh.nud).toBe('INCOMPLETE');
    expect(told()).toEqual([]);
    neighUpdate(net, neigh, mac(2), 'STALE', {});
    neighUpdate(net, neigh, null, 'FAILED', { admin: true });
    neighUpdate(net, neigh, null, 'FAILED', { admin: true });
    neighRemove(net, neigh, 'neigh.deleted');
    expect(told()).toEqual(['neigh 10.9.0.2 DELAY', 'neigh 10.9.0.2 FAILED', '-neigh 10.9.0.2 FAILED']);
  });

  it('hears of rules, as they were, until it closes', () => {
    const { net, id, told } = lab();
    const rule = plainRule(77, 100);
    ruleAdd(net, rule);
    ruleDel(net, { pref: 77 });
    expect(told()).toEqual(['rule 77', '-rule 77']);
    netlinkClose(net, sockOf(net.host.sockets, id) as NetlinkSock);
    ruleAdd(net, rule);
    expect(rtEventRecv(net, id)).toBeNull();
    expect(net.host.sockets.rtListeners).toEqual([]);
  });
});
