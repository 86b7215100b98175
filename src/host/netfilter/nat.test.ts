import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeIcmp, maskOf, TCP_ACK, TCP_RST, TCP_SYN, type IcmpHdr, type Ipv4, type Layers, type UdpHdr } from '../../wire/index.ts';
import { ip } from '../testing/host.test-kit.ts';
import { createRouter, ipOf, ping, tcp, udp, type Router } from '../testing/router.test-kit.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { xtAppend } from './config.ts';
import { ctEntries, ctLine } from './ct-list.ts';
import { ANY_SPEC, NO_NAT_RANGE, type XtSpec } from './rule.ts';

const CLIENT = '10.1.0.10';
const SERVER = '10.2.0.10';
const OUTSIDE = '10.2.0.1';

function rule(router: Router, table: 'nat' | 'filter' | 'raw' | 'mangle', chain: string, spec: Partial<XtSpec>): void {
  expect(xtAppend(router.net, table, chain, { ...ANY_SPEC, ...spec })).toBeNull();
}

function masquerading(): Router {
  const router = createRouter();
  rule(router, 'nat', 'POSTROUTING', {
    outIface: { name: 'eth1', not: false },
    target: { kind: 'MASQUERADE', range: NO_NAT_RANGE },
  });
  router.net.forget();
  return router;
}

function swap(layers: Layers, body: Layers): Layers {
  const out = ipOf(layers);
  return [makeIpv4(out.dst, out.src, out.proto, out.totalLen, 64, 0, false, 2), ...body];
}

describe('masquerading', () => {
  it('rewrites the source on the way out and the destination on the way back, for all ports', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 }), (sport, dport) => {
        const router = masquerading();
        router.receive(router.eth0, udp(CLIENT, sport, SERVER, dport, { len: 4 }));
        const [out = []] = router.left();
        expect(ipOf(out)).toMatchObject({ src: ip(OUTSIDE), dst: ip(SERVER), ttl: 63 });
        const { sport: natPort } = out[1] as UdpHdr;
        router.receive(router.eth1, udp(SERVER, dport, OUTSIDE, natPort, { len: 4 }));
        const [back] = router.left();
        expect(back).toEqual(udp(SERVER, dport, CLIENT, sport, { len: 4, ttl: 63 }));
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the port if it is free and finds another one if not', () => {
    const router = masquerading();
    router.receive(router.eth0, udp(CLIENT, 5000, SERVER, 53));
    router.receive(router.eth0, udp('10.1.0.11', 5000, SERVER, 53));
    const ports = router.left().map((layers) => (layers[1] as UdpHdr).sport);
    expect(ports[0]).toBe(5000);
    expect(ports[1]).not.toBe(5000);
    expect(ports[1]).toBeGreaterThanOrEqual(1024);
  });

  it('translates the identifier of ping and lists the entry as conntrack does', () => {
    const router = masquerading();
    router.receive(router.eth0, ping(CLIENT, SERVER));
    const [out = []] = router.left();
    router.receive(router.eth1, swap(out, [makeIcmp(0, 0, (out[1] as IcmpHdr).rest)]));
    const [back] = router.left();
    expect(ipOf(back)).toMatchObject({ src: ip(SERVER), dst: ip(CLIENT) });
    expect(ctEntries(router.net).map((entry) => ctLine(router.net, entry))).toEqual([
      'icmp     1 30 src=10.1.0.10 dst=10.2.0.10 type=8 code=0 id=7 src=10.2.0.10 dst=10.2.0.1 type=0 code=0 id=7 mark=0 use=1',
    ]);
  });

  it('translates ICMP errors and the packet they quote', () => {
    const router = masquerading();
    const sent = udp(CLIENT, 5000, SERVER, 53, { len: 4 });
    router.receive(router.eth0, sent);
    const [out = []] = router.left();
    router.receive(router.eth1, [makeIpv4(ip(SERVER), ip(OUTSIDE), 1, 28 + 32, 64, 0xc0, false, 3), makeIcmp(3, 3, 0), ...out]);
    const [error] = router.left();
    expect(ipOf(error)).toMatchObject({ src: ip(SERVER), dst: ip(CLIENT) });
    expect(error?.slice(2)).toEqual(udp(CLIENT, 5000, SERVER, 53, { len: 4, ttl: 63 }));
  });
});

describe('redirects', () => {
  it('are not sent about connections that are translated, because their gateway would mislead', () => {
    const isRedirect = (layers: Layers): boolean => layers[1]?.kind === 'icmp' && layers[1].type === 5;
    const plain = createRouter();
    plain.receive(plain.eth0, udp(CLIENT, 5000, '10.1.0.11', 53));
    expect(plain.left().filter(isRedirect)).toHaveLength(1);
    const router = createRouter();
    rule(router, 'nat', 'POSTROUTING', { target: { kind: 'MASQUERADE', range: NO_NAT_RANGE } });
    router.receive(router.eth0, udp(CLIENT, 5000, '10.1.0.11', 53));
    const left = router.left();
    expect(left.filter(isRedirect)).toEqual([]);
    expect(ipOf(left[0])).toMatchObject({ src: ip('10.1.0.1'), dst: ip('10.1.0.11') });
    expect(router.net.reasons()).toContain('netfilter.nat-redirect-dropped');
  });
});

describe('destination translation', () => {
  it('sends a port of this host to another server and answers come from this host', () => {
    const router = createRouter();
    const range = {
      ...NO_NAT_RANGE,
      addrFirst: ip(SERVER),
      addrLast: ip(SERVER),
      portFirst: 8080,
      portLast: 8080,
    };
    rule(router, 'nat', 'PREROUTING', {
      dst: { addr: ip('10.1.0.1'), mask: maskOf(32) as Ipv4, not: false },
      proto: { proto: 6, not: false },
      target: { kind: 'DNAT', range },
    });
    router.receive(router.eth0, tcp(CLIENT, 5000, '10.1.0.1', 80, TCP_SYN));
    expect(router.left()).toEqual([tcp(CLIENT, 5000, SERVER, 8080, TCP_SYN, { ttl: 63 })]);
    router.receive(router.eth1, tcp(SERVER, 8080, CLIENT, 5000, TCP_SYN | TCP_ACK, { ack: 101 }));
    expect(router.left()).toEqual([tcp('10.1.0.1', 80, CLIENT, 5000, TCP_SYN | TCP_ACK, { ack: 101, ttl: 63 })]);
    expect(ctEntries(router.net).map((entry) => ctLine(router.net, entry))).toEqual([
      'tcp      6 60 SYN_RECV src=10.1.0.10 dst=10.1.0.1 sport=5000 dport=80 src=10.2.0.10 dst=10.1.0.10 sport=8080 dport=5000 mark=0 use=1',
    ]);
  });

  it('redirects to the first address of the interface', () => {
    const router = createRouter();
    rule(router, 'nat', 'PREROUTING', {
      proto: { proto: 17, not: false },
      target: { kind: 'REDIRECT', range: { ...NO_NAT_RANGE, portFirst: 99, portLast: 99 } },
    });
    router.receive(router.eth0, udp(CLIENT, 5000, SERVER, 53));
    const [error] = router.left();
    // nobody listens: the refusal must look as if the server had sent it
    expect(ipOf(error)).toMatchObject({ src: ip(SERVER), dst: ip(CLIENT) });
    expect(error?.slice(2)).toEqual(udp(CLIENT, 5000, SERVER, 53));
  });
});

describe('states of packets', () => {
  it('takes an answer without a question for INVALID, and only when a rule asks for states', () => {
    const router = createRouter();
    const stray = tcp(SERVER, 80, CLIENT, 5000, TCP_SYN | TCP_ACK, { ack: 1 });
    router.receive(router.eth1, stray);
    expect(router.left()).toHaveLength(1);
    expect(ctEntries(router.net)).toEqual([]);
    rule(router, 'filter', 'FORWARD', {
      matches: [{ kind: 'conntrack', via: 'conntrack', states: ['INVALID'], not: false }],
      target: { kind: 'verdict', verdict: 'DROP' },
    });
    router.receive(router.eth1, stray);
    expect(router.left()).toEqual([]);
    expect(router.net.reasons()).toContain('netfilter.dropped-by-rule');
  });

  it('lets answers in by ESTABLISHED and keeps others out', () => {
    const router = createRouter();
    rule(router, 'filter', 'FORWARD', {
      matches: [{ kind: 'conntrack', via: 'state', states: ['ESTABLISHED', 'RELATED'], not: false }],
      target: { kind: 'verdict', verdict: 'ACCEPT' },
    });
    rule(router, 'filter', 'FORWARD', {
      inIface: { name: 'eth1', not: false },
      target: { kind: 'verdict', verdict: 'DROP' },
    });
    router.receive(router.eth1, udp(SERVER, 53, CLIENT, 5000));
    expect(router.left()).toEqual([]);
    router.receive(router.eth0, udp(CLIENT, 5000, SERVER, 53));
    router.receive(router.eth1, udp(SERVER, 53, CLIENT, 5000));
    expect(router.left()).toHaveLength(2);
  });

  it('exempts packets by NOTRACK', () => {
    const router = createRouter();
    rule(router, 'raw', 'PREROUTING', { target: { kind: 'CT', notrack: true, shownAs: 'NOTRACK' } });
    rule(router, 'filter', 'FORWARD', {
      matches: [{ kind: 'conntrack', via: 'conntrack', states: ['UNTRACKED'], not: true }],
      target: { kind: 'verdict', verdict: 'DROP' },
    });
    router.receive(router.eth0, udp(CLIENT, 5000, SERVER, 53));
    expect(router.left()).toHaveLength(1);
    expect(ctEntries(router.net)).toEqual([]);
  });

  it('are not followed for NOTRACK alone', () => {
    const router = createRouter();
    rule(router, 'raw', 'PREROUTING', {
      proto: { proto: 6, not: false },
      target: { kind: 'CT', notrack: true, shownAs: 'NOTRACK' },
    });
    router.receive(router.eth0, udp(CLIENT, 5000, SERVER, 53));
    expect(ctEntries(router.net)).toEqual([]);
  });

  it('translate the very reset that ends a connection, and call it ESTABLISHED', () => {
    const router = masquerading();
    rule(router, 'filter', 'FORWARD', {
      matches: [{ kind: 'conntrack', via: 'conntrack', states: ['NEW', 'ESTABLISHED'], not: true }],
      target: { kind: 'verdict', verdict: 'DROP' },
    });
    router.receive(router.eth0, tcp(CLIENT, 5000, SERVER, 80, TCP_SYN, { seq: 100 }));
    router.left();
    router.receive(router.eth1, tcp(SERVER, 80, OUTSIDE, 5000, TCP_RST | TCP_ACK, { seq: 0, ack: 101 }));
    const [reset = []] = router.left();
    expect(ipOf(reset)).toMatchObject({ src: ip(SERVER), dst: ip(CLIENT) });
    expect(ctEntries(router.net)).toEqual([]);
  });
});

describe('REJECT', () => {
  it('sends a reset that is RELATED to the connection', () => {
    const router = createRouter();
    rule(router, 'filter', 'FORWARD', {
      proto: { proto: 6, not: false },
      target: { kind: 'REJECT', with: 'tcp-reset' },
    });
    rule(router, 'filter', 'OUTPUT', {
      matches: [{ kind: 'conntrack', via: 'conntrack', states: ['RELATED'], not: true }],
      target: { kind: 'verdict', verdict: 'DROP' },
    });
    router.receive(router.eth0, tcp(CLIENT, 5000, SERVER, 80, TCP_SYN, { seq: 100 }));
    expect(router.left()).toHaveLength(1);
  });

  it('answers as the destination would, by ICMP or by RST', () => {
    const router = createRouter();
    rule(router, 'filter', 'FORWARD', {
      proto: { proto: 6, not: false },
      target: { kind: 'REJECT', with: 'tcp-reset' },
    });
    rule(router, 'filter', 'INPUT', { target: { kind: 'REJECT', with: 'icmp-port-unreachable' } });
    router.receive(router.eth0, tcp(CLIENT, 5000, SERVER, 80, TCP_SYN, { seq: 100 }));
    const [reset] = router.left();
    expect(reset).toMatchObject([
      { src: ip(SERVER), dst: ip(CLIENT), df: true, ttl: 64, id: 0, totalLen: 40 },
      { sport: 80, dport: 5000, flags: TCP_RST | TCP_ACK, seq: 0, ack: 101, window: 0 },
    ]);
    router.receive(router.eth0, udp(CLIENT, 5000, '10.1.0.1', 53));
    const [error] = router.left();
    expect(error).toMatchObject([{ src: ip('10.1.0.1'), dst: ip(CLIENT), tos: 0xc0 }, { type: 3, code: 3 }, {}, {}]);
  });

  it.each(['tcp-reset', 'icmp-port-unreachable'] as const)('says nothing about a piece, whose checksum proves nothing: %s', (how) => {
    const router = createRouter();
    rule(router, 'filter', 'FORWARD', { proto: { proto: 6, not: false }, target: { kind: 'REJECT', with: how } });
    const whole = tcp(CLIENT, 5000, SERVER, 80, TCP_SYN, { seq: 100 });
    router.receive(router.eth0, [{ ...ipOf(whole), mf: true }, ...whole.slice(1)]);
    expect(router.left()).toEqual([]);
    router.receive(router.eth0, whole);
    expect(router.left()).toHaveLength(1);
  });
});
