import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longOptions } from './net-args.ts';

const NAMES = { numeric: 'n', 'numeric-ports': '#', listening: 'l', family: 'f:' };
const read = (...words: string[]): ReturnType<typeof longOptions> => longOptions('tool', 'nlf:', NAMES, words);
const letters = (...words: string[]): string =>
  read(...words)
    .found.map(({ name, value }) => name + value)
    .join(' ');

describe('longOptions', () => {
  it('takes letters, clusters, long names and shortened ones', () => {
    expect(letters('-nl', '--listening', '--li', '--family=inet', '-f', 'link', '-flink', '--fam', 'x')).toBe(
      'n l l l finet flink flink fx',
    );
    expect(letters('--numeric', '--numeric-p')).toBe('n #');
  });

  it('keeps other words in their order, and all behind two dashes', () => {
    expect(read('a', '-n', 'b', '--', '-l', '--no')).toEqual({
      found: [{ name: 'n', value: '' }],
      rest: ['a', 'b', '-l', '--no'],
      error: null,
    });
  });

  it.each([
    ['--foo', "tool: unrecognized option '--foo'"],
    ['--n', "tool: option '--n' is ambiguous; possibilities: '--numeric' '--numeric-ports'"],
    ['--listening=1', "tool: option '--listening' doesn't allow an argument"],
    ['--family', "tool: option '--family' requires an argument"],
    ['-x', "tool: invalid option -- 'x'"],
    ['-nf', "tool: option requires an argument -- 'f'"],
  ])('%s: %s', (word, error) => {
    expect(read(word).error).toBe(error);
  });

  it('loses no word that is no option', () => {
    const plain = fc.array(fc.stringMatching(/^[a-z0-9]{1,4}$/), { maxLength: 6 });
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(read(...a, '-n', ...b).rest).toEqual([...a, ...b]);
      }),
    );
  });
});
