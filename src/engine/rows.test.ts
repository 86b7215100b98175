/** A table in pages beside a Map: the same content, and every copy stays as it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyPlain } from './copy.ts';
import { copyWork } from './copy-work.ts';
import { createRows, giveRow, numberAt, ownPage, rowFrom, rowPage, rowPlace, setNumber, takeRow, type Rows } from './rows.ts';

const WIDTH = 3;
type Model = Map<number, number[]>;

interface Side {
  readonly rows: Rows;
  readonly model: Model;
}

type Deed =
  | { readonly kind: 'take' | 'write' | 'give'; readonly row: number; readonly value: number }
  | { readonly kind: 'copy' | 'go-on' };

const row = fc.oneof(fc.nat(40), fc.nat(700), fc.nat(9000));
const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('take' as const, 'write' as const, 'give' as const), row, value: fc.integer({ min: -9, max: 9 }) }) }, // prettier-ignore
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('copy' as const, 'go-on' as const) }) },
  ),
  { maxLength: 150, size: 'max' },
);

function read(rows: Rows, number: number): number[] {
  const at = rowPlace(rows, number);
  return Array.from((rowPage(rows, number) as Int32Array).subarray(at, at + WIDTH));
}

function write({ rows, model }: Side, number: number, value: number): void {
  const words = model.has(number) ? ownPage(rows, number) : takeRow(rows, number);
  for (let word = 0; word < WIDTH; word++) words[rowPlace(rows, number) + word] = value + word;
  model.set(number, [value, value + 1, value + 2]);
}

/** What the table holds of the rows that the model has. */
function contents({ rows, model }: Side): [number, number[]][] {
  return [...model.keys()].map((number) => [number, read(rows, number)]);
}

describe('rows in pages', () => {
  it(
    'hold what a Map holds; a copy taken at any moment is unchanged by what is written later, on either side',
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 6 }), deeds, (shift, list) => {
          let living: Side = { rows: createRows(WIDTH, shift), model: new Map() };
          const kept: Side[] = [];
          for (const deed of list) {
            if (!('row' in deed)) {
              const other: Side = { rows: copyPlain({ table: living.rows }).table, model: new Map(living.model) };
              kept.push(deed.kind === 'copy' ? other : living);
              if (deed.kind === 'go-on') living = other;
            } else if (deed.kind === 'give') {
              if (living.model.delete(deed.row)) giveRow(living.rows, deed.row);
            } else write(living, deed.row, deed.value);
          }
          const sides = [living, ...kept];
          expect(sides.map(contents)).toEqual(sides.map(({ model }) => [...model]));
        }),
        { numRuns: 200 },
      );
    },
  );

  it('give pages back when nothing stands in them, but for the last one', () => {
    const rows = createRows(1, 2);
    for (let number = 0; number < 2000; number++) takeRow(rows, number);
    for (let number = 0; number < 2000; number++) if (number !== 1000) giveRow(rows, number);
    const pages = rows.chapters.flatMap((chapter) => chapter ?? []).filter((page) => page !== null);
    expect(pages.length).toBe(2);
    expect(rows.chapters[0]).toBeNull();
    expect(rowFrom(rows, 0)).toBe(1000);
    expect(rowFrom(rows, 1004)).toBe(1996);
    takeRow(rows, 5000);
    expect(rowPage(rows, 1996)).toBeNull();
    expect(rowFrom(rows, 5004)).toBe(-1);
  });

  it('cost a checkpoint as much as is written, however many there are', () => {
    const cost = (count: number): number => {
      const rows = createRows(8, 5);
      for (let number = 0; number < count; number++) takeRow(rows, number);
      const before = copyWork();
      copyPlain(rows);
      ownPage(rows, 17)[rowPlace(rows, 17)] = 1;
      ownPage(rows, 18)[rowPlace(rows, 18)] = 1;
      return copyWork() - before;
    };
    expect(cost(1000)).toBeLessThan(60);
    expect(cost(300_000) - cost(1000)).toBeLessThan(300_000 / 2000);
  });

  it('of single numbers know which of them are set', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.nat(2)), { maxLength: 80 }), (list) => {
        const rows = createRows(1, 3);
        const model = new Map<number, number>();
        for (const [number, value] of list) {
          setNumber(rows, number, value);
          model.set(number, value);
        }
        expect([...model.keys()].map((number) => numberAt(rows, number))).toEqual([...model.values()]);
        const pages = new Set([...model].filter(([, value]) => value !== 0).map(([number]) => number >> 3));
        const there = rows.chapters.flatMap((chapter) => chapter ?? []).filter((page) => page !== null).length;
        expect(there - pages.size).toBeLessThanOrEqual(1);
      }),
    );
  });
});
