import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import recorded from '../fixtures/bash/recorded.json' with { type: 'json' };
import { createFakeNode } from '../testing/fake-node.test-kit.ts';
import { syntaxStop } from './syntax-check.ts';
import { shellTokens } from './syntax-tokens.ts';

describe('the first token that has no place, as GNU bash 5.2.15 names it', () => {
  it.each([
    ['for i in 1 2; echo $i; done', 'echo'],
    ['for i in 1 2 do echo $i; done', 'done'],
    ['for i in $(seq 3) do curl x; done', 'done'],
    ['for (i=0;i<3;i++); do echo; done', '('],
    ['for i in a; do; echo; done', ';'],
    ['while true; echo; done', 'done'],
    ['while [ true ] do sleep 1; done', 'done'],
    ['while do done', 'do'],
    ['while [ 1 -lt 2 ]; do break; done done', 'done'],
    ['if true; echo; fi', 'fi'],
    ['if true; then echo; done', 'done'],
    ['if then fi', 'then'],
    ['a | while read x; echo $x; done', 'done'],
    ['case x in a) echo b) echo; esac', ')'],
    ['f( { echo; }', '{'],
    ['f() echo', 'echo'],
    ['echo a;; echo b', ';;'],
    ['echo a ; ; echo b', ';'],
    ['echo (a)', 'a'],
    ['echo > > x', '>'],
    ['a &&& b', '&'],
    ['fi', 'fi'],
    ['}', '}'],
    ['for', 'newline'],
    ['echo >', 'newline'],
  ])('%s: %s', (text, token) => {
    expect(syntaxStop(text)).toMatchObject({ kind: 'token', text: token });
  });

  it.each([
    'for i in 1 2; do',
    'for i in 1 2',
    'for i',
    'while true; do echo',
    'if true',
    'f() {',
    'echo |',
    'true &&',
    '(echo',
    'case x in',
  ])('%s: more could follow', (text) => {
    expect(syntaxStop(text)).toEqual({ kind: 'end' });
  });

  it.each([
    'echo a # (b',
    "echo '(' \"$(echo ')')\" `echo ;`",
    'a=(1 2) b[0]+=(3); echo ${a[@]}',
    'for ((i=0; i<2; i++)); do (( i )); done',
    'x() (true)',
    'if ((1)); then :; fi',
    '{ (true) }',
    'case x in (a|b) ;; *) true ;; esac',
    'cat <<E\n(\nE\ntrue',
    '[[ a =~ (x|y) && ! -f z ]]',
    'time',
    'ls !(a) 2>&1 >x',
    'echo $((1<<2)) <(true)',
    'x=$(case a in a) echo;; (b) (true);; esac); echo $x',
    'echo "$(case "$1" in on) a ;; *) case x in y) b ;; esac ;; esac)"; (true)',
    "x=$(\n# it's a remark\necho a); (true)",
    'echo "x `echo "a; (b"` y"; (true)',
    'echo "a$\'b"; (true); echo "c\'"',
    'coproc (cat); coproc NAME { cat; }; coproc cat x',
    '((echo a); (echo b))',
    'if a; then b; elif c; then d; elif e; then f; else g; fi',
  ])('%s: nothing is wrong with it', (text) => {
    expect(syntaxStop(text)).toEqual({ kind: 'fine' });
  });

  it('nothing is wrong with what bash can read', () => {
    const read = recorded.filter(({ out }) => !/syntax error|unexpected (?:EOF|argument|token)|here-document/.test(out));
    expect(read.length).toBeGreaterThan(recorded.length / 2);
    expect(read.filter(({ script }) => syntaxStop(script).kind !== 'fine').map(({ script }) => script)).toEqual([]);
  });
});

describe('a text of any size', () => {
  const many = 30_000;
  it.each(['(', '((', '{ ', 'if ', 'coproc ', 'echo $(', 'echo "$(', 'echo ${a:-', 'x=(', '?()', 'a[?()', 'echo $(case x in '])(
    '%s over and over ends without a token against it',
    (piece) => {
      expect(syntaxStop(piece.repeat(many)).kind).not.toBe('token');
    },
  );

  it('a carriage return and blanks of other scripts are part of words, so that each token takes some of the text', () => {
    const blanks = ['\r', '\v', '\f', '\u00a0', '\u3000', '\u2028'];
    const words = (text: string): string[] => shellTokens(text).map((token) => token.text);
    expect(blanks.map((blank) => words(`a ${blank}b`))).toEqual(blanks.map((blank) => ['a', `${blank}b`, '']));
    const piece = fc.constantFrom(...blanks, ...'abi;&|()<>{}"\'`$#=\\ \n\t'.split(''), 'case', 'esac', '$(', '((', '<<E');
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(text, (some) => shellTokens(some).every((token) => token.kind === 'end' || token.text !== '')));
  });

  it('commands 200 deep are still read, and one deeper nothing is said against', () => {
    expect(syntaxStop(`${'{ '.repeat(200)}fi`)).toMatchObject({ kind: 'token', text: 'fi' });
    expect(syntaxStop(`${'{ '.repeat(201)}fi`)).toEqual({ kind: 'fine' });
  });
});

describe('at a terminal', () => {
  it('a forgotten ; before do is told at once, not asked to be continued', () => {
    const node = createFakeNode();
    expect(node.line('for i in 1 2 do echo $i; done')).toContain("syntax error near unexpected token `done'");
    expect(node.line('echo on')).toBe('on\n');
  });

  it('a wrong option is told before any input is waited for', () => {
    const node = createFakeNode();
    expect(node.line('head -x')).toContain("invalid option -- 'x'");
    expect(node.line('cut -f /etc/hosts')).toContain('invalid field value');
    expect(node.line('echo on')).toBe('on\n');
  });
});
