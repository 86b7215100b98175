/** Property tests draw the same examples in each run, unless somebody asks for others. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seed, seedOf } from './property-seed.mjs';

const drawn = (): number[] => {
  const numbers: number[] = [];
  fc.assert(fc.property(fc.integer(), (number) => void numbers.push(number)));
  return numbers;
};

test('a property without a seed of its own draws from the seed of the run', () => {
  expect(fc.readConfigureGlobal().seed).toBe(seed);
  expect(drawn()).toEqual(drawn());
});

test('the seed of the run is a 32-bit number, the usual one if none is named', () => {
  expect(seedOf(undefined)).toBe(seedOf(''));
  expect(seedOf('-5')).toBe(-5);
  expect(seedOf('2147483647')).toBe(2_147_483_647);
  for (const word of ['2147483648', 'x', '1.5', '1e3', ' 1']) expect(() => seedOf(word), word).toThrow(/32-bit/);
});
