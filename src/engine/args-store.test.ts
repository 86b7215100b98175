import { assert, constantFrom, array, dictionary, double, oneof, property, string, tuple, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArgsStore } from './args-store.ts';

/** Records of a few kinds with arguments of any names and values. */
const records = array(
  tuple(
    integer({ min: 0, max: 5 }),
    dictionary(constantFrom('node', 'dev', 'addr', 'bytes', 'text', 'why'), oneof(double(), integer(), string())),
  ),
  { maxLength: 60 },
);

describe('arguments of records', () => {
  it('come back equal, names in their order', () => {
    assert(
      property(records, (all) => {
        const store = new ArgsStore();
        const places = all.map(([kind, args]) => store.put(kind, args));
        all.forEach(([, args], i) => {
          const back = store.get(places[i] as number);
          expect(back).toEqual({ ...args });
          expect(Object.keys(back)).toEqual(Object.keys(args));
        });
      }),
    );
  });

  it('may be stored by another store that goes on, and by branches, without touching each other', () => {
    assert(
      property(records, records, records, (first, second, third) => {
        const store = new ArgsStore();
        const places = first.map(([kind, args]) => store.put(kind, args));
        const there = ArgsStore.after(structuredClone(store.mark));
        const placesThere = second.map(([kind, args]) => there.put(kind, args));
        const branch = store.branch();
        const placesBranch = third.map(([kind, args]) => branch.put(kind, args));
        const base = store.append(structuredClone(there.take()));
        const later = third.map(([kind, args]) => store.put(kind, args));
        first.forEach(([, args], i) => expect(store.get(places[i] as number)).toEqual({ ...args }));
        second.forEach(([, args], i) => expect(store.get(base + (placesThere[i] as number))).toEqual({ ...args }));
        third.forEach(([, args], i) => expect(store.get(later[i] as number)).toEqual({ ...args }));
        first.forEach(([, args], i) => expect(branch.get(places[i] as number)).toEqual({ ...args }));
        third.forEach(([, args], i) => expect(branch.get(placesBranch[i] as number)).toEqual({ ...args }));
      }),
    );
  });

  it('take less room than they would as objects', () => {
    const store = new ArgsStore();
    for (let i = 0; i < 10_000; i++) store.put(1, { dev: 'eth0', bytes: i, from: i * 7 });
    expect(store.bytes / 10_000).toBeLessThan(40);
  });

  it('of more names than a row takes are refused', () => {
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`a${i}`, i]));
    expect(() => new ArgsStore().put(0, many)).toThrow('too many');
  });
});
