import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4, type Ipv4, type Mac } from './address.ts';
import { emit } from './emit.ts';
import { IPPROTO_VRRP, layersLen, makeEth, makeVrrp, type Layers, type VrrpHdr } from './layers.ts';
import { parse } from './parse.ts';

const SRC = ipv4(172, 18, 20, 100);

function packet(vrrp: VrrpHdr, src: Ipv4 = SRC): Layers {
  const body: Layers = [vrrp];
  const ip = {
    kind: 'ipv4',
    tos: 0xc0,
    totalLen: 20 + layersLen(body),
    id: 1,
    df: false,
    mf: false,
    fragOffset: 0,
    ttl: 255,
    proto: IPPROTO_VRRP,
    src,
    dst: ipv4(224, 0, 0, 18),
  } as const;
  return [makeEth(0x01005e000012 as Mac, 0x020000000002 as Mac, 0x0800), ip, ...body];
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

describe('VRRP', () => {
  it('writes what keepalived 2.2.7 sends', () => {
    const bytes = emit(packet(makeVrrp(2, 51, 100, 1, [ipv4(172, 18, 20, 128)], 1, '1111')));
    // recorded on the wire
    expect(hex(bytes.subarray(34))).toBe('21336401010156d5ac12148031313131' + '00000000');
  });

  it('parse undoes emit, without a fault', () => {
    expect.hasAssertions();
    const addr = fc.nat(0xffffffff).map((value) => value as Ipv4);
    const byte = fc.nat(255);
    const text = fc.stringMatching(/^[!-~]{0,8}$/);
    const v2 = fc.record({
      vrid: byte,
      priority: byte,
      interval: byte,
      addrs: fc.array(addr, { maxLength: 20 }),
      authType: byte,
      auth: fc.option(text),
    });
    fc.assert(
      fc.property(v2, addr, ({ vrid, priority, interval, addrs, authType, auth }, src) => {
        const layers = packet(makeVrrp(2, vrid, priority, interval, addrs, authType, auth), src);
        expect(parse(emit(layers))).toEqual({ layers, faults: [], padding: 0 });
        const v3 = packet(makeVrrp(3, vrid, priority, interval * 16, addrs), src);
        expect(parse(emit(v3))).toEqual({ layers: v3, faults: [], padding: 0 });
      }),
    );
  });

  it('version 3 covers the addresses of the IP header with its sum', () => {
    const bytes = emit(packet(makeVrrp(3, 51, 100, 100, [ipv4(172, 18, 20, 128)])));
    bytes[34 + 6] = (bytes[34 + 6] as number) ^ 1;
    expect(parse(bytes).faults).toMatchObject([{ kind: 'checksum', layer: 'vrrp' }]);
  });

  it('a length that does not fit stays bytes', () => {
    const bytes = emit(packet(makeVrrp(2, 51, 100, 1, [ipv4(172, 18, 20, 128)], 1, '1111')));
    bytes[34 + 3] = 9;
    expect(parse(bytes).layers.at(-1)?.kind).toBe('payload');
  });
});
