/** A router whose state is copied between any two packets, as checkpoints do, beside one that nobody copies. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyPlain, NS_PER_MS, type Nanos } from '../../engine/index.ts';
import { makeIcmp, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type IcmpHdr, type Layers } from '../../wire/index.ts';
import { makeIpv4 } from '../ipv4/layers.ts';
import { createRouter, ipOf, ping, tcp, udp, type Router } from '../testing/router.test-kit.ts';
import { ip } from '../testing/host.test-kit.ts';
import { xtAppend } from './config.ts';
import { ctEventRecv, ctListen } from './ct-events.ts';
import { ctEntries, ctFlush, ctLine } from './ct-list.ts';
import { ctEntriesOf } from './ct-table.ts';
import { ANY_SPEC, NO_NAT_RANGE, type XtSpec } from './rule.ts';
import type { CtTable } from './state.ts';

const OUTSIDE = '10.2.0.1';
const client = fc.constantFrom('10.1.0.10', '10.1.0.11', '10.1.0.12');
const server = fc.constantFrom('10.2.0.10', '10.2.0.11');
const sport = fc.constantFrom(300, 5000, 5001);
const dport = fc.constantFrom(53, 80, 81, 99);
const flags = fc.constantFrom(TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK);
const seq = fc.constantFrom(100, 101, 900, 0xffffffff);

const packet = fc.oneof(
  fc.record({ proto: fc.constant('udp' as const), client, server, sport, dport, back: fc.boolean(), wrong: fc.boolean() }),
  fc.record({ proto: fc.constant('tcp' as const), client, server, sport, dport, back: fc.boolean(), flags, seq, ack: seq, len: fc.nat(3) }),
  fc.record({ proto: fc.constant('icmp' as const), client, server, back: fc.boolean() }),
);
const step = fc.oneof(
  { weight: 12, arbitrary: packet },
  { weight: 2, arbitrary: fc.record({ proto: fc.constant('time' as const), ms: fc.constantFrom(1, 2500, 31_000, 121_000, 601_000) }) },
  { weight: 1, arbitrary: fc.record({ proto: fc.constant('flush' as const), sport }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function natRouter(): { router: Router; sock: number } {
  const router = createRouter();
  const rule = (table: 'nat' | 'filter' | 'mangle', chain: string, spec: Partial<XtSpec>): void =>
    expect(xtAppend(router.net, table, chain, { ...ANY_SPEC, ...spec })).toBeNull();
  rule('nat', 'POSTROUTING', { outIface: { name: 'eth1', not: false }, target: { kind: 'MASQUERADE', range: NO_NAT_RANGE } });
  rule('nat', 'PREROUTING', {
    proto: { proto: 17, not: false },
    dst: { addr: ip('10.2.0.11'), mask: ip('255.255.255.255'), not: false },
    target: { kind: 'REDIRECT', range: { ...NO_NAT_RANGE, portFirst: 99, portLast: 99 } },
  });
  rule('mangle', 'PREROUTING', { target: { kind: 'CONNMARK', op: 'set', value: 0x80000001, mask: 0xffffffff } });
  rule('filter', 'FORWARD', {
    matches: [{ kind: 'conntrack', via: 'conntrack', states: ['INVALID'], not: false }],
    target: { kind: 'verdict', verdict: 'DROP' },
  });
  rule('filter', 'FORWARD', {
    proto: { proto: 6, not: false },
    matches: [{ kind: 'multiport', which: 'destination', ports: [{ first: 81, last: 81 }], not: false }],
    target: { kind: 'REJECT', with: 'tcp-reset' },
  });
  return { router, sock: ctListen(router.net, 7) };
}

/** One side sends, or answers to what the router made of it: ports are kept as a rule. */
function send(router: Router, one: Exclude<Step, { proto: 'time' | 'flush' }>): void {
  const dev = one.back ? router.eth1 : router.eth0;
  if (one.proto === 'icmp') {
    const there = ping(one.client, one.server);
    const { rest } = there[1] as IcmpHdr;
    router.receive(dev, one.back ? [makeIpv4(ip(one.server), ip(OUTSIDE), 1, 28, 64, 0, false, 2), makeIcmp(0, 0, rest)] : there);
  } else if (one.proto === 'udp') {
    const back = udp(one.server, one.dport, OUTSIDE, one.sport, { len: 4 });
    const sent = udp(OUTSIDE, one.sport, one.server, one.dport, { len: 4 });
    const error: Layers = [
      makeIpv4(ip(one.server), ip(OUTSIDE), 1, 28 + ipOf(sent).totalLen, 64, 0xc0, false, 3),
      makeIcmp(3, 3, 0),
      ...sent,
    ];
    router.receive(dev, !one.back ? udp(one.client, one.sport, one.server, one.dport, { len: 4 }) : one.wrong ? error : back);
  } else {
    const fields = { seq: one.seq, ack: one.ack, len: one.len };
    if (one.back) router.receive(dev, tcp(one.server, one.dport, OUTSIDE, one.sport, one.flags, fields));
    else router.receive(dev, tcp(one.client, one.sport, one.server, one.dport, one.flags, fields));
  }
}

/** Does it, and tells all that can be seen of it from outside. */
function happen({ router, sock }: ReturnType<typeof natRouter>, one: Step): unknown {
  const { net } = router;
  if (one.proto === 'time') net.now = (net.now + one.ms * NS_PER_MS) as Nanos;
  else if (one.proto === 'flush') ctFlush(net, ({ orig }) => orig.sport === one.sport, 7);
  else send(router, one);
  const events = [];
  for (let event = ctEventRecv(net, sock); event !== null; event = ctEventRecv(net, sock)) events.push(event);
  return { left: router.left(), reasons: net.reasons(), events, invalid: net.host.nf.ctInvalid };
}

function content(table: CtTable): string {
  return JSON.stringify([...ctEntriesOf(table)].map((entry) => [entry.id, entry.orig, entry.reply, entry.expires, entry.mark, entry.packets, entry.bytes, entry.tcp?.state, entry.seenReply, entry.assured])); // prettier-ignore
}

it(
  'a tracker whose state is copied between packets does what one does that nobody copies, and the copies stay',
  { timeout: 120_000 },
  () => {
    fc.assert(
      fc.property(fc.array(fc.record({ one: step, goOn: fc.boolean() }), { minLength: 1, maxLength: 40, size: 'max' }), (steps) => {
        const plain = natRouter();
        const copied = natRouter();
        const { net } = copied.router;
        const kept: { table: CtTable; was: string }[] = [];
        for (const { one, goOn } of steps) {
          expect(happen(copied, one)).toEqual(happen(plain, one));
          const copy = copyPlain(net.host.nf);
          kept.push({ table: goOn ? net.host.nf.conns : copy.conns, was: content(net.host.nf.conns) });
          if (goOn) net.host.nf = copy;
          for (const { router } of [plain, copied]) router.net.forget();
        }
        const list = ({ router }: typeof plain): string[] => ctEntries(router.net).map((entry) => ctLine(router.net, entry));
        for (const { table, was } of kept) expect(content(table)).toBe(was);
        expect(list(copied)).toEqual(list(plain));
        for (const { table, was } of kept) expect(content(table)).toBe(was);
      }),
      { numRuns: 100 },
    );
  },
);
