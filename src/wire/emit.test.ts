import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum, updateChecksum } from './checksum.ts';
import { describe as viewsOf } from './describe.ts';
import { emit } from './emit.ts';
import { formatIpv4, ipv4, parseMac, type Mac } from './address.ts';
import { layersLen, makeArp, makeEth, type Ipv4Hdr, type Layers } from './layers.ts';
import { frame, u16 } from './packets.test-kit.ts';
import { parse } from './parse.ts';

const ETH = makeEth(parseMac('02:00:00:00:00:02') as Mac, parseMac('02:00:00:00:00:01') as Mac, 0x0800);

function hex(bytes: Uint8Array): string {
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}

describe('emit', () => {
  it('writes an ARP request as RFC 826 has it', () => {
    const bytes = emit([
      makeEth(0xffffffffffff as Mac, parseMac('02:00:00:00:00:01') as Mac, 0x0806),
      makeArp(1, parseMac('02:00:00:00:00:01') as Mac, ipv4(10, 0, 0, 10), 0 as Mac, ipv4(10, 0, 0, 1)),
    ]);
    expect(hex(bytes)).toBe(
      'ffffffffffff0200000000010806' + '0001080006040001' + '020000000001' + '0a00000a' + '000000000000' + '0a000001',
    );
  });

  it('computes the header checksum of a known packet', () => {
    const ip: Ipv4Hdr = {
      kind: 'ipv4',
      tos: 0,
      totalLen: 115,
      id: 0,
      df: true,
      mf: false,
      fragOffset: 0,
      ttl: 64,
      proto: 17,
      src: ipv4(192, 168, 0, 1),
      dst: ipv4(192, 168, 0, 199),
    };
    const bytes = emit([ip]);
    expect(hex(bytes.subarray(10, 12))).toBe('b861');
  });

  it('parse undoes it, without a fault', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(frame, (layers) => {
        const back = parse(emit(layers));
        expect(back.layers).toEqual(layers);
        expect(back.faults).toEqual([]);
        expect(back.padding).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('takes the bytes that the layers promise', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(frame, (layers) => {
        expect(emit(layers).length).toBe(layersLen(layers));
      }),
    );
  });

  it('updates a checksum like computing it anew', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), u16, (bytes, word) => {
        const copy = bytes.slice();
        copy[4] = word >> 8;
        copy[5] = word & 255;
        const before = ((bytes[4] as number) << 8) | (bytes[5] as number);
        // all-zero data has two representations of the same sum
        fc.pre(bytes.some((b, i) => i !== 4 && i !== 5 && b !== 0));
        expect(updateChecksum(checksum(bytes, 0, 20), before, word)).toBe(checksum(copy, 0, 20));
      }),
    );
  });
});

describe('parse', () => {
  const syn: Layers = [
    ETH,
    {
      kind: 'ipv4',
      tos: 0,
      totalLen: 40,
      id: 7,
      df: true,
      mf: false,
      fragOffset: 0,
      ttl: 64,
      proto: 6,
      src: ipv4(10, 0, 0, 1),
      dst: ipv4(10, 0, 0, 2),
    },
    {
      kind: 'tcp',
      sport: 40000,
      dport: 80,
      seq: 1000,
      ack: 0,
      flags: 2,
      window: 64240,
      options: {
        mss: null,
        sackPermitted: false,
        timestamps: null,
        windowScale: null,
        sack: null,
        toa: null,
      },
    },
  ];

  it('finds a changed byte by the checksum it breaks', () => {
    const bytes = emit(syn);
    bytes[22] = 63;
    const fault = parse(bytes).faults[0];
    expect(fault).toMatchObject({ kind: 'checksum', layer: 'ipv4', offset: 24 });
    const { expected } = fault as { expected: number };
    bytes[24] = expected >> 8;
    bytes[25] = expected & 255;
    expect(parse(bytes).faults).toEqual([]);
  });

  it('finds a broken TCP checksum', () => {
    const bytes = emit(syn);
    bytes[40] = 99;
    expect(parse(bytes).faults).toMatchObject([{ kind: 'checksum', layer: 'tcp', offset: 50 }]);
  });

  it('says where a cut frame ends', () => {
    const bytes = emit(syn).subarray(0, 44);
    expect(parse(bytes).faults).toMatchObject([
      { kind: 'truncated', layer: 'ipv4', offset: 44, missing: 10 },
      { kind: 'truncated', layer: 'tcp', offset: 44, missing: 10 },
    ]);
    expect(parse(new Uint8Array(5)).faults).toEqual([{ kind: 'truncated', layer: 'eth', offset: 5, missing: 9 }]);
  });

  it('takes what follows a short packet for padding', () => {
    const padded = new Uint8Array(60);
    padded.set(emit(syn));
    expect(parse(padded)).toMatchObject({ layers: syn, faults: [], padding: 6 });
  });

  it('refuses IPv6 in the place of IPv4', () => {
    const bytes = emit(syn);
    bytes[14] = 0x65;
    expect(parse(bytes).faults[0]).toEqual({ kind: 'malformed', layer: 'ipv4', offset: 14, found: 0x65 });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(() => parse(bytes)).not.toThrow();
      }),
    );
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat(255), (layers, at, value) => {
        const bytes = emit(layers);
        bytes[at % bytes.length] = value;
        expect(() => parse(bytes)).not.toThrow();
      }),
    );
  });
});

/** What stands in the bytes of a field, told as the field tells it; null where it cannot be told so simply. */
function rereadOf(name: string, [a = 0, b = 0, c = 0, d = 0]: Uint8Array): string | null {
  if (name === 'ip.src' || name === 'ip.dst' || name === 'arp.src.proto_ipv4') return formatIpv4(ipv4(a, b, c, d));
  if (name === 'ip.ttl' || name === 'icmp.type') return String(a);
  if (/^(tcp|udp)\.(src|dst)port$/.test(name) || name === 'ip.len') return String(a * 256 + b);
  // options begin with their number and length
  if (name === 'tcp.options.mss_val') return a === 2 && b === 4 ? String(c * 256 + d) : 'misplaced';
  if (name === 'tcp.options.wscale.shift') return a === 3 && b === 3 ? String(c) : 'misplaced';
  if (name === 'tcp.options.sack_perm') return a === 4 && b === 2 ? '1' : 'misplaced';
  return null;
}

describe('the views of a packet', () => {
  it('name every field at its place', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(frame, (layers) => {
        const bytes = emit(layers);
        for (const view of viewsOf(layers)) {
          for (const { name, offset, length, value } of view.fields) {
            expect(offset).toBeGreaterThanOrEqual(view.offset);
            expect(offset + length).toBeLessThanOrEqual(view.offset + view.length);
            const reread = rereadOf(name, bytes.subarray(offset, offset + length));
            // the type of an ICMP message is followed by its name
            expect(reread === null || value === reread || value.startsWith(`${reread} (`), `${name}: ${value}, ${reread}`).toBe(true);
          }
        }
      }),
    );
  });
});
