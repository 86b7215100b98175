/**
 * Characters of text: tr, rev, md5sum.
 * Comes from: text-commands.ts. Goes to: text/tool.ts.
 * Source: GNU coreutils 9.1; util-linux 2.38 (rev).
 * Differs: md5sum is a checksum of the lab's own kind.
 */
import type { Command } from '../command.ts';
import { badOption, inputs, linesOf, man, options, textTool } from '../text/tool.ts';
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

export const tr: Command = {
  name: 'tr',
  man: man('replaces or deletes characters', '替换或删除字符', ['tr [-cds] set1 [set2]']),
  readsStdin: all,
  streams: all,
  run(ctx) {
    const { flags, rest, unknown } = options(ctx.argv.slice(1), 'cCdst', { delete: 'd', 'squeeze-repeats': 's', complement: 'c' }, false);
    if (unknown !== null) return badOption(ctx, unknown);
    if (rest[0] === undefined || (rest.length === 1 && !flags.has('d') && !flags.has('s'))) {
      ctx.err(
        rest[0] === undefined
          ? 'tr: missing operand\n'
          : `tr: missing operand after ‘${rest[0]}’\nTwo strings must be given when translating.\n`,
      );
      ctx.err("Try 'tr --help' for more information.\n");
      return 1;
    }
    const from = trSet(rest[0]);
    const to = trSet(rest[1] ?? '');
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
    for (const file of inputs(ctx, ctx.argv.slice(1)))
      ctx.out(
        ending(
          linesOf(file.text ?? '')
            .map((line) => [...line].reverse().join(''))
            .join('\n'),
        ),
      );
    return 0;
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
