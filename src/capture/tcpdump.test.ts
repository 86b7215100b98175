import { describe, expect, it } from 'vitest';
import type { Nanos } from '../engine/index.ts';
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
  type Layer,
  type Layers,
  type Mac,
  type TcpHdr,
  type TcpOptions,
} from '../wire/index.ts';
import { createTcpdumpState, TCPDUMP_DEFAULTS, tcpdumpText, type TcpdumpOptions } from './tcpdump.ts';

// Expected lines are those of tcpdump 4.99.3 about the same packets.

const mac = (text: string): Mac => parseMac(text) as Mac;
const addr = (text: string): Ipv4 => parseIpv4(text) as Ipv4;
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const A = mac('02:00:00:00:00:01');
const B = mac('02:00:00:00:00:05');
const ALL = 0xffffffffffff as Mac;

function ip(src: string, dst: string, proto: number, totalLen: number, more: Partial<Ipv4Hdr> = {}): Ipv4Hdr {
  return {
    kind: 'ipv4',
    tos: 0,
    totalLen,
    id: 1,
    df: true,
    mf: false,
    fragOffset: 0,
    ttl: 64,
    proto,
    src: addr(src),
    dst: addr(dst),
    ...more,
  };
}

const STAMPS = { val: 1000, ecr: 0 };

function tcp(
  sport: number,
  dport: number,
  flags: number,
  seq: number,
  ack: number,
  window: number,
  options: Partial<TcpOptions> = {},
): TcpHdr {
  return { kind: 'tcp', sport, dport, seq, ack, flags, window, options: { ...TCP_NO_OPTIONS, ...options } };
}

function arp(op: number, sha: Mac, spa: string, tha: Mac, tpa: string): Layers {
  return [makeEth(op === 1 ? ALL : A, sha, 0x0806), makeArp(op, sha, addr(spa), tha, addr(tpa))];
}

function print(packets: readonly Layers[], options: Partial<TcpdumpOptions> = {}): string[] {
  const state = createTcpdumpState();
  return packets.map((layers) => tcpdumpText(state, { ...TCPDUMP_DEFAULTS, time: 'none', ...options }, { at: 0 as Nanos, layers }));
}

const SYN = ip('10.1.0.11', '10.1.0.100', 6, 60);
const SYN_TCP = tcp(40000, 80, 0x02, 1000, 0, 64240, {
  mss: 1460,
  sackPermitted: true,
  timestamps: STAMPS,
  windowScale: 7,
});
const GET = 'GET / HTTP/1.1\r\nHost: 10.1.0.100\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n';

describe('tcpdump', () => {
  it('tells of ARP', () => {
    const packets = [
      arp(1, A, '10.1.0.11', 0 as Mac, '10.1.0.31'),
      arp(2, B, '10.1.0.31', A, '10.1.0.11'),
      arp(1, A, '10.1.0.100', ALL, '10.1.0.100'),
      arp(1, A, '0.0.0.0', 0 as Mac, '10.1.0.31'),
    ];
    expect(print(packets, { ether: true })).toEqual([
      '02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.1.0.31 tell 10.1.0.11, length 28',
      '02:00:00:00:00:05 > 02:00:00:00:00:01, ethertype ARP (0x0806), length 42: Reply 10.1.0.31 is-at 02:00:00:00:00:05, length 28',
      '02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.1.0.100 (ff:ff:ff:ff:ff:ff) tell 10.1.0.100, length 28',
      '02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.1.0.31 tell 0.0.0.0, length 28',
    ]);
    expect(print([packets[0] as Layers])).toEqual(['ARP, Request who-has 10.1.0.31 tell 10.1.0.11, length 28']);
  });

  it('tells of a TCP connection, with numbers relative after each first one', () => {
    const out = ip('10.1.0.11', '10.1.0.100', 6, 52);
    const back = ip('10.1.0.100', '10.1.0.11', 6, 60);
    const stamps = { timestamps: { val: 1001, ecr: 2000 } };
    const lines = print([
      [SYN, SYN_TCP],
      [
        back,
        tcp(80, 40000, 0x12, 5000, 1001, 65160, {
          mss: 1460,
          sackPermitted: true,
          timestamps: { val: 2000, ecr: 1000 },
          windowScale: 7,
        }),
      ],
      [out, tcp(40000, 80, 0x10, 1001, 5001, 502, stamps)],
      [out, tcp(40000, 80, 0x18, 1001, 5001, 502, stamps), makePayload(bytes(GET))],
      [back, tcp(80, 40000, 0x11, 5005, 1077, 509)],
      [back, tcp(80, 40000, 0x04, 5001, 0, 0)],
    ]);
    expect(lines).toEqual([
      'IP 10.1.0.11.40000 > 10.1.0.100.80: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7], length 0',
      'IP 10.1.0.100.80 > 10.1.0.11.40000: Flags [S.], seq 5000, ack 1001, win 65160, options [mss 1460,sackOK,TS val 2000 ecr 1000,nop,wscale 7], length 0',
      'IP 10.1.0.11.40000 > 10.1.0.100.80: Flags [.], ack 1, win 502, options [nop,nop,TS val 1001 ecr 2000], length 0',
      `IP 10.1.0.11.40000 > 10.1.0.100.80: Flags [P.], seq 1:${1 + GET.length}, ack 1, win 502, options [nop,nop,TS val 1001 ecr 2000], length ${GET.length}: HTTP: GET / HTTP/1.1`,
      'IP 10.1.0.100.80 > 10.1.0.11.40000: Flags [F.], seq 5, ack 77, win 509, length 0',
      'IP 10.1.0.100.80 > 10.1.0.11.40000: Flags [R], seq 5001, win 0, length 0',
    ]);
  });

  it('leaves the numbers of a lone reset as they are', () => {
    expect(print([[ip('10.1.0.100', '10.1.0.11', 6, 40), tcp(81, 40003, 0x14, 0, 2403241450, 0)]])).toEqual([
      'IP 10.1.0.100.81 > 10.1.0.11.40003: Flags [R.], seq 0, ack 2403241450, win 0, length 0',
    ]);
  });

  it('tells of ICMP echoes', () => {
    const echo = [ip('10.1.0.1', '10.1.0.11', 1, 84), makeIcmp(8, 0, (7 << 16) | 1), makePayload(new Uint8Array(56))];
    expect(print([echo, [ip('10.1.0.1', '10.1.0.11', 1, 84), makeIcmp(0, 0, (7 << 16) | 1), makePayload(new Uint8Array(56))]])).toEqual([
      'IP 10.1.0.1 > 10.1.0.11: ICMP echo request, id 7, seq 1, length 64',
      'IP 10.1.0.1 > 10.1.0.11: ICMP echo reply, id 7, seq 1, length 64',
    ]);
  });

  const quoted = [ip('10.1.0.11', '203.0.113.5', 1, 84), makeIcmp(8, 0, 1), makePayload(new Uint8Array(56))];
  const quotedUdp = [ip('10.1.0.11', '10.1.0.31', 17, 33), makeUdp(40000, 53, 13), makePayload(new Uint8Array(5))];
  const quotedTcp = [ip('10.1.0.11', '10.1.0.100', 6, 60), SYN_TCP];
  const tunnelled = [ip('10.1.0.21', '10.1.0.31', 4, 80), SYN, SYN_TCP];
  const ERRORS: readonly (readonly [number, number, number, readonly Layer[], string])[] = [
    [3, 0, 0, quoted, 'net 203.0.113.5 unreachable, length 92'],
    [3, 1, 0, quoted, 'host 203.0.113.5 unreachable, length 92'],
    [3, 3, 0, quotedUdp, '10.1.0.31 udp port 53 unreachable, length 41'],
    [3, 3, 0, quotedTcp, '10.1.0.100 tcp port 80 unreachable, length 68'],
    [3, 2, 0, quotedTcp, '10.1.0.100 protocol 6 unreachable, length 68'],
    [3, 3, 0, tunnelled, '10.1.0.31 protocol 4 port 60 unreachable, length 88'],
    [3, 4, 1480, quotedTcp, '10.1.0.100 unreachable - need to frag (mtu 1480), length 68'],
    [3, 13, 0, quoted, 'host 203.0.113.5 unreachable - admin prohibited filter, length 92'],
    [11, 0, 0, quoted, 'time exceeded in-transit, length 92'],
    [5, 1, 0x0a010062, quoted, 'redirect 203.0.113.5 to host 10.1.0.98, length 92'],
  ];
  it.each(ERRORS)('tells of ICMP errors (%i/%i)', (type, code, rest, about, text) => {
    expect(print([[ip('10.1.0.1', '10.1.0.11', 1, 0), makeIcmp(type, code, rest), ...about]])).toEqual([
      `IP 10.1.0.1 > 10.1.0.11: ICMP ${text}`,
    ]);
  });

  it('tells of IP in IP, with one more IP in front only without link header', () => {
    const text =
      '10.1.0.11.40000 > 10.1.0.100.80: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7], length 0';
    expect(print([tunnelled])).toEqual([`IP 10.1.0.21 > 10.1.0.31: IP ${text}`]);
    expect(print([[makeEth(B, A, 0x0800), ...tunnelled]], { ether: true })).toEqual([
      `02:00:00:00:00:01 > 02:00:00:00:00:05, ethertype IPv4 (0x0800), length 94: 10.1.0.21 > 10.1.0.31: ${text}`,
    ]);
  });

  it('tells of VRRP and of datagrams', () => {
    const vrrp = (list: readonly number[]): Layers => [
      ip('10.1.0.21', '224.0.0.18', 112, 0, { ttl: 255 }),
      makePayload(Uint8Array.from(list)),
    ];
    const v2 = [0x21, 51, 100, 1, 1, 1, 0, 0, 10, 1, 0, 100, 0x31, 0x31, 0x31, 0x31, 0, 0, 0, 0];
    const v3 = [0x31, 51, 100, 1, 0, 100, 0, 0, 10, 1, 0, 100];
    const sync = [ip('10.1.0.21', '224.0.0.81', 17, 72), makeUdp(33000, 8848, 52), makePayload(new Uint8Array(44))];
    expect(print([vrrp(v2), vrrp(v3), sync])).toEqual([
      'IP 10.1.0.21 > 224.0.0.18: VRRPv2, Advertisement, vrid 51, prio 100, authtype simple, intvl 1s, length 20',
      'IP 10.1.0.21 > 224.0.0.18: VRRPv3, Advertisement, vrid 51, prio 100, intvl 100cs, length 12',
      'IP 10.1.0.21.33000 > 224.0.0.81.8848: UDP, length 44',
    ]);
    expect(print([vrrp(v2)], { verbose: 1 })[0]).toContain(', length 20, addrs: 10.1.0.100 auth "1111"');
  });

  it('adds the IP header with -v', () => {
    expect(print([[SYN, SYN_TCP]], { verbose: 1 })).toEqual([
      'IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)\n    10.1.0.11.40000 > 10.1.0.100.80: Flags [S], cksum 0x943e (correct), seq 1000, win 64240, options [mss 1460,sackOK,TS val 1000 ecr 0,nop,wscale 7], length 0',
    ]);
  });

  it('tells of later fragments by their protocol', () => {
    const fragment = [ip('10.0.0.1', '10.0.0.2', 17, 100, { fragOffset: 1480, df: false }), makePayload(new Uint8Array(80))];
    expect(print([fragment])).toEqual(['IP 10.0.0.1 > 10.0.0.2: ip-proto-17']);
    expect(print([fragment], { numeric: false })).toEqual(['IP 10.0.0.1 > 10.0.0.2: udp']);
  });

  it('writes times in the forms that -t chooses', () => {
    const at = [3_723_000_123_456, 3_724_000_123_456] as Nanos[];
    const times = (time: TcpdumpOptions['time']): string[] => {
      const state = createTcpdumpState();
      return at.map((moment) =>
        tcpdumpText(state, { ...TCPDUMP_DEFAULTS, time }, { at: moment, layers: [SYN, SYN_TCP] }).replace(/IP 10.*/, ''),
      );
    };
    expect(times('clock')).toEqual(['01:02:03.000123 ', '01:02:04.000123 ']);
    expect(times('unix')).toEqual(['3723.000123 ', '3724.000123 ']);
    expect(times('delta')).toEqual([' 00:00:00.000000 ', ' 00:00:01.000000 ']);
    expect(times('since')).toEqual([' 00:00:00.000000 ', ' 00:00:01.000000 ']);
    expect(times('none')).toEqual(['', '']);
  });
});
