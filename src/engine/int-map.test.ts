import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain } from './copy.ts';
import { createIntMap, intDelete, intGet, intHas, intSet, intValues } from './int-map.ts';

type Deed = { readonly kind: 'set' | 'delete' | 'get'; readonly key: number };

/** Keys that meet each other: near ones, and some that differ only in high bits. */
const keys = fc.oneof(
  fc.nat({ max: 40 }),
  fc.nat({ max: 9 }).map((n) => n * 64),
  fc.nat({ max: 2 ** 30 - 1 }),
);
const deeds = fc.array(fc.record({ kind: fc.constantFrom<Deed['kind']>('set', 'set', 'delete', 'delete', 'get'), key: keys }), {
  maxLength: 400,
});

describe('a map from whole numbers', () => {
  it('answers as a Map does, in ascending order, whatever was put in and taken out', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        const map = createIntMap<string>();
        const model = new Map<number, string>();
        all.forEach(({ kind, key }, i) => {
          if (kind === 'set') {
            intSet(map, key, `v${i}`);
            model.set(key, `v${i}`);
          } else if (kind === 'delete') expect(intDelete(map, key)).toBe(model.delete(key));
          expect(intGet(map, key)).toBe(model.get(key) ?? null);
          expect(intHas(map, key)).toBe(model.has(key));
          expect(map.size).toBe(model.size);
        });
        for (const [key, value] of model) expect(intGet(map, key)).toBe(value);
        expect(intValues(map)).toEqual([...model].sort(([a], [b]) => a - b).map(([, value]) => value));
      }),
    );
  });

  it('is at most half full, and small again when most have gone', () => {
    const map = createIntMap<number>();
    for (let key = 1; key <= 1000; key++) intSet(map, key, key);
    expect(map.keys.length).toBe(2048);
    for (let key = 1; key <= 999; key++) intDelete(map, key);
    expect(map.keys.length).toBeLessThanOrEqual(16);
    expect(intGet(map, 1000)).toBe(1000);
  });

  it('keeps its table while entries come and go', () => {
    const map = createIntMap<number>();
    for (let key = 1; key <= 5; key++) intSet(map, key, key);
    const { keys: table } = map;
    for (let key = 6; key <= 10_000; key++) {
      intSet(map, key, key);
      intDelete(map, key - 5);
    }
    expect(map.keys).toBe(table);
    expect(intValues(map)).toEqual([9996, 9997, 9998, 9999, 10_000]);
    expect(map.values.filter((value) => value !== null)).toHaveLength(5);
  });

  it('is plain data: a copy shares nothing that either may change', () => {
    const map = createIntMap<{ n: number }>();
    intSet(map, 7, { n: 1 });
    const copy = copyPlain(map);
    intDelete(map, 7);
    expect(intGet(copy, 7)).toEqual({ n: 1 });
  });
});
