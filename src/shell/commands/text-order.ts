/**
 * The order of lines and their columns: sort, uniq, cut, paste, column.
 * Comes from: text-commands.ts. Goes to: fs/files.ts (sort -o), text/tool.ts.
 * Source: GNU coreutils 9.1; util-linux 2.38 (column).
 * Differs: of several sort -k only the first counts; column without -t lines up nothing.
 */
import type { CommandContext } from '../command.ts';
import { EISDIR, readFile, resolvePath, writeFile } from '../fs/files.ts';
import { badOption, inputs, LEFT, linesOf, man, options, seeHelp, textTool } from '../text/tool.ts';
import { all, over } from './text-shared.ts';

function sortKey(line: string, key: string | undefined, separator: string | undefined): string {
  if (key === undefined) return line;
  const [from, to] = key.split(',').map((part) => Number.parseInt(part, 10));
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  return fields.slice((from ?? 1) - 1, to === undefined || Number.isNaN(to) ? undefined : to).join(separator ?? '');
}

function compareLines(a: string, b: string, how: string): number {
  if (how.includes('V')) {
    const parts = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
    const [left, right] = [parts(a), parts(b)];
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      const [x, y] = [left[i] ?? '', right[i] ?? ''];
      const order = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
      if (order !== 0) return order;
    }
    return 0;
  }
  if (how.includes('n') || how.includes('h') || how.includes('g')) return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0);
  const [x, y] = how.includes('f') ? [a.toUpperCase(), b.toUpperCase()] : [a, b];
  const trim = (text: string): string => (how.includes('b') ? text.trimStart() : text);
  return trim(x) < trim(y) ? -1 : trim(x) > trim(y) ? 1 : 0;
}

/** What sort says of a -k, or null. */
function keyTrouble(key: string): string | null {
  const [from = '', to] = key.split(/,(.*)/s);
  const parts: readonly (readonly [string, string])[] = [
    [from, 'invalid number at field start'],
    ...(to === undefined ? [] : [[to, "invalid number after ','"] as const]),
  ];
  for (const [part, where] of parts) {
    const found = /^(\d+)(?:\.(\d*))?(.*)$/s.exec(part);
    if (found === null) return `${where}: invalid count at start of ‘${part}’`;
    const [, field = '', offset, letters = ''] = found;
    if (Number(field) === 0) return `field number is zero: invalid field specification ‘${key}’`;
    if (offset === '') return `invalid number after '.': invalid count at start of ‘${letters}’`;
    if (offset !== undefined && Number(offset) === 0 && where.endsWith('start'))
      return `character offset is zero: invalid field specification ‘${key}’`;
    if (/[^bdfghiMnRrV]/.test(letters)) return `stray character in field spec: invalid field specification ‘${key}’`;
  }
  return null;
}

/** Orders that contradict each other, as sort names them; or null. */
function incompatible(flags: ReadonlyMap<string, string>): string | null {
  const numeric = ['g', 'h', 'n', 'V'].filter((letter) => flags.has(letter));
  return numeric.length > 1 ? `options '-${numeric.join('')}' are incompatible` : null;
}

/** @returns what is wrong with the options, or null */
function sortTrouble(flags: ReadonlyMap<string, string>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const trouble = keyTrouble(key);
    if (trouble !== null) return trouble;
  }
  const tab = flags.get('t');
  if (tab === '') return 'empty tab';
  if (tab !== undefined && [...tab].length > 1) return tab === '\\0' ? null : `multi-character tab ‘${tab}’`;
  return incompatible(flags);
}

export const sort = textTool(
  {
    name: 'sort',
    man: man(
      'sorts lines',
      '排序',
      ['sort [-nrufVh] [-k field[,field]] [-t char] [-o file] [file ...]'],
      ['several -k: only the first counts'],
    ),
    run(ctx) {
      const {
        flags,
        all: given,
        rest,
        error,
      } = options(ctx.argv.slice(1), 'nrufVhbgsck:t:o:!dCimMRSTz', {
        reverse: 'r',
        unique: 'u',
        'numeric-sort': 'n',
        'key=': 'k',
        'field-separator=': 't',
        'output=': 'o',
        'ignore-case': 'f',
        'ignore-leading-blanks': 'b',
        'general-numeric-sort': 'g',
        'human-numeric-sort': 'h',
        'version-sort': 'V',
        stable: 's',
        check: 'c',
        'dictionary-order': LEFT,
        'ignore-nonprinting': LEFT,
        merge: LEFT,
        'month-sort': LEFT,
        'random-sort': LEFT,
        'random-source=': LEFT,
        'buffer-size=': LEFT,
        'temporary-directory=': LEFT,
        'zero-terminated': LEFT,
        'sort=': LEFT,
        'files0-from=': LEFT,
        'parallel=': LEFT,
        debug: LEFT,
      });
      if (error !== null) return badOption(ctx, error, 2);
      const trouble = sortTrouble(
        flags,
        given.flatMap(([name, value]) => (name === 'k' ? [value] : [])),
      );
      if (trouble !== null) {
        ctx.err(`sort: ${trouble}\n`);
        return 2;
      }
      const files = inputs(
        ctx,
        rest.length === 0 ? ['-'] : rest.slice(0, 1 + rest.findIndex((name) => unreadable(ctx, name)) || undefined),
        sortUnread,
      );
      if (files.some((file) => file.text === null)) return 2;
      const key = given.find(([name]) => name === 'k')?.[1];
      const keyLetters = /[a-zA-Z]+/.exec(key ?? '')?.[0] ?? '';
      const how = keyLetters === '' ? [...flags.keys()].join('') : keyLetters;
      const reverse = how.includes('r') || (keyLetters === '' && flags.has('r'));
      const lines = files.flatMap((file) => linesOf(file.text ?? ''));
      const order = (a: string, b: string): number => {
        const by = compareLines(sortKey(a, key, flags.get('t')), sortKey(b, key, flags.get('t')), how);
        const last = by !== 0 || flags.has('s') || flags.has('u') ? by : a < b ? -1 : a > b ? 1 : 0;
        return reverse ? -last : last;
      };
      if (flags.has('c')) return tellDisorder(ctx, rest[0] ?? '-', lines, (a, b) => order(a, b) > (flags.has('u') ? -1 : 0));
      const sorted = lines.slice().sort(order);
      const unique = flags.has('u') ? sorted.filter((line, i) => i === 0 || order(sorted[i - 1] as string, line) !== 0) : sorted;
      const text = unique.map((line) => `${line}\n`).join('');
      const output = flags.get('o');
      const failed = output === undefined ? null : writeFile(ctx.net, resolvePath(ctx.cwd, output), text, false);
      if (output === undefined) ctx.out(text);
      if (failed !== null) ctx.err(`sort: open failed: ${output}: ${failed}\n`);
      return failed === null ? 0 : 2;
    },
  },
  0,
  'kto',
);

const sortUnread = (name: string, error: string): string =>
  error === EISDIR ? `read failed: ${name}: ${error}` : `cannot read: ${name}: ${error}`;

/** sort ends at the first file that it cannot read. */
function unreadable(ctx: CommandContext, name: string): boolean {
  return name !== '-' && 'error' in readFile(ctx.net, resolvePath(ctx.cwd, name));
}

/** sort -c: the first line that is not in its place. */
function tellDisorder(ctx: CommandContext, name: string, lines: readonly string[], wrong: (a: string, b: string) => boolean): number {
  const at = lines.findIndex((line, i) => i > 0 && wrong(lines[i - 1] as string, line));
  if (at === -1) return 0;
  ctx.err(`sort: ${name}:${at + 1}: disorder: ${lines[at]}\n`);
  return 1;
}

const UNIQ_NUMBERS = [
  ['f', 'fields to skip'],
  ['s', 'bytes to skip'],
  ['w', 'bytes to compare'],
] as const;

/** What uniq compares of a line: behind some fields and characters, so many characters. */
function comparedPart(fields: number, skipped: number, most: number): (line: string) => string {
  return (line) => {
    let rest = line;
    for (let i = 0; i < Math.min(fields, line.length); i++) rest = rest.replace(/^[ \t]*[^ \t]*/, '');
    return rest.slice(skipped, skipped + most);
  };
}

export const uniq = textTool(
  {
    name: 'uniq',
    man: man('joins equal lines that follow each other', '合并相邻重复行', ['uniq [-cdui] [file]']),
    run(ctx) {
      const { flags, rest, error } = options(ctx.argv.slice(1), 'cduif:s:w:!Dz', {
        count: 'c',
        repeated: 'd',
        unique: 'u',
        'ignore-case': 'i',
        'skip-fields=': 'f',
        'skip-chars=': 's',
        'check-chars=': 'w',
        'all-repeated': LEFT,
        group: LEFT,
        'zero-terminated': LEFT,
      });
      if (error !== null) return badOption(ctx, error);
      for (const [letter, what] of UNIQ_NUMBERS) {
        const value = flags.get(letter);
        if (value === undefined || /^\+?\d+$/.test(value)) continue;
        ctx.err(`uniq: ${value}: invalid number of ${what}\n`);
        return 1;
      }
      if (rest.length > 2) return seeHelp(ctx, `extra operand ‘${rest[2]}’`);
      const [file] = inputs(ctx, rest.slice(0, 1), (name, why) => (why === EISDIR ? `error reading '${name}'` : `${name}: ${why}`));
      if (file === undefined || file.text === null) return 1;
      const groups: { line: string; count: number }[] = [];
      const part = comparedPart(Number(flags.get('f') ?? 0), Number(flags.get('s') ?? 0), Number(flags.get('w') ?? Infinity));
      const same = (a: string, b: string): boolean =>
        flags.has('i') ? part(a).toLowerCase() === part(b).toLowerCase() : part(a) === part(b);
      for (const line of linesOf(file.text)) {
        const last = groups.at(-1);
        if (last !== undefined && same(last.line, line)) last.count++;
        else groups.push({ line, count: 1 });
      }
      const shown = groups.filter(({ count }) => (!flags.has('d') || count > 1) && (!flags.has('u') || count === 1));
      const text = shown.map(({ line, count }) => `${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`).join('');
      const [, output] = rest;
      const failed = output === undefined || output === '-' ? null : writeFile(ctx.net, resolvePath(ctx.cwd, output), text, false);
      if (output === undefined || output === '-') ctx.out(text);
      if (failed !== null) ctx.err(`uniq: ${output}: ${failed}\n`);
      return failed === null ? 0 : 1;
    },
  },
  0,
  'fsw',
);

/** What cut says of a list of fields, bytes or characters; or null. */
function listTrouble(text: string, fields: boolean): string | null {
  for (const part of text.split(/[, \t]/)) {
    const wrong = /[^\d-]/.exec(part);
    if (wrong !== null)
      return fields ? `invalid field value ‘${part.slice(wrong.index)}’` : `invalid byte/character position ‘${part.slice(wrong.index)}’`;
    if (part === '-') return 'invalid range with no endpoint: -';
    if (part.split('-').length > 2) return fields ? 'invalid field range' : 'invalid byte or character range';
    const [from = '', to] = part.split('-');
    if ((from === '' && to === undefined) || /^0+$/.test(from))
      return fields ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1';
    if (to !== undefined && to !== '' && Number(to) < Number(from === '' ? 1 : from)) return 'invalid decreasing range';
  }
  return null;
}

/** @returns what is wrong with cut's options, or null */
function cutTrouble(flags: ReadonlyMap<string, string>, all: readonly (readonly [string, string])[]): string | null {
  const lists = all.filter(([name]) => 'fcb'.includes(name));
  const delimiter = flags.get('d');
  if (delimiter !== undefined && [...delimiter].length > 1) return 'the delimiter must be a single character';
  if (lists.length > 1) return 'only one list may be specified';
  const [list] = lists;
  if (list === undefined) return 'you must specify a list of bytes, characters, or fields';
  const fields = list[0] === 'f';
  if (!fields && delimiter !== undefined) return 'an input delimiter may be specified only when operating on fields';
  if (!fields && flags.has('s')) return 'suppressing non-delimited lines makes sense\n\tonly when operating on fields';
  return listTrouble(list[1], fields);
}

function ranges(text: string): (n: number) => boolean {
  const parts = text.split(/[, \t]/).map((part) => {
    const [from, to] = part.includes('-') ? part.split('-') : [part, part];
    return { from: from === '' ? 1 : Number(from), to: to === '' ? Number.MAX_SAFE_INTEGER : Number(to) };
  });
  return (n) => parts.some(({ from, to }) => n >= from && n <= to);
}

export const cut = textTool(
  {
    name: 'cut',
    man: man('cuts columns out of lines', '按列截取', ['cut -d char -f list [-s] [file ...]', 'cut -c list [file ...]']),
    run(ctx) {
      const {
        flags,
        all: given,
        rest,
        error,
      } = options(ctx.argv.slice(1), 'd:f:c:b:sn!z', {
        'delimiter=': 'd',
        'fields=': 'f',
        'characters=': 'c',
        'only-delimited': 's',
        'bytes=': 'b',
        'output-delimiter=': 'O',
        complement: 'C',
        'zero-terminated': LEFT,
      });
      if (error !== null) return badOption(ctx, error);
      const trouble = cutTrouble(flags, given);
      if (trouble !== null) return seeHelp(ctx, trouble);
      const inList = ranges(flags.get('f') ?? flags.get('c') ?? flags.get('b') ?? '');
      const chosen = flags.has('C') ? (n: number): boolean => !inList(n) : inList;
      const typed = flags.get('d') ?? '\t';
      const delimiter = typed === '' ? '\0' : typed;
      const files = inputs(ctx, rest);
      for (const line of files.flatMap((file) => linesOf(file.text ?? ''))) {
        if (!flags.has('f')) ctx.out(`${[...line].filter((_, i) => chosen(i + 1)).join('')}\n`);
        else if (line.includes(delimiter))
          ctx.out(
            `${line
              .split(delimiter)
              .filter((_, i) => chosen(i + 1))
              .join(flags.get('O') ?? delimiter)}\n`,
          );
        else if (!flags.has('s')) ctx.out(`${line}\n`);
      }
      return over(ctx, files.some((file) => file.text === null) ? 1 : 0);
    },
  },
  0,
  'dfcb',
  all,
);

export const paste = textTool(
  {
    name: 'paste',
    man: man('joins lines of files side by side', '按列合并文件', ['paste [-s] [-d list] [file ...]']),
    run(ctx) {
      const { flags, rest, error } = options(ctx.argv.slice(1), 'sd:!z', { serial: 's', 'delimiters=': 'd', 'zero-terminated': LEFT });
      if (error !== null) return badOption(ctx, error);
      const delimiters = [...(flags.get('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t')];
      const given = inputs(ctx, rest);
      if (given.some((file) => file.text === null)) return 1;
      const files = given.map((file) => linesOf(file.text ?? ''));
      const join = (parts: readonly string[]): string =>
        parts.map((part, i) => part + (i < parts.length - 1 ? (delimiters[i % Math.max(1, delimiters.length)] ?? '') : '')).join('');
      if (flags.has('s')) for (const lines of files) ctx.out(`${join(lines)}\n`);
      else
        for (let i = 0; i < Math.max(0, ...files.map((lines) => lines.length)); i++)
          ctx.out(`${join(files.map((lines) => lines[i] ?? ''))}\n`);
      return 0;
    },
  },
  0,
  'd',
);

export const column = textTool(
  {
    name: 'column',
    man: man('lines up columns', '对齐列', ['column -t [-s chars] [file ...]'], ['without -t'], 'util-linux 2.38'),
    run(ctx) {
      const { flags, rest, error } = options(ctx.argv.slice(1), 'ts:o:!cdeHJlLNnrRTWx', {
        table: 't',
        'separator=': 's',
        'output-separator=': 'o',
      });
      if (error !== null) return badOption(ctx, error);
      const files = inputs(ctx, rest, (name, why) => `cannot open ${name}: ${why}`);
      if (files.some((file) => file.text === null)) return 1;
      const lines = files.flatMap((file) => linesOf(file.text ?? ''));
      if (!flags.has('t')) {
        ctx.out(lines.map((line) => `${line}\n`).join(''));
        return 0;
      }
      const separators = flags.get('s');
      const rows = lines
        .filter((line) => line.trim() !== '')
        .map((line) => (separators === undefined ? line.trim().split(/\s+/) : splitAny(line, separators)));
      const widths: number[] = [];
      for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
      for (const row of rows)
        ctx.out(`${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + 2))).join('')}\n`);
      return 0;
    },
  },
  0,
  'so',
);

function splitAny(line: string, chars: string): string[] {
  const out = [''];
  for (const char of line) {
    if (chars.includes(char)) out.push('');
    else out[out.length - 1] += char;
  }
  return out;
}
