import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../engine/index.ts';
import { IPPROTO_UDP, IPV4_HLEN, makePayload, parseIpv4, type Ipv4, type Layers } from '../../wire/index.ts';
import type { SeenPacket } from './case.ts';
import { SharedPieces } from './shared-pieces.ts';

const HOST = 0 as NodeId;
const ROUTER = 1 as NodeId;

function piece(fragOffset: number, len: number, mf: boolean): Layers {
  return [
    {
      kind: 'ipv4',
      tos: 0,
      totalLen: IPV4_HLEN + len,
      id: 7,
      df: false,
      mf,
      fragOffset,
      ttl: 64,
      proto: IPPROTO_UDP,
      src: parseIpv4('10.0.0.1') as Ipv4,
      dst: parseIpv4('10.0.1.1') as Ipv4,
    },
    makePayload(new Uint8Array(len)),
  ];
}

function seen(): SeenPacket {
  return { dir: 'in', summary: { shown: 'before' } };
}

/** A piece goes to the router, which sends the packet on in pieces. @returns what was taken on the first cable */
function throughRouter(layers: Layers, { asItCame = true, copied = false } = {}): SeenPacket {
  const pieces = new SharedPieces();
  const taken = seen();
  pieces.send(HOST, layers, () => ({ shown: 'wrong' }));
  pieces.take(layers, taken);
  if (copied) pieces.copy(layers);
  if (asItCame) pieces.sendOn(ROUTER, piece(0, 2000, false));
  pieces.send(ROUTER, layers, () => ({ shown: 'after' }));
  return taken;
}

describe('copies of pieces', () => {
  it('show the headers of the next cable when the packet went on as it came', () => {
    expect(throughRouter(piece(1480, 520, false)).summary).toEqual({ shown: 'after' });
  });

  it('of the first piece stay as they were taken', () => {
    expect(throughRouter(piece(0, 1480, true)).summary).toEqual({ shown: 'before' });
  });

  it('stay as they were taken when a router copied the piece before', () => {
    expect(throughRouter(piece(1480, 520, false), { copied: true }).summary).toEqual({ shown: 'before' });
  });

  it('stay as they were taken where the packet was not joined, or cut anew', () => {
    expect(throughRouter(piece(1480, 520, false), { asItCame: false }).summary).toEqual({ shown: 'before' });
  });
});
