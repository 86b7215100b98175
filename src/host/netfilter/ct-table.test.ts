import fc from 'fast-check';
import { expect, it } from 'vitest';
import { intDelete, intSet } from '../../engine/index.ts';
import { ipv4 } from '../../wire/index.ts';
import { addressHash } from '../socket/table.ts';
import { ctAt, ctHang, ctUnhang } from './ct-table.ts';
import { createNetfilter, type CtEntry, type CtTuple } from './state.ts';

/** Pairs of tuples that stand in one chain though they differ. */
function meeting(): CtTuple[] {
  const seen = new Map<number, CtTuple>();
  const found: CtTuple[] = [];
  for (let i = 0; i < 200_000; i++) {
    const one: CtTuple = { proto: 6, src: ipv4(10, 0, 0, i >>> 16), dst: ipv4(10, 0, 1, 1), sport: i & 0xffff, dport: 80 };
    const hash = addressHash(one.src, one.sport, one.dst, one.dport);
    const other = seen.get(hash);
    if (other !== undefined) found.push(one, other);
    seen.set(hash, one);
  }
  return found;
}

const met = meeting();

/** Few addresses and ports, so that tuples come again. */
const tuple: fc.Arbitrary<CtTuple> = fc.oneof(
  fc.constantFrom(...met),
  fc.record({
    proto: fc.constantFrom(6, 17),
    src: fc.constantFrom(ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 2)),
    dst: fc.constantFrom(ipv4(10, 0, 0, 1), ipv4(10, 0, 0, 2)),
    sport: fc.nat({ max: 2 }),
    dport: fc.nat({ max: 2 }),
  }),
);

const deeds = fc.array(fc.oneof(fc.record({ orig: tuple, reply: tuple }), fc.nat({ max: 30 })), { maxLength: 60 });

function same(a: CtTuple, b: CtTuple): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** All that the table reads of an entry. */
function entryOf(id: number, orig: CtTuple, reply: CtTuple): CtEntry {
  return { id, orig, reply, next: [0, 0] } as Partial<CtEntry> as CtEntry;
}

it('some of the tuples asked for stand in one chain', () => {
  expect(met.length).toBeGreaterThan(0);
});

it('finds by either tuple what hangs in it, and nothing else, however entries come and go', () => {
  fc.assert(
    fc.property(deeds, fc.array(tuple, { minLength: 1, maxLength: 20 }), (all, asked) => {
      const nf = createNetfilter();
      const hung: CtEntry[] = [];
      all.forEach((deed, i) => {
        if (typeof deed !== 'number') {
          const taken = hung.some(({ orig, reply }) => [orig, reply].some((one) => same(one, deed.orig) || same(one, deed.reply)));
          if (taken) return;
          const entry = entryOf(i + 1, deed.orig, deed.reply);
          intSet(nf.conns, entry.id, entry);
          ctHang(nf, entry);
          hung.push(entry);
        } else if (deed < hung.length) {
          const [entry] = hung.splice(deed, 1) as [CtEntry];
          ctUnhang(nf, entry);
          ctUnhang(nf, entry);
          intDelete(nf.conns, entry.id);
        }
      });
      for (const one of asked) {
        const found = hung.find(({ orig, reply }) => same(orig, one) || same(reply, one));
        expect(ctAt(nf, one)?.id ?? null).toBe(found?.id ?? null);
      }
      expect(nf.conns.size).toBe(hung.length);
      for (const entry of hung) ctUnhang(nf, entry);
      expect(nf.byTuple.size).toBe(0);
    }),
  );
});
