import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_PER_S } from '../../engine/index.ts';
import { formatIpv4, layersLen, type IcmpHdr } from '../../wire/index.ts';
import { routeAdd } from '../fib/config.ts';
import { ip } from '../testing/host.test-kit.ts';
import { createRouter, ipOf, ping, tcp, udp, type Router } from '../testing/router.test-kit.ts';
import { makeDst } from '../fib/path.ts';
import { LO_IF, NO_IF } from '../skb.ts';
import { newSkb } from '../skb-new.ts';
import { ipFragment } from './frag.ts';
import { ipPiecesGoOn } from './output.ts';
import { ipSend } from './send.ts';
import { ipv4Timers } from './timers.ts';

const CLIENT = '10.1.0.10';
const SERVER = '10.2.0.10';

function icmpOf(router: Router): { src: string; type: number; code: number; rest: number; len: number; tos: number } | null {
  const found = router.left().find((layers) => layers[1]?.kind === 'icmp');
  if (found === undefined) return null;
  const icmp = found[1] as IcmpHdr;
  return {
    src: formatIpv4(ipOf(found).src),
    type: icmp.type,
    code: icmp.code,
    rest: icmp.rest,
    len: layersLen(found),
    tos: ipOf(found).tos,
  };
}

describe('forwarding', () => {
  it('takes one off the TTL and leaves the rest alone', () => {
    const router = createRouter();
    router.receive(router.eth0, udp(CLIENT, 1000, SERVER, 53, { len: 10 }));
    expect(router.left()).toEqual([udp(CLIENT, 1000, SERVER, 53, { len: 10, ttl: 63 })]);
  });

  it('answers TTL 1 with time exceeded from the interface towards the sender, embedded as it came', () => {
    const router = createRouter();
    router.receive(router.eth0, ping(CLIENT, SERVER, 8, { ttl: 1 }));
    const [error] = router.left();
    expect(error?.slice(2)).toEqual(ping(CLIENT, SERVER, 8, { ttl: 1 }));
    expect(ipOf(error)).toMatchObject({
      src: ip('10.1.0.1'),
      dst: ip(CLIENT),
      tos: 0xc0,
      ttl: 64,
      df: false,
      totalLen: 112,
    });
    expect(router.net.reasons()).toContain('ipv4.ttl-exceeded');
  });

  it('answers a long packet with DF with fragmentation needed, cut to 576 bytes, and fragments one without', () => {
    const router = createRouter();
    router.eth1.mtu = 1400;
    router.receive(router.eth0, udp(CLIENT, 1, SERVER, 2, { len: 1400, df: true }));
    expect(icmpOf(router)).toEqual({ src: '10.1.0.1', type: 3, code: 4, rest: 1400, len: 576, tos: 0xc0 });
    router.receive(router.eth0, udp(CLIENT, 1, SERVER, 2, { len: 1400 }));
    expect(router.left().map((layers) => ipOf(layers).totalLen)).toEqual([1396, 52]);
  });

  it('tells of a missing route with net unreachable, and of nothing when it does not forward', () => {
    const router = createRouter();
    router.receive(router.eth0, udp(CLIENT, 1, '10.9.0.1', 2));
    expect(icmpOf(router)).toMatchObject({ type: 3, code: 0, src: '10.1.0.1' });
    const host = createRouter(false);
    host.receive(host.eth0, udp(CLIENT, 1, '10.9.0.1', 2));
    expect(host.left()).toEqual([]);
  });

  it('counts each piece without a route, though only the first can bring an error', () => {
    const router = createRouter();
    const pieces = ipFragment(udp(CLIENT, 1, '10.9.0.1', 2, { len: 4000 }), 1500, false);
    for (const piece of pieces) router.receive(router.eth0, piece);
    expect(router.left()).toHaveLength(1);
    // five are saved up at most: three for the pieces, one for the error itself; half a second brings no whole one
    router.net.now = (router.net.now + NS_PER_S / 2) as typeof router.net.now;
    router.receive(router.eth0, udp(CLIENT, 1, '10.9.0.1', 2));
    expect(router.left()).toEqual([]);
    router.net.now = (router.net.now + 2 * NS_PER_S) as typeof router.net.now;
    router.receive(router.eth0, udp(CLIENT, 1, '10.9.0.1', 2));
    expect(router.left()).toHaveLength(1);
  });

  it('sends a redirect and still forwards when the next hop is on the sender’s own LAN', () => {
    const router = createRouter();
    routeAdd(router.net, { dst: ip('10.5.0.0'), prefixLen: 16, nexthops: [{ gateway: ip('10.1.0.11') }] });
    router.receive(router.eth0, ping(CLIENT, '10.5.0.1'));
    const [redirect, forwarded] = router.left();
    expect(redirect?.[1]).toMatchObject({ type: 5, code: 1, rest: ip('10.1.0.11') });
    expect(redirect?.slice(2)).toEqual(ping(CLIENT, '10.5.0.1', 8, { ttl: 63 }));
    expect(forwarded).toEqual(ping(CLIENT, '10.5.0.1', 8, { ttl: 63 }));
  });
});

describe('local delivery', () => {
  it('answers a ping from the address that was asked, whichever interface has it', () => {
    const router = createRouter();
    router.receive(router.eth0, ping(CLIENT, '10.2.0.1', 8, { df: true, tos: 0x10, ttl: 3 }));
    const [reply] = router.left();
    expect(ipOf(reply)).toMatchObject({
      src: ip('10.2.0.1'),
      dst: ip(CLIENT),
      df: false,
      ttl: 64,
      tos: 0x10,
    });
    expect(reply?.[1]).toMatchObject({ type: 0, rest: 0x00070001 });
  });

  it.each([
    ['protocol unreachable for what nobody handles', 99, 3, 2],
    ['protocol unreachable for IP in IP without the module', 4, 3, 2],
  ])('%s', (_title, proto, type, code) => {
    const router = createRouter();
    const packet = udp(CLIENT, 1, '10.1.0.1', 2, { len: 40 });
    router.receive(router.eth0, [{ ...ipOf(packet), proto }, ...packet.slice(1)]);
    expect(icmpOf(router)).toMatchObject({ type, code, src: '10.1.0.1' });
  });

  it('puts fragments together in any order', () => {
    const router = createRouter();
    const whole = ping(CLIENT, '10.1.0.1', 8, { len: 4000 });
    for (const piece of ipFragment(whole, 1500, false).toReversed()) router.receive(router.eth0, piece);
    const replies = router.left();
    expect(replies).toHaveLength(3);
    expect(replies.map((layers) => ipOf(layers).totalLen)).toEqual([1500, 1500, 1068]);
    expect(router.net.reasons().filter((reason) => reason === 'ipv4.fragment-waits')).toHaveLength(2);
  });

  it('takes in what it sent out of lo to a foreign address, and cannot answer from there', () => {
    const router = createRouter();
    const dst = makeDst('unicast', LO_IF, null, ip('10.1.0.1'), 65536, NO_IF, false, '10.1.0.77 dev lo');
    router.net.loop(LO_IF, newSkb(ping('10.1.0.1', '10.1.0.77'), { dst, iif: NO_IF }));
    router.settle();
    expect(router.left()).toEqual([]);
    expect(router.net.reasons()).toContain('icmp.no-route-back');
  });

  it('sends the pieces of a process one after the other, each when the one before has arrived', () => {
    const router = createRouter();
    const waiting: (number | string)[] = [];
    router.net.afterwards = (_timer, key) => {
      waiting.push(key);
      return true;
    };
    ipSend(router.net, {
      dst: ip(CLIENT),
      proto: 17,
      df: false,
      layers: udp('10.1.0.1', 1, CLIENT, 2, { len: 4000 }).slice(1),
    });
    expect(router.left()).toHaveLength(1);
    ipPiecesGoOn(router.net, Number(waiting[0]));
    expect(router.left()).toHaveLength(1);
    ipPiecesGoOn(router.net, Number(waiting[1]));
    expect(router.left()).toHaveLength(1);
    expect(waiting).toHaveLength(2);
    expect(router.net.host.ipv4.pieces.size).toBe(0);
  });

  it('gives up after 30 seconds and tells the sender if it has the first fragment', () => {
    const router = createRouter();
    const [first, , third] = ipFragment(udp(CLIENT, 1, '10.1.0.1', 2, { len: 4000 }), 1500, false);
    router.receive(router.eth0, first ?? []);
    router.receive(router.eth0, third ?? []);
    router.net.pass(29_999_000_000, ipv4Timers);
    expect(router.left()).toEqual([]);
    router.net.pass(1_000_000, ipv4Timers);
    expect(icmpOf(router)).toMatchObject({ type: 11, code: 1, src: '10.1.0.1' });
    expect(router.net.reasons().filter((reason) => reason === 'ipv4.fragments-timed-out')).toHaveLength(2);
    expect(router.net.host.ipv4).toMatchObject({ fragBytes: 0 });
  });

  it('drops all fragments of a packet when two overlap', () => {
    const router = createRouter();
    const [first, second] = ipFragment(udp(CLIENT, 1, '10.1.0.1', 2, { len: 4000 }), 1500, false);
    router.receive(router.eth0, first ?? []);
    router.receive(router.eth0, [{ ...ipOf(second), fragOffset: 1472 }, ...(second?.slice(1) ?? [])]);
    expect(router.net.reasons().filter((reason) => reason === 'ipv4.fragment-overlaps')).toHaveLength(2);
    expect(router.net.host.ipv4.frags.size).toBe(0);
  });
});

describe('every packet ends exactly once', () => {
  // not from the router's own addresses: errors would come round to it and end here as well
  const froms = [CLIENT, SERVER, '10.9.0.1', '127.0.0.1', '224.0.0.1', '0.0.0.0'];
  const from = fc.constantFrom(...froms);
  const to = fc.constantFrom(...froms, '10.1.0.1', '10.2.0.1', '10.1.0.255', '255.255.255.255', '10.2.0.11');
  it('is sent on, delivered, queued or dropped', () => {
    fc.assert(
      fc.property(
        from,
        to,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 1600 }),
        (src, dst, ttl, kind, df, len) => {
          const router = createRouter();
          const fields = { ttl, df, len };
          const layers =
            kind === 0
              ? udp(src, 1, dst, 2, fields)
              : kind === 1
                ? ping(src, dst, 8, fields)
                : kind === 2
                  ? ping(src, dst, 3, fields)
                  : tcp(src, 1, dst, 2, 2, fields);
          router.receive(router.eth0, layers);
          const ends = router.net.records.filter((r) => r.verdict === 'drop' || r.verdict === 'deliver' || r.verdict === 'queue');
          const sentOn = router.left().some((out) => ipOf(out).src === ip(src) && ipOf(out).dst === ip(dst) && ipOf(out).ttl === ttl - 1);
          expect(ends.length + (sentOn ? 1 : 0), JSON.stringify(router.net.reasons())).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
