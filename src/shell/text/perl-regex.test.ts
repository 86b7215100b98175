import { describe, expect, it } from 'vitest';
import { createFakeNode } from '../testing/fake-node.test-kit.ts';
import { perlTrouble } from './perl-regex.ts';

const TEXT = 'inet 10.1.0.5/24 brd X\nfoo\\K\n';

describe('grep -P, as GNU grep 3.8 answers', () => {
  it.each([
    ["-oP '[[:digit:]]+(?=/)'", '5\n'],
    ["-oP '\\d++(?=/)'", '5\n'],
    ["-oP '(?i)FOO'", 'foo\n'],
    ["-P 'foo\\\\K'", 'foo\\K\n'],
    ["-oP '(?P<n>\\d+)/'", '5/\n'],
    ["-oP '\\h\\K\\d+'", '10\n'],
    ["-oPi 'INET \\K[\\d.]+'", '10.1.0.5\n'],
    ["-oP '\\Q10.1\\E'", '10.1\n'],
    ["-oP '(?<=inet )[^[:space:]/]+'", '10.1.0.5\n'],
    ["-oP '\\A(?#the first)foo(?>.)'", 'foo\\\n'],
    ["-oP '5/2{1,2}+4'", '5/24\n'],
  ])('%s', (words, out) => {
    const node = createFakeNode();
    expect(node.line(`printf '%s' '${TEXT}' | grep ${words}`)).toBe(out);
  });

  it.each([
    ['(?<a>x', 'missing closing parenthesis'],
    ['[', 'missing terminating ] for character class'],
    ['*a', 'quantifier does not follow a repeatable item'],
    ['a{2,1}', 'numbers out of order in {} quantifier'],
    ['a)', 'unmatched closing parenthesis'],
    ['a\\', '\\ at end of pattern'],
    ['(a)(?1)', 'not modelled in this lab: such a pattern of -P'],
    ['(?<=inet )\\S+', null],
  ])('%s: %s', (pattern, trouble) => {
    expect(perlTrouble(pattern)).toBe(trouble);
  });
});
