/**
 * Characters of text: tr, rev, md5sum.
 * Comes from: text-commands.ts. Goes to: text/tool.ts.
 * Source: GNU coreutils 9.1; util-linux 2.38 (rev).
 * Differs: md5sum is a checksum of the lab's own kind.
 */
import type { Command } from '../command.ts';
import { badOption, inputs, seeHelp, linesOf, man, options, textTool } from '../text/tool.ts';
import { all, over } from './text-shared.ts';

const ending = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

function trSet(text: string): string[] {
  const named = text.replace(
    /\[:(\w+):\]/g,
    (_, name: string) =>
      ({
        upper: 'A-Z',
        lower: 'a-z',
        digit: '0-9',
        alpha: 'A-Za-z',
        alnum: 'A-Za-z0-9',
        space: ' \\t\\n\\r',
        blank: ' \\t',
        punct: '!-/:-@[-`{-~',
        xdigit: '0-9A-Fa-f',
        graph: '!-~',
        print: ' -~',
        cntrl: '\u0000-\u001f\u007f',
      })[name] ?? '',
  );
  const chars: string[] = [];
  const plain = named.replace(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t', '\\': '\\' })[letter] ?? letter);
  for (let i = 0; i < plain.length; i++) {
    const from = plain.charCodeAt(i);
    const to = plain[i + 1] === '-' && i + 2 < plain.length ? plain.charCodeAt(i + 2) : from;
    for (let code = from; code <= to && chars.length < 2_000; code++) chars.push(String.fromCharCode(code));
    if (to !== from) i += 2;
  }
  return chars;
}

/** @returns what is wrong with the number of sets, or null */
function trOperands(sets: readonly string[], deletes: boolean, squeezes: boolean): string | null {
  const [first, second] = sets;
  const least = deletes === squeezes ? 2 : 1;
  const most = deletes && !squeezes ? 1 : 2;
  if (first === undefined) return 'missing operand';
  if (sets.length < least)
    return `missing operand after ‘${first}’\nTwo strings must be given when ${deletes ? 'both deleting and squeezing repeats' : 'translating'}.`;
  if (sets.length <= most) return null;
  const why = most === 1 && sets.length === 2 ? '\nOnly one string may be given when deleting without squeezing repeats.' : '';
  return `extra operand ‘${most === 1 ? second : sets[2]}’${why}`;
}

/** @returns what is wrong with the sets, or null */
function trTrouble(first: string, second: string | undefined, flags: ReadonlyMap<string, string>): string | null {
  for (const set of [first, second ?? '']) {
    for (const [, name = ''] of set.matchAll(/\[:([^:]*):\]/g)) if (!TR_CLASSES.has(name)) return `invalid character class ‘${name}’`;
    const plain = set.replace(/\[:\w+:\]/g, '').replace(/\\./g, '_');
    for (let i = 0; i + 2 < plain.length; i++)
      if (plain[i + 1] === '-' && plain.charCodeAt(i) > plain.charCodeAt(i + 2))
        return `range-endpoints of '${plain.slice(i, i + 3)}' are in reverse collating sequence order`;
  }
  if (second === undefined || flags.has('d')) return null;
  if (second === '' && !flags.has('t')) return 'when not truncating set1, string2 must be non-empty';
  if (/\[:(?!upper|lower)\w+:\]/.test(second))
    return "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'";
  return null;
}

const TR_CLASSES: ReadonlySet<string> = new Set('alnum alpha blank cntrl digit graph lower print punct space upper xdigit'.split(' '));

export const tr: Command = {
  name: 'tr',
  man: man('replaces or deletes characters', '替换或删除字符', ['tr [-cds] set1 [set2]']),
  readsStdin: all,
  streams: all,
  run(ctx) {
    const long = { delete: 'd', 'squeeze-repeats': 's', complement: 'c', 'truncate-set1': 't' };
    const { flags, rest, error } = options(ctx.argv.slice(1), 'cCdst', long, false);
    if (error !== null) return badOption(ctx, error);
    const missing = trOperands(rest, flags.has('d'), flags.has('s'));
    if (missing !== null) return seeHelp(ctx, missing);
    const [first = '', second] = rest;
    const wrong = trTrouble(first, second, flags);
    if (wrong !== null) {
      ctx.err(`tr: ${wrong}\n`);
      return 1;
    }
    for (const set of rest)
      if (/(?:^|[^\\])(?:\\\\)*\\$/.test(set)) ctx.err('tr: warning: an unescaped backslash at end of string is not portable\n');

    const to = trSet(second ?? '');
    const whole = trSet(first);
    const from = flags.has('t') && second !== undefined ? whole.slice(0, to.length) : whole;
    const complement = flags.has('c') || flags.has('C');
    const inSet = (char: string): boolean => from.includes(char) !== complement;
    let out = '';
    for (const char of ctx.stdin ?? '') {
      if (flags.has('d') && inSet(char)) continue;
      const place = from.indexOf(char);
      const translated =
        flags.has('d') || to.length === 0
          ? char
          : complement
            ? place === -1
              ? (to.at(-1) as string)
              : char
            : place === -1
              ? char
              : (to[Math.min(place, to.length - 1)] as string);
      const squeezed =
        flags.has('s') &&
        out.endsWith(translated) &&
        (rest[1] === undefined || flags.has('d')
          ? flags.has('d')
            ? to.includes(translated)
            : inSet(translated)
          : to.includes(translated));
      if (!squeezed) out += translated;
    }
    ctx.out(out);
    return over(ctx, 0);
  },
};

export const rev = textTool({
  name: 'rev',
  man: man('reverses the characters of lines', '反转每行字符', ['rev [file ...]'], [], 'util-linux 2.38'),
  run(ctx) {
    const files = inputs(ctx, ctx.argv.slice(1), (name, why) => `cannot open ${name}: ${why}`);
    for (const file of files)
      ctx.out(
        ending(
          linesOf(file.text ?? '')
            .map((line) => [...line].reverse().join(''))
            .join('\n'),
        ),
      );
    return files.some((file) => file.text === null) ? 1 : 0;
  },
});

const sums = (name: string, length: number): Command =>
  textTool({
    name,
    man: man("prints a checksum: of the lab's own kind", '输出校验和（非真实算法）', [`${name} [file ...]`], ['the real algorithm']),
    run(ctx) {
      for (const file of inputs(ctx, ctx.argv.slice(1))) {
        if (file.text === null) return 1;
        let hash = 0x811c9dc5;
        let digest = '';
        while (digest.length < length) {
          for (let i = 0; i < file.text.length; i++) hash = Math.imul(hash ^ file.text.charCodeAt(i), 0x01000193) >>> 0;
          hash = Math.imul(hash ^ digest.length, 0x01000193) >>> 0;
          digest += hash.toString(16).padStart(8, '0');
        }
        ctx.out(`${digest.slice(0, length)}  ${file.name}\n`);
      }
      return 0;
    },
  });

export const md5sum = sums('md5sum', 32);
