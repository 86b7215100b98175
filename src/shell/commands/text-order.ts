/**
 * The order of lines and their columns: sort, uniq, cut, paste, column.
 * Comes from: text-commands.ts. Goes to: fs/files.ts (sort -o), text/tool.ts.
 * Source: GNU coreutils 9.1; util-linux 2.38 (column).
 * Differs: of several sort -k only the first counts; column without -t lines up nothing.
 */
import { resolvePath, writeFile } from '../fs/files.ts';
import { badOption, inputs, linesOf, man, options, textTool } from '../text/tool.ts';
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
        unknown,
      } = options(ctx.argv.slice(1), 'nrufVhbgsck:t:o:', {
        reverse: 'r',
        unique: 'u',
        'numeric-sort': 'n',
        'key=': 'k',
        'field-separator=': 't',
      });
      if (unknown !== null) return badOption(ctx, unknown, 2);
      const files = inputs(ctx, rest, 'sort');
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
      const sorted = lines.slice().sort(order);
      const unique = flags.has('u') ? sorted.filter((line, i) => i === 0 || order(sorted[i - 1] as string, line) !== 0) : sorted;
      const text = unique.map((line) => `${line}\n`).join('');
      if (flags.has('o')) writeFile(ctx.net, resolvePath(ctx.cwd, flags.get('o') ?? ''), text, false);
      else ctx.out(text);
      return 0;
    },
  },
  0,
  'kto',
);

export const uniq = textTool(
  {
    name: 'uniq',
    man: man('joins equal lines that follow each other', '合并相邻重复行', ['uniq [-cdui] [file]']),
    run(ctx) {
      const { flags, rest, unknown } = options(ctx.argv.slice(1), 'cduif:s:w:', {
        count: 'c',
        repeated: 'd',
        unique: 'u',
      });
      if (unknown !== null) return badOption(ctx, unknown);
      const [file] = inputs(ctx, rest.slice(0, 1));
      if (file === undefined || file.text === null) return 1;
      const groups: { line: string; count: number }[] = [];
      const same = (a: string, b: string): boolean => (flags.has('i') ? a.toLowerCase() === b.toLowerCase() : a === b);
      for (const line of linesOf(file.text)) {
        const last = groups.at(-1);
        if (last !== undefined && same(last.line, line)) last.count++;
        else groups.push({ line, count: 1 });
      }
      const shown = groups.filter(({ count }) => (!flags.has('d') || count > 1) && (!flags.has('u') || count === 1));
      ctx.out(shown.map(({ line, count }) => `${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`).join(''));
      return 0;
    },
  },
  0,
  'fsw',
);

function ranges(text: string): (n: number) => boolean {
  const parts = text.split(',').map((part) => {
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
      const { flags, rest, unknown } = options(ctx.argv.slice(1), 'd:f:c:b:sn', {
        'delimiter=': 'd',
        'fields=': 'f',
        'characters=': 'c',
        'only-delimited': 's',
        'output-delimiter=': 'n',
      });
      if (unknown !== null) return badOption(ctx, unknown);
      const list = flags.get('f') ?? flags.get('c') ?? flags.get('b');
      if (list === undefined || !/^[\d,-]+$/.test(list)) {
        ctx.err(
          list === undefined ? 'cut: you must specify a list of bytes, characters, or fields\n' : `cut: invalid field value ‘${list}’\n`,
        );
        ctx.err("Try 'cut --help' for more information.\n");
        return 1;
      }
      const chosen = ranges(list);
      const delimiter = flags.get('d') ?? '\t';
      const files = inputs(ctx, rest);
      for (const line of files.flatMap((file) => linesOf(file.text ?? ''))) {
        if (!flags.has('f')) ctx.out(`${[...line].filter((_, i) => chosen(i + 1)).join('')}\n`);
        else if (line.includes(delimiter))
          ctx.out(
            `${line
              .split(delimiter)
              .filter((_, i) => chosen(i + 1))
              .join(delimiter)}\n`,
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
      const { flags, rest, unknown } = options(ctx.argv.slice(1), 'sd:', { serial: 's', 'delimiters=': 'd' });
      if (unknown !== null) return badOption(ctx, unknown);
      const delimiters = [...(flags.get('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t')];
      const files = inputs(ctx, rest).map((file) => linesOf(file.text ?? ''));
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
      const { flags, rest } = options(ctx.argv.slice(1), 'ts:o:');
      const lines = inputs(ctx, rest).flatMap((file) => linesOf(file.text ?? ''));
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
