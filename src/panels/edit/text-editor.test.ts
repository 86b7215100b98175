import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference } from './text-editor.ts';

test('of two texts only the middle in which they differ is replaced', () => {
  expect(difference('nodes:\n  a: {}\n', 'nodes:\n  a: {}\n  b: {}\n')).toEqual({ from: 15, to: 15, insert: '  b: {}\n' });
  expect(difference('one two three', 'one 2 three')).toEqual({ from: 4, to: 7, insert: '2' });
  expect(difference('same', 'same')).toEqual({ from: 4, to: 4, insert: '' });
});

test('what is replaced makes one text of the other, whatever repeats in them', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { from, to, insert } = difference(before, after);
      expect(before.slice(0, from) + insert + before.slice(to)).toBe(after);
      expect(to).toBeGreaterThanOrEqual(from);
    }),
  );
});
