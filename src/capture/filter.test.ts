import { describe, expect, it } from 'vitest';
import {
  makeArp,
  makeEth,
  makeIcmp,
  makePayload,
  makeUdp,
  parseIpv4,
  parseMac,
  TCP_NO_OPTIONS,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
  type Mac,
} from '../wire/index.ts';
import { matchesFilter, parseFilter, type FilterExpr } from './filter.ts';

const addr = (text: string): Ipv4 => parseIpv4(text) as Ipv4;
const A = parseMac('02:00:00:00:00:01') as Mac;
const B = parseMac('02:00:00:00:00:02') as Mac;
const ALL = 0xffffffffffff as Mac;

function ip(src: string, dst: string, proto: number, totalLen: number, fragOffset = 0): Ipv4Hdr {
  return {
    kind: 'ipv4',
    tos: 0,
    totalLen,
    id: 1,
    df: true,
    mf: false,
    fragOffset,
    ttl: 64,
    proto,
    src: addr(src),
    dst: addr(dst),
  };
}

function tcp(flags: number): Layers {
  return [
    makeEth(B, A, 0x0800),
    ip('10.0.0.1', '172.18.20.128', 6, 40),
    { kind: 'tcp', sport: 40001, dport: 80, seq: 1, ack: 0, flags, window: 100, options: TCP_NO_OPTIONS },
  ];
}

const PACKETS = {
  syn: tcp(2),
  synack: tcp(0x12),
  ack: tcp(0x10),
  dns: [makeEth(B, A, 0x0800), ip('10.0.0.1', '10.0.0.53', 17, 33), makeUdp(5353, 53, 13), makePayload(new Uint8Array(5))],
  ping: [makeEth(A, B, 0x0800), ip('172.18.20.128', '10.0.0.1', 1, 84), makeIcmp(8, 0, 1), makePayload(new Uint8Array(56))],
  arp: [makeEth(ALL, A, 0x0806), makeArp(1, A, addr('10.0.0.1'), 0 as Mac, addr('10.0.0.254'))],
  vrrp: [makeEth(0x01005e000012 as Mac, B, 0x0800), ip('10.0.0.2', '224.0.0.18', 112, 40), makePayload(new Uint8Array(20))],
  later: [makeEth(B, A, 0x0800), ip('10.0.0.1', '10.0.0.2', 17, 100, 1480), makePayload(new Uint8Array(80))],
} satisfies Record<string, Layers>;

function chosen(text: string): string {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  const expr = structuredClone(parsed.expr) as FilterExpr;
  return Object.entries(PACKETS)
    .filter(([, layers]) => matchesFilter(expr, { layers }))
    .map(([name]) => name)
    .join(' ');
}

const EVERYTHING = Object.keys(PACKETS).join(' ');

describe('filters', () => {
  const CASES: readonly (readonly [text: string, packets: string])[] = [
    ['', EVERYTHING],
    ['arp', 'arp'],
    ['ip', 'syn synack ack dns ping vrrp later'],
    ['tcp', 'syn synack ack'],
    ['udp', 'dns later'],
    ['icmp', 'ping'],
    ['vrrp', 'vrrp'],
    ['ip proto 112', 'vrrp'],
    ['ip proto \\tcp', 'syn synack ack'],
    ['host 172.18.20.128', 'syn synack ack ping'],
    ['src 172.18.20.128', 'ping'],
    ['src host 10.0.0.1', 'syn synack ack dns arp later'],
    ['ip src host 10.0.0.1', 'syn synack ack dns later'],
    ['arp host 10.0.0.254', 'arp'],
    ['dst host 10.0.0.1 or 10.0.0.53', 'dns ping'],
    ['src and dst net 10.0.0', 'dns arp later'],
    ['net 172.18.20.0/24', 'syn synack ack ping'],
    ['net 172.18.20.0 mask 255.255.255.0', 'syn synack ack ping'],
    ['dst net 224', 'vrrp'],
    ['src net 172.18.20.0/24', 'ping'],
    ['ip6 or icmp6 or vlan 5 or esp', ''],
    ['port 80', 'syn synack ack'],
    ['port http', 'syn synack ack'],
    ['src port 80', ''],
    ['tcp dst port 80 or 443', 'syn synack ack'],
    ['udp port 80', ''],
    ['port 53 or port 80', 'syn synack ack dns'],
    ['portrange 50-100', 'syn synack ack dns'],
    ['not port 80', 'dns ping arp vrrp later'],
    ['not (tcp or udp)', 'ping arp vrrp'],
    ['! tcp && ! arp', 'dns ping vrrp later'],
    // and, or: from left to right, none stronger than the other
    ['arp or tcp and host 10.0.0.254', 'arp'],
    ['ether host 02:00:00:00:00:02', 'syn synack ack dns ping vrrp later'],
    ['ether src 02:00:00:00:00:02', 'ping vrrp'],
    ['broadcast', 'arp'],
    ['ether multicast', 'arp vrrp'],
    ['ip multicast', 'vrrp'],
    ['ether proto \\arp', 'arp'],
    ['tcp[tcpflags] & tcp-syn != 0', 'syn synack'],
    ['tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn', 'syn'],
    ['tcp[13] = 18', 'synack'],
    ['icmp[icmptype] = icmp-echo', 'ping'],
    ['ip[8] = 64 and ip[9:1] == 1', 'ping'],
    ['ether[12:2] = 0x0806', 'arp'],
    ['arp[6:2] = 1', 'arp'],
    ['ip[2:2] - 20 = 13', 'dns'],
    ['less 50', 'dns arp'],
    ['greater 90', 'ping later'],
    ['len > 90', 'ping later'],
    ['tcp[100] = 0', ''],
    // beyond the end of the packet the whole expression fails, as in BPF
    ['tcp[100] = 0 or arp', 'arp'],
    ['not tcp[100] = 0', 'dns ping arp vrrp later'],
  ];
  it.each(CASES)('"%s"', (text, packets) => {
    expect(chosen(text)).toBe(packets);
  });

  it('knows names only when told how to find them', () => {
    expect(parseFilter('host rs1')).toMatchObject({
      ok: false,
      error: { message: "unknown host 'rs1'", at: 5 },
    });
    expect(parseFilter('host rs1', () => addr('10.0.0.1'))).toMatchObject({ ok: true });
  });

  const WRONG: readonly (readonly [text: string, at: number, found: string, message: RegExp])[] = [
    ['tcp and', 7, '', /syntax error/],
    ['host', 4, '', /syntax error/],
    ['(tcp', 4, '', /syntax error/],
    ['tcp)', 3, ')', /syntax error/],
    ['port 99999', 5, '99999', /illegal port number 99999 > 65535/],
    ['port nosuch', 5, 'nosuch', /unknown port 'nosuch'/],
    ['icmp port 5', 10, '5', /illegal qualifier of 'port'/],
    ['net 10.0.0.1/24', 4, '10.0.0.1', /non-network bits set/],
    ['host 300.1.1.1', 5, '300.1.1.1', /invalid IPv4 address '300\.1\.1\.1'/],
    ['tpc', 0, 'tpc', /syntax error/],
    ['172.18.20.128', 0, '172.18.20.128', /syntax error/],
    ['tcp 80', 4, '80', /syntax error/],
    ['ip proto tcp', 9, 'tcp', /syntax error/],
    ['host 10.0.0.0/24', 13, '/', /Mask syntax for networks only/],
    ['net 10.0.0.1 mask 255.0.0.0', 4, '10.0.0.1', /non-network bits set in "10\.0\.0\.1 mask 255\.0\.0\.0"/],
    ['port 80-90', 5, '80', /unknown port '80-90'/],
    ['portrange x-y', 10, 'x-y', /unknown port in range 'x-y'/],
    ['tcp broadcast', 0, 'tcp', /only link-layer\/IP broadcast filters supported/],
    ['src or', 4, 'or', /syntax error/],
    ['tcp and udp', 0, '', /expression rejects all packets/],
    ['arp and port 80', 0, '', /expression rejects all packets/],
    ['ip and not ip', 0, '', /expression rejects all packets/],
    ['udp[0] = 1 and icmp', 0, '', /expression rejects all packets/],
    ['ip[0:3] = 1', 5, '3', /data size must be 1, 2, or 4/],
    ['tcp[0] = ', 9, '', /syntax error/],
    ['tcp @ udp', 4, '@', /syntax error/],
    ['ether host 10.0.0.1', 11, '10.0.0.1', /illegal link layer address/],
  ];
  it.each(WRONG)('says where "%s" is wrong', (text, at, found, message) => {
    const parsed = parseFilter(text);
    if (parsed.ok) throw new Error('taken');
    expect(parsed.error).toMatchObject({ at, found });
    expect(parsed.error.message).toMatch(message);
  });
});

describe('the edges of arithmetic', () => {
  const matches = (text: string): boolean => {
    const filter = parseFilter(text);
    if (!filter.ok) throw new Error(filter.error.message);
    return matchesFilter(filter.expr, { layers: PACKETS.syn, dir: 'out' });
  };

  it.each([
    ['ip[8] >= 64', true],
    ['ip[8] >= 65', false],
    ['ip[8] <= 64', true],
    ['ip[8] <= 63', false],
    ['ip[8] > 64', false],
    ['ip[8] < 64', false],
  ])('%s: %s', (text, expected) => expect(matches(text)).toBe(expected));

  it.each(['/', '%'])('a packet for which a %s by zero comes up is refused, whatever is asked', (op) => {
    expect(matches(`ip[8] ${op} (len - len) = 1`)).toBe(false);
    expect(matches(`not (ip[8] ${op} (len - len) = 1)`)).toBe(false);
  });
});
