import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emit,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV4_HLEN,
  layersLen,
  makePayload,
  makeUdp,
  TCP_NO_OPTIONS,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import { ipFragment } from './frag.ts';
import { joinLayers, makeIpv4, readAgain, sliceLayers } from './layers.ts';

const A = 0x0a000001 as Ipv4;
const B = 0x0a000002 as Ipv4;

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
}

function udp(length: number): Layers {
  return [
    makeIpv4(A, B, IPPROTO_UDP, 28 + length, 64, 0, false, 7),
    makeUdp(1000, 53, 8 + length),
    ...(length > 0 ? [makePayload(bytes(length))] : []),
  ];
}

function tunnelled(length: number): Layers {
  const tcp = {
    kind: 'tcp',
    sport: 1,
    dport: 80,
    seq: 5,
    ack: 0,
    flags: 2,
    window: 100,
    options: { ...TCP_NO_OPTIONS, timestamps: { val: 1, ecr: 2 } },
  } as const;
  const inner = 20 + 32 + length;
  return [
    makeIpv4(B, A, IPPROTO_IPIP, 20 + inner, 64, 0, false, 9),
    makeIpv4(A, B, IPPROTO_TCP, inner, 63, 0, false, 0),
    tcp,
    ...(length > 0 ? [makePayload(bytes(length))] : []),
  ];
}

function whole(pieces: readonly Layers[], ip: Ipv4Hdr): Layers {
  return readAgain(ip, joinLayers(pieces.map((piece) => piece.slice(1))));
}

describe('ipFragment', () => {
  it('cuts 1500 bytes for an MTU of 1480 as Linux does', () => {
    const pieces = ipFragment(udp(1472), 1480, false);
    expect(pieces.map((p) => p[0])).toMatchObject([
      { totalLen: 1476, mf: true, fragOffset: 0, df: false, id: 7 },
      { totalLen: 44, mf: false, fragOffset: 1456, df: false, id: 7 },
    ]);
  });

  it('keeps the offset and the more-fragments bit of a fragment that is cut again', () => {
    const second = { ...(udp(1000)[0] as Ipv4Hdr), totalLen: 1020, mf: true, fragOffset: 1480 };
    const pieces = ipFragment([second, makePayload(bytes(1000))], 576, false);
    expect(pieces.map((p) => p[0])).toMatchObject([
      { fragOffset: 1480, mf: true, totalLen: 572 },
      { fragOffset: 2032, mf: true, totalLen: 468 },
    ]);
  });

  it('gives pieces that fit, lie at multiples of 8, and make the packet again, headers and all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 68, max: 1500 }), fc.boolean(), (length, mtu, inTunnel) => {
        const packet = inTunnel ? tunnelled(length) : udp(length);
        const pieces = ipFragment(packet, mtu, false);
        let at = 0;
        for (const [index, piece] of pieces.entries()) {
          const ip = piece[0] as Ipv4Hdr;
          expect(ip.totalLen).toBe(layersLen(piece));
          expect(ip.totalLen).toBeLessThanOrEqual(mtu);
          expect(ip.fragOffset % 8).toBe(0);
          expect(ip.fragOffset).toBe(at);
          expect(ip.mf).toBe(index < pieces.length - 1);
          at += ip.totalLen - IPV4_HLEN;
        }
        expect(whole(pieces, packet[0] as Ipv4Hdr)).toEqual(packet);
      }),
    );
  });
});

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

describe('sliceLayers', () => {
  it('is the slice of the bytes, wherever it cuts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 90 }), (x, y) => {
        const packet = tunnelled(20);
        const [from, to] = x < y ? [x, y] : [y, x];
        const cut = sliceLayers(packet, from, to);
        expect(layersLen(cut)).toBe(Math.max(0, Math.min(to, 92) - from));
        // headers that are whole are written with lengths and sums of their own
        const isBytes = cut.every((layer) => layer.kind === 'payload');
        expect(!isBytes || sameBytes(emit(cut), emit(packet).slice(from, to))).toBe(true);
      }),
    );
  });
});
