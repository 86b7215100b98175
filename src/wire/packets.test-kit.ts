/** Arbitrary headers and stacks for property tests. */
import fc from 'fast-check';
import type { Ipv4, Mac } from './address.ts';
import {
  ETH_P_ARP,
  ETH_P_IP,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_VRRP,
  layersLen,
  makeArp,
  makeEth,
  makeIcmp,
  makePayload,
  makeUdp,
  makeVrrp,
  tcpHeaderLen,
  type Ipv4Hdr,
  type Layers,
  type TcpHdr,
} from './layers.ts';

export const u16 = fc.nat(0xffff);
export const u32 = fc.nat(0xffffffff);
const ip = u32.map((n) => n as Ipv4);
const mac = fc.nat(0xffffffffffff).map((n) => n as Mac);
const data = fc.uint8Array({ maxLength: 40 }).map((bytes): Layers => (bytes.length === 0 ? [] : [makePayload(bytes)]));

const anyTcpHdr: fc.Arbitrary<TcpHdr> = fc.record({
  kind: fc.constant('tcp' as const),
  sport: u16,
  dport: u16,
  seq: u32,
  ack: u32,
  flags: fc.nat(255),
  window: u16,
  options: fc.record({
    mss: fc.option(u16),
    sackPermitted: fc.boolean(),
    timestamps: fc.option(fc.record({ val: u32, ecr: u32 })),
    windowScale: fc.option(fc.nat(14)),
    sack: fc.option(fc.array(fc.record({ left: u32, right: u32 }), { minLength: 1, maxLength: 2 })),
    toa: fc.option(fc.record({ port: u16, addr: ip })),
  }),
});

/** A header has room for 40 bytes of options. */
export const tcpHdr = anyTcpHdr.filter((hdr) => tcpHeaderLen(hdr) <= 60);

function ipHdr(proto: number, totalLen: number, frag: { mf: boolean; fragOffset: number }): fc.Arbitrary<Ipv4Hdr> {
  return fc.record({
    kind: fc.constant('ipv4' as const),
    tos: fc.nat(255),
    totalLen: fc.constant(totalLen),
    id: u16,
    df: fc.boolean(),
    mf: fc.constant(frag.mf),
    fragOffset: fc.constant(frag.fragOffset),
    ttl: fc.nat(255),
    proto: fc.constant(proto),
    src: ip,
    dst: ip,
  });
}

const WHOLE = { mf: false, fragOffset: 0 };

/** An IPv4 header in front of what it carries. */
function under(proto: number, inner: fc.Arbitrary<Layers>, frag = WHOLE): fc.Arbitrary<Layers> {
  return inner.chain((layers) => ipHdr(proto, 20 + layersLen(layers), frag).map((hdr): Layers => [hdr, ...layers]));
}

const tcp = fc.tuple(tcpHdr, data).map(([hdr, rest]): Layers => [hdr, ...rest]);
const udp = fc.tuple(u16, u16, data).map(([sport, dport, rest]): Layers => [makeUdp(sport, dport, 8 + layersLen(rest)), ...rest]);
const echo = fc.tuple(fc.constantFrom(0, 8), u32, data).map(([type, rest, more]): Layers => [makeIcmp(type, 0, rest), ...more]);
const other = data.map((layers): Layers => layers);
const vrrp = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.array(ip, { maxLength: 5 }), fc.option(fc.stringMatching(/^[!-~]{0,8}$/)))
  .map(([vrid, priority, interval, addrs, auth]): Layers => [makeVrrp(2, vrid, priority, interval, addrs, auth === null ? 0 : 1, auth)]);

const plain = fc.oneof(
  under(IPPROTO_TCP, tcp),
  under(IPPROTO_UDP, udp),
  under(IPPROTO_ICMP, echo),
  under(89, other),
  under(IPPROTO_VRRP, vrrp),
);
const fragments = fc.oneof(
  under(IPPROTO_UDP, udp, { mf: true, fragOffset: 0 }),
  under(IPPROTO_UDP, other, { mf: false, fragOffset: 1480 }),
);

/** A whole packet whose last layer, the data, is cut away: as an error quotes it. */
const quoted = under(
  IPPROTO_TCP,
  fc.tuple(tcpHdr, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([hdr, bytes]): Layers => [hdr, makePayload(bytes)]),
).map((layers): Layers => layers.slice(0, 2));
const error = fc
  .tuple(fc.constantFrom(3, 5, 11), fc.nat(15), u32, fc.oneof(plain, quoted))
  .map(([type, code, rest, about]): Layers => [makeIcmp(type, code, rest), ...about]);

const ipPacket = fc.oneof(
  plain,
  fragments,
  under(IPPROTO_IPIP, plain),
  under(IPPROTO_IPIP, under(IPPROTO_IPIP, plain)),
  under(IPPROTO_ICMP, error),
);
const arp = fc.tuple(u16, mac, ip, mac, ip).map(([op, sha, spa, tha, tpa]): Layers => [makeArp(op, sha, spa, tha, tpa)]);

/** Any frame that the lab can make. */
export const frame: fc.Arbitrary<Layers> = fc.oneof(
  fc.tuple(mac, mac, ipPacket).map(([dst, src, rest]): Layers => [makeEth(dst, src, ETH_P_IP), ...rest]),
  fc.tuple(mac, mac, arp).map(([dst, src, rest]): Layers => [makeEth(dst, src, ETH_P_ARP), ...rest]),
);
