import { describe, expect, it } from 'vitest';
import { maskOf, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type Ipv4 } from '../../wire/index.ts';
import { nanos } from '../../engine/index.ts';
import { ip } from '../testing/host.test-kit.ts';
import { createRouter, ping, tcp, udp, type Router } from '../testing/router.test-kit.ts';
import {
  xtAppend,
  xtDelete,
  xtDeleteChain,
  xtFind,
  xtFlush,
  xtInsert,
  xtNewChain,
  xtPolicy,
  xtRenameChain,
  xtReplace,
  xtUse,
  xtZero,
} from './config.ts';
import { ANY_SPEC, NO_NAT_RANGE, type XtMatch, type XtSpec, type XtTarget } from './rule.ts';

const CLIENT = '10.1.0.10';
const SERVER = '10.2.0.10';
const DROP: XtTarget = { kind: 'verdict', verdict: 'DROP' };
const ACCEPT: XtTarget = { kind: 'verdict', verdict: 'ACCEPT' };

const spec = (part: Partial<XtSpec>): XtSpec => ({ ...ANY_SPEC, ...part });
const with_ = (matches: readonly XtMatch[], proto: number | null = null): XtSpec =>
  spec({ matches, proto: proto === null ? null : { proto, not: false }, target: DROP });

function passes(router: Router, layers: ReturnType<typeof udp>): boolean {
  router.receive(router.eth0, layers);
  return router.left().length > 0;
}

const PORTS = { sport: null, sportNot: false, dport: null, dportNot: false } as const;

/** What a DROP rule with this match lets through, of the packets below. */
const PACKETS = {
  dns: udp(CLIENT, 5000, SERVER, 53, { len: 20 }),
  web: tcp(CLIENT, 5000, SERVER, 80, TCP_SYN),
  ack: tcp(CLIENT, 5000, SERVER, 443, TCP_ACK),
  ping: ping(CLIENT, SERVER, 8, { tos: 0x10 }),
};

const TABLE: readonly (readonly [string, XtSpec, string])[] = [
  ['-s 10.1.0.0/24', spec({ src: { addr: ip('10.1.0.0'), mask: maskOf(24), not: false }, target: DROP }), ''],
  ['! -s 10.1.0.0/24', spec({ src: { addr: ip('10.1.0.0'), mask: maskOf(24), not: true }, target: DROP }), 'dns web ack ping'],
  ['-d 10.2.0.11', spec({ dst: { addr: ip('10.2.0.11'), mask: maskOf(32), not: false }, target: DROP }), 'dns web ack ping'],
  ['-i eth0', spec({ inIface: { name: 'eth0', not: false }, target: DROP }), ''],
  ['-o eth+', spec({ outIface: { name: 'eth+', not: false }, target: DROP }), ''],
  ['! -o eth1', spec({ outIface: { name: 'eth1', not: true }, target: DROP }), 'dns web ack ping'],
  ['-p tcp --dport 80', with_([{ kind: 'tcp', ...PORTS, dport: { first: 80, last: 80 }, flags: null }], 6), 'dns ack ping'],
  [
    '-p tcp ! --dport 80',
    with_([{ kind: 'tcp', ...PORTS, dport: { first: 80, last: 80 }, dportNot: true, flags: null }], 6),
    'dns web ping',
  ],
  [
    '-p tcp --syn',
    with_(
      [
        {
          kind: 'tcp',
          ...PORTS,
          flags: { mask: TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN, comp: TCP_SYN, not: false },
        },
      ],
      6,
    ),
    'dns ack ping',
  ],
  ['-p udp --sport 4000:6000', with_([{ kind: 'udp', ...PORTS, sport: { first: 4000, last: 6000 } }], 17), 'web ack ping'],
  ['-p icmp --icmp-type 8', with_([{ kind: 'icmp', type: 8, codeFirst: 0, codeLast: 255, not: false }], 1), 'dns web ack'],
  ['-p icmp ! --icmp-type 8', with_([{ kind: 'icmp', type: 8, codeFirst: 0, codeLast: 255, not: true }], 1), 'dns web ack ping'],
  [
    '-m multiport --dports 80,443',
    with_(
      [
        {
          kind: 'multiport',
          which: 'destination',
          ports: [
            { first: 80, last: 80 },
            { first: 443, last: 443 },
          ],
          not: false,
        },
      ],
      6,
    ),
    'dns ping',
  ],
  ['-m tos 0x10', with_([{ kind: 'tos', value: 0x10, mask: 0xff, not: false }]), 'dns web ack'],
  ['-m ttl --ttl-lt 64 (after the router took one)', with_([{ kind: 'ttl', op: 'lt', value: 64 }]), ''],
  ['-m length --length 48', with_([{ kind: 'length', first: 48, last: 48, not: false }]), 'web ack ping'],
  [
    '-m addrtype --src-type LOCAL',
    with_([{ kind: 'addrtype', src: ['LOCAL'], srcNot: false, dst: null, dstNot: false }]),
    'dns web ack ping',
  ],
  ['-m mac ! --mac-source', with_([{ kind: 'mac', mac: 1 as never, not: true }]), ''],
  [
    '-m iprange --dst-range',
    with_([
      {
        kind: 'iprange',
        src: null,
        srcNot: false,
        dst: { first: ip('10.2.0.1'), last: ip('10.2.0.20') },
        dstNot: false,
      },
    ]),
    '',
  ],
  ['-m pkttype broadcast', with_([{ kind: 'pkttype', type: 'broadcast', not: false }]), 'dns web ack ping'],
];

describe('matches', () => {
  it.each(TABLE)('%s', (_text, rule, through) => {
    const router = createRouter();
    expect(xtAppend(router.net, 'filter', 'FORWARD', rule)).toBeNull();
    const passed = Object.entries(PACKETS).filter(([, layers]) => passes(router, layers));
    expect(passed.map(([name]) => name).join(' ')).toBe(through);
  });

  it('limits by a bucket: the burst at once, then one each time span', () => {
    const router = createRouter();
    xtAppend(router.net, 'filter', 'FORWARD', spec({ matches: [{ kind: 'limit', avg: 10000, burst: 3, shown: '1/sec' }], target: ACCEPT }));
    xtPolicy(router.net, 'filter', 'FORWARD', 'DROP');
    expect([1, 2, 3, 4].map(() => passes(router, PACKETS.dns))).toEqual([true, true, true, false]);
    router.net.now = nanos(999_000_000);
    expect(passes(router, PACKETS.dns)).toBe(false);
    router.net.now = nanos(1_000_000_000);
    expect(passes(router, PACKETS.dns)).toBe(true);
  });

  it.each([
    [0, [false, true, true, false, true, true]],
    [1, [true, false, true, true, false, true]],
    [2, [true, true, false, true, true, false]],
  ])('takes every third packet by statistic, the first of them number %i', (packet, expected) => {
    const router = createRouter();
    xtAppend(router.net, 'filter', 'FORWARD', with_([{ kind: 'statistic', mode: 'nth', every: 3, packet, not: false }]));
    expect(Array.from({ length: 6 }, () => passes(router, PACKETS.dns))).toEqual(expected);
  });
});

describe('chains', () => {
  it('goes into chains and back, and counts what matched and what the policy got', () => {
    const router = createRouter();
    const { net } = router;
    expect(xtNewChain(net, 'filter', 'web')).toBeNull();
    xtAppend(net, 'filter', 'FORWARD', spec({ proto: { proto: 6, not: false }, target: { kind: 'jump', chain: 'web', goto: false } }));
    xtAppend(net, 'filter', 'web', with_([{ kind: 'tcp', ...PORTS, dport: { first: 443, last: 443 }, flags: null }], 6));
    xtAppend(net, 'filter', 'web', spec({ target: { kind: 'verdict', verdict: 'RETURN' } }));
    expect(Object.values(PACKETS).map((layers) => passes(router, layers))).toEqual([true, true, false, true]);
    const chains = xtUse(net, 'filter').chains.filter((chain) => chain.name === 'FORWARD' || chain.name === 'web');
    expect(chains.map((chain) => [chain.name, chain.packets, chain.bytes, ...chain.rules.map((r) => r.packets)])).toEqual([
      ['FORWARD', 3, 48 + 40 + 84, 2],
      ['web', 0, 0, 1, 1],
    ]);
    expect(net.records.find((r) => r.verdict === 'drop')?.args).toMatchObject({
      chain: 'web',
      num: 1,
      rule: '-A web -p tcp -m tcp --dport 443 -j DROP',
    });
  });

  it('marks and goes on', () => {
    const router = createRouter();
    xtAppend(router.net, 'mangle', 'PREROUTING', spec({ target: { kind: 'MARK', value: 7, mask: 0xffffffff } }));
    xtAppend(router.net, 'filter', 'FORWARD', with_([{ kind: 'mark', value: 7, mask: 0xffffffff, not: false }]));
    expect(passes(router, PACKETS.dns)).toBe(false);
  });
});

describe('refusals', () => {
  const net = (): Router['net'] => createRouter().net;
  const jump = (chain: string): XtSpec => spec({ target: { kind: 'jump', chain, goto: false } });

  it('knows chains, places, references and loops', () => {
    const n = net();
    expect(xtAppend(n, 'filter', 'nope', ANY_SPEC)).toBe('ENOENT');
    expect(xtAppend(n, 'filter', 'INPUT', jump('nope'))).toBe('ENOENT');
    expect(xtInsert(n, 'filter', 'INPUT', 2, ANY_SPEC)).toBe('E2BIG');
    expect(xtReplace(n, 'filter', 'INPUT', 1, ANY_SPEC)).toBe('E2BIG');
    expect(xtDelete(n, 'filter', 'INPUT', ANY_SPEC)).toBe('ENOENT');
    xtNewChain(n, 'filter', 'a');
    xtNewChain(n, 'filter', 'b');
    expect(xtNewChain(n, 'filter', 'a')).toBe('EEXIST');
    expect(xtAppend(n, 'filter', 'a', jump('b'))).toBeNull();
    expect(xtAppend(n, 'filter', 'b', jump('a'))).toBe('ELOOP');
    expect(xtUse(n, 'filter').chains.find((chain) => chain.name === 'b')?.rules).toEqual([]);
    expect(xtDeleteChain(n, 'filter', 'b')).toBe('EMLINK');
    expect(xtDeleteChain(n, 'filter', 'a')).toBe('ENOTEMPTY');
    expect(xtDeleteChain(n, 'filter', 'INPUT')).toBe('EINVAL');
    expect(xtRenameChain(n, 'filter', 'b', 'c')).toBeNull();
    expect(xtFind(n, 'filter', 'a', jump('c'))).toBe(1);
    expect(xtPolicy(n, 'filter', 'a', 'DROP')).toBe('ENOENT');
    expect(xtFlush(n, 'filter', null)).toBeNull();
    expect(xtDeleteChain(n, 'filter', null)).toBeNull();
  });

  it('lets targets stand only where the kernel does', () => {
    const n = net();
    const masquerade = spec({ target: { kind: 'MASQUERADE', range: NO_NAT_RANGE } });
    expect(xtAppend(n, 'filter', 'FORWARD', masquerade)).toBe('EINVAL');
    expect(xtAppend(n, 'nat', 'PREROUTING', masquerade)).toBe('EINVAL');
    expect(xtAppend(n, 'nat', 'POSTROUTING', masquerade)).toBeNull();
    expect(xtAppend(n, 'filter', 'INPUT', spec({ target: { kind: 'REJECT', with: 'tcp-reset' } }))).toBe('EINVAL');
    expect(n.host.nf.ctNeeded).toBe(true);
    xtFlush(n, 'nat', null);
    expect(n.host.nf.ctNeeded).toBe(false);
  });

  it('zeroes the counters of all policies of a table with any change, and keeps those of rules', () => {
    const router = createRouter();
    const any = spec({ src: { addr: 0 as Ipv4, mask: maskOf(0), not: false } });
    xtAppend(router.net, 'filter', 'FORWARD', any);
    passes(router, PACKETS.dns);
    const [, forward] = xtUse(router.net, 'filter').chains;
    xtNewChain(router.net, 'mangle', 'other');
    const seen = forward?.rules[0]?.packets;
    if (forward !== undefined) forward.packets = 7;
    xtAppend(router.net, 'filter', 'INPUT', any);
    expect(forward).toMatchObject({ packets: 0, bytes: 0, rules: [{ packets: seen }] });
    expect(seen).toBe(1);
  });

  it('zeroes counters', () => {
    const router = createRouter();
    xtAppend(router.net, 'filter', 'FORWARD', spec({ src: { addr: 0 as Ipv4, mask: maskOf(0), not: false } }));
    passes(router, PACKETS.dns);
    xtZero(router.net, 'filter', null);
    expect(xtUse(router.net, 'filter').chains[1]).toMatchObject({
      packets: 0,
      rules: [{ packets: 0, bytes: 0 }],
    });
  });
});
