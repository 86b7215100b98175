import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePayload, type Ipv4Hdr, type Layers, type Mac } from '../wire/index.ts';
import { frame } from '../wire/packets.test-kit.ts';
import { FrameStore } from './frame-store.ts';
import { NO_FRAME, type FrameId } from './ids.ts';

/** So many that none of the frames before is at hand as it came any more. */
function pushOut(store: FrameStore): void {
  for (let i = 0; i < 300; i++)
    store.put({ id: store.length as FrameId, bornFrom: NO_FRAME, eth: null, above: [makePayload(new Uint8Array(0))] });
}

function put(store: FrameStore, layers: Layers, bornFrom: FrameId = NO_FRAME): FrameId {
  const id = store.length as FrameId;
  const [eth, ...above] = layers;
  store.put(eth?.kind === 'eth' ? { id, bornFrom, eth, above } : { id, bornFrom, eth: null, above: layers });
  return id;
}

describe('a frame that was stored', () => {
  it('comes back with every field, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 8 }), (frames) => {
        const store = new FrameStore();
        frames.forEach((layers, i) => put(store, layers, (i - 1) as FrameId));
        pushOut(store);
        frames.forEach((layers, i) => expect(store.get(i as FrameId)).toEqual({ id: i, bornFrom: i - 1, layers }));
      }),
      { numRuns: 500 },
    );
  });

  it('comes back when a router changed only addresses and TTL', () => {
    fc.assert(
      fc.property(frame, fc.nat(255), fc.nat(2 ** 48 - 1), (layers, ttl, dst) => {
        const store = new FrameStore();
        const born = put(store, layers);
        const [eth, ip, ...rest] = layers;
        fc.pre(eth?.kind === 'eth' && ip?.kind === 'ipv4');
        const changed = [{ ...eth, dst: dst as Mac }, { ...(ip as Ipv4Hdr), ttl }, ...rest] as Layers;
        const next = put(store, changed, born);
        const last = put(store, changed, next);
        pushOut(store);
        expect(store.get(next)).toEqual({ id: next, bornFrom: born, layers: changed });
        expect(store.get(last).layers).toEqual(changed);
      }),
    );
  });

  it('comes back when any other field changed with it', () => {
    fc.assert(
      fc.property(frame, fc.constantFrom('id', 'tos', 'src', 'dst'), fc.nat(255), (layers, field, value) => {
        const store = new FrameStore();
        const [eth, ip, ...rest] = layers;
        fc.pre(eth?.kind === 'eth' && ip?.kind === 'ipv4');
        const born = put(store, layers);
        const changed = [eth, { ...(ip as Ipv4Hdr), [field]: value }, ...rest] as Layers;
        const next = put(store, changed, born);
        pushOut(store);
        expect(store.get(next).layers).toEqual(changed);
      }),
    );
  });

  it('is another one in a branch that went another way', () => {
    const store = new FrameStore();
    const first: Layers = [makePayload(new Uint8Array([1]))];
    put(store, first);
    const branch = store.branch(1);
    put(store, [makePayload(new Uint8Array([2]))]);
    put(branch, [makePayload(new Uint8Array([3]))]);
    pushOut(store);
    pushOut(branch);
    expect(store.get(0 as FrameId).layers).toEqual(first);
    expect(branch.get(0 as FrameId).layers).toEqual(first);
    expect(store.get(1 as FrameId).layers).toEqual([makePayload(new Uint8Array([2]))]);
    expect(branch.get(1 as FrameId).layers).toEqual([makePayload(new Uint8Array([3]))]);
  });

  it('must come in turn', () => {
    expect(() => new FrameStore().put({ id: 1 as FrameId, bornFrom: NO_FRAME, eth: null, above: [] })).toThrow(/before/);
  });
});
