import { describe, expect, it } from 'vitest';
import { formatMac, ipv4, makeArp, makeEth, makeIcmp, MAC_BROADCAST, MAC_ZERO, parseMac, type Layers, type Mac } from '../wire/index.ts';
import { endText, frameText, macText } from './frame-text.ts';

const a = parseMac('02:00:00:00:00:01') as Mac;
const b = parseMac('02:00:00:00:00:02') as Mac;
const ip = (proto: number, dst = ipv4(10, 0, 0, 2)) =>
  ({
    kind: 'ipv4',
    tos: 0,
    totalLen: 40,
    id: 1,
    df: true,
    mf: false,
    fragOffset: 0,
    ttl: 63,
    proto,
    src: ipv4(10, 0, 0, 1),
    dst,
  }) as const;

describe('frameText', () => {
  it.each([
    ['a question', makeArp(1, a, ipv4(10, 0, 0, 1), MAC_ZERO, ipv4(10, 0, 0, 2)), 'ARP who has 10.0.0.2? tell 10.0.0.1', 'ARP ?'],
    ['an answer', makeArp(2, a, ipv4(10, 0, 0, 1), b, ipv4(10, 0, 0, 2)), 'ARP 10.0.0.1 is at 02:00:00:00:00:01', 'ARP'],
    [
      'an announcement',
      makeArp(1, a, ipv4(10, 0, 0, 1), MAC_ZERO, ipv4(10, 0, 0, 1)),
      'ARP announce: 10.0.0.1 is at 02:00:00:00:00:01',
      'ARP !',
    ],
  ])('tells %s', (_name, arp, what, short) => {
    expect(frameText([makeEth(MAC_BROADCAST, a, 0x0806), arp])).toMatchObject({
      protocol: 'arp',
      what,
      short,
      srcMac: a,
    });
  });

  it('tells an echo with its number and the TTL', () => {
    const text = frameText([makeEth(b, a, 0x0800), ip(1), makeIcmp(8, 0, (7 << 16) | 3)]);
    expect(text).toMatchObject({
      protocol: 'icmp',
      what: 'ICMP echo request seq 3',
      ttls: [63],
      short: 'ping',
    });
  });

  it('shows both packets of a tunnel, the outer one first', () => {
    const layers: Layers = [makeEth(b, a, 0x0800), ip(4, ipv4(192, 168, 0, 9)), ip(1), makeIcmp(0, 0, 0)];
    const text = frameText(layers);
    expect(text.protocol).toBe('ipip');
    expect(text.pairs.map(({ to }) => endText(to))).toEqual(['192.168.0.9', '10.0.0.2']);
    expect(text.short).toBe('IPIP pong');
  });
});

describe('macText', () => {
  const names = new Map([[a, { node: 'rs1', dev: 'eth0' }]]);
  it.each([
    [a, 'rs1·eth0'],
    [b, formatMac(b)],
    [MAC_BROADCAST, 'everyone'],
    [parseMac('01:00:5e:00:00:12') as Mac, 'group'],
  ])('%d', (mac, text) => {
    expect(macText(mac, names)).toBe(text);
  });
});
