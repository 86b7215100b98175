import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedLines } from './edit-lines.ts';

function sets(before: string, after: string): [number[], number[]] {
  const { changed, removedBefore } = changedLines(before, after);
  return [[...changed], [...removedBefore]];
}

describe('changedLines', () => {
  it('finds what is new, what replaces a line, and where something is gone', () => {
    expect(sets('a\nb\nc', 'a\nb\nc')).toEqual([[], []]);
    expect(sets('a\nb\nc', 'a\nx\nb\nc')).toEqual([[2], []]);
    expect(sets('a\nb\nc', 'a\nx\nc')).toEqual([[2], []]);
    expect(sets('a\nb\nc', 'a\nc')).toEqual([[], [2]]);
    expect(sets('a\nb\nc', 'a\nb')).toEqual([[], [3]]);
    expect(sets('a\nb\nc\nd\ne', 'x\nb\nc\ne\nf')).toEqual([[1, 5], [4]]);
  });

  it('a line is the same however it ends', () => {
    expect(sets('a\r\nb\r\nc', 'a\nx\nb\nc')).toEqual([[2], []]);
    expect(sets('a\nb\nc', 'a\r\nc')).toEqual([[], [2]]);
  });

  it('without the new lines the rest stands in the old text in the same order', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { changed } = changedLines(before, after);
        const kept = after.split('\n').filter((_, i) => !changed.has(i + 1));
        let at = 0;
        const old = before.split('\n');
        for (const line of kept) {
          at = old.indexOf(line, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
    );
  });
});
