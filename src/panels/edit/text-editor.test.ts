import { Text } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesOver, difference } from './text-editor.ts';

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

function merged(base: string, written: string, text: string): string {
  return changesOver(base, written, text)
    .apply(Text.of(written.split('\n')))
    .toString();
}

test('what is being written stays where another change of the file comes', () => {
  const base = 'nodes:\n  a: {}\n  b: {}\n';
  expect(merged(base, '# mine\nnodes:\n  a: {}\n  b: {}\n', 'nodes:\n  a: {}\n  b: {}\n  c: {}\n')).toBe(
    '# mine\nnodes:\n  a: {}\n  b: {}\n  c: {}\n',
  );
  expect(merged(base, 'nodes:\n  a: {}\n  b: {}\n# mine\n', 'nodes:\n  b: {}\n')).toBe('nodes:\n  b: {}\n# mine\n');
});

test('where nobody has written the text that comes is the text, and where none comes what was written is', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (base, other) => {
      expect(merged(base, base, other)).toBe(other);
      expect(merged(base, other, base)).toBe(other);
    }),
  );
});

test('no letter that was written is lost, whatever the change that comes takes away', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, fc.nat(12), (base, other, at) => {
      const written = `${base.slice(0, at)}X${base.slice(at)}`;
      expect(merged(base, written, other).replace('X', '')).toBe(other);
    }),
  );
});
