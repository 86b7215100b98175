import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applied, deltaOf } from './text-delta.ts';

describe('a text by what differs', () => {
  it('is the text again, whatever the two are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '网', '😀'), { maxLength: 12 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(applied(base, deltaOf(base, other))).toBe(other);
      }),
    );
  });

  it('holds only what was changed', () => {
    const base = `${'line\n'.repeat(1000)}delay: 5ms\n${'line\n'.repeat(1000)}`;
    expect(deltaOf(base, base.replace('5ms', '50ms')).by).toBe('0');
    expect(deltaOf(base, base).by).toBe('');
  });
});
