/** An index over rows beside lists: the same rows for each key, the newest first, whatever came and went. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain } from './copy.ts';
import { createRowIndex, indexAdd, indexFirst, indexNext, indexRemove, type HashAt, type RowIndex } from './row-index.ts';
import { createRows, giveRow, rowPage, rowPlace, takeRow, type Rows } from './rows.ts';

const chain: HashAt = (words, at) => (words[at + 1] as number) & 0x3fffffff;

interface Table {
  readonly rows: Rows;
  readonly index: RowIndex;
}

/** Numbers of the rows of a key, in the order in which a look-up meets them. */
function found({ rows, index }: Table, key: number): number[] {
  const numbers: number[] = [];
  for (let row = indexFirst(index, key); row !== 0;) {
    const words = rowPage(rows, row) as Int32Array;
    const at = rowPlace(rows, row);
    if (words[at + 1] === key) numbers.push(row);
    row = indexNext(index, row);
  }
  return numbers;
}

function add(table: Table, row: number, key: number): void {
  takeRow(table.rows, row)[rowPlace(table.rows, row) + 1] = key;
  indexAdd(table.index, table.rows, chain, row);
}

const KEYS = 40;
const deeds = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), key: fc.nat(KEYS) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const), key: fc.nat(1) }) },
  ),
  { maxLength: 250, size: 'max' },
);

describe('an index of rows', () => {
  it('finds what lists by key hold, the newest first, and so does every copy of it', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(deeds, fc.constantFrom(1, 16, 1000, 65537), (list, stride) => {
        let table: Table = { rows: createRows(2, 2), index: createRowIndex() };
        let model: [number, number][] = [];
        let next = 1;
        const kept: { table: Table; model: [number, number][] }[] = [];
        for (const { kind, key } of list) {
          if (kind === 'copy') {
            const copy = copyPlain(table);
            kept.push({ table: key === 0 ? copy : table, model });
            if (key === 1) table = copy;
          } else if (kind === 'add') {
            add(table, next, key * stride);
            model = [[next++, key * stride], ...model];
          } else if (model.length > 0) {
            const [row] = model[key % model.length] as [number, number];
            expect(indexRemove(table.index, table.rows, chain, row)).toBe(true);
            giveRow(table.rows, row);
            model = model.filter(([each]) => each !== row);
          }
        }
        for (const moment of [{ table, model }, ...kept]) {
          expect(moment.table.index.count).toBe(moment.model.length);
          const keys = Array.from({ length: KEYS + 1 }, (_, key) => key * stride);
          const wanted = keys.map((key) => moment.model.filter(([, each]) => each === key).map(([row]) => row));
          expect(keys.map((key) => found(moment.table, key))).toEqual(wanted);
        }
      }),
      { numRuns: 120 },
    );
  });

  it('keeps its chains short as it grows', () => {
    const table: Table = { rows: createRows(2, 5), index: createRowIndex() };
    let longest = 0;
    for (let row = 1; row <= 20_000; row++) add(table, row, row * 7);
    for (let row = 1; row <= 20_000; row++) {
      let steps = 0;
      for (let at = indexFirst(table.index, row * 7); at !== 0; steps++) at = indexNext(table.index, at);
      longest = Math.max(longest, steps);
    }
    expect(longest).toBeLessThanOrEqual(8);
    expect(indexRemove(table.index, table.rows, chain, 20_000)).toBe(true);
    expect(indexRemove(table.index, table.rows, chain, 20_000)).toBe(false);
  });
});
