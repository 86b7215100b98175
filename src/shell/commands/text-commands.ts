/** Small tools for text: cat, head, tail, wc, sort, uniq, cut, tr, tee, paste, column, nl, tac, rev, diff … */
import { WANTS_MORE, type Command, type CommandContext, type GoOn } from '../command.ts';
import { resolvePath, writeFile } from '../fs/files.ts';
import { badOption, inputs, linesOf, man, options, textTool } from '../text/tool.ts';
import { awkCommand } from './awk.ts';
import { grepCommands } from './grep.ts';
import { numberCommands } from './number-commands.ts';
import { sedCommand } from './sed.ts';

const ending = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
const all = (): boolean => true;
/** The code of a reader: done, or wanting more. */
const over = (ctx: CommandContext, status: number): number => (ctx.more === true ? WANTS_MORE : status);

const cat = textTool(
  {
    name: 'cat',
    man: man('prints files', '显示文件内容', ['cat [-nbEA] [file ...]']),
    run(ctx) {
      const { flags, rest, unknown } = options(ctx.argv.slice(1), 'nbEATsvut', {
        number: 'n',
        'show-all': 'A',
      });
      if (unknown !== null) return badOption(ctx, unknown);
      const files = inputs(ctx, rest);
      const text = files.map((file) => file.text ?? '').join('');
      let line = 0;
      const numbered = (one: string): string => {
        if (flags.has('b') && one === '') return one;
        return flags.has('n') || flags.has('b') ? `${String(++line).padStart(6)}\t${one}` : one;
      };
      if (flags.size === 0) ctx.out(text);
      else
        ctx.out(
          linesOf(text)
            .map(
              (one) =>
                `${numbered(flags.has('A') || flags.has('T') ? one.replaceAll('\t', '^I') : one)}${flags.has('E') || flags.has('A') ? '$' : ''}\n`,
            )
            .join(''),
        );
      return over(ctx, files.some((file) => file.text === null) ? 1 : 0);
    },
  },
  0,
  '',
  all,
);

const tac = textTool({
  name: 'tac',
  man: man('prints lines in reverse order', '倒序显示行', ['tac [file ...]']),
  run(ctx) {
    const files = inputs(ctx, ctx.argv.slice(1));
    for (const file of files)
      ctx.out(
        linesOf(file.text ?? '')
          .reverse()
          .map((line) => `${line}\n`)
          .join(''),
      );
    return files.some((file) => file.text === null) ? 1 : 0;
  },
});

/** `-5` as `-n 5` */
const dashNumber = (argv: readonly string[]): string[] => argv.slice(1).map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));

const head = textTool(
  {
    name: 'head',
    man: man('prints the first lines', '显示前几行', ['head [-n count] [-c bytes] [file ...]']),
    run(ctx) {
      const { flags, rest, unknown } = options(dashNumber(ctx.argv), 'n:c:qv', {
        'lines=': 'n',
        'bytes=': 'c',
        quiet: 'q',
      });
      if (unknown !== null) return badOption(ctx, unknown);
      const text = flags.get('c') ?? flags.get('n') ?? '10';
      if (!/^[-+]?\d+$/.test(text)) {
        ctx.err(`head: invalid number of ${flags.has('c') ? 'bytes' : 'lines'}: ‘${text}’\n`);
        return 1;
      }
      const count = Number(text);
      const files = inputs(ctx, rest);
      let satisfied = false;
      for (const [i, file] of files.entries()) {
        if (file.text === null) continue;
        if (files.length > 1) ctx.out(`${i > 0 ? '\n' : ''}==> ${file.name} <==\n`);
        if (flags.has('c')) ctx.out(file.text.slice(0, count));
        else {
          const lines = file.text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
          const shown = count < 0 || Object.is(count, -0) ? lines.slice(0, Math.max(0, lines.length + count)) : lines.slice(0, count);
          if (ctx.more === true && count < 0) return WANTS_MORE;
          ctx.out(shown.join(''));
          satisfied = lines.length >= count;
        }
      }
      if (ctx.more === true && !satisfied) return WANTS_MORE;
      return files.some((file) => file.text === null) ? 1 : 0;
    },
  },
  0,
  'nc',
  (argv) => !argv.some((arg) => /^-c|^-n-|^--bytes/.test(arg)),
);

const tail = textTool(
  {
    name: 'tail',
    man: man('prints the last lines; follows a file', '显示后几行，跟踪文件', ['tail [-n count] [-f] [file ...]']),
    run(ctx): number | GoOn {
      const { flags, rest, unknown } = options(
        dashNumber(ctx.argv).map((arg, i) => (i === 0 && /^\+\d+$/.test(arg) ? `-n${arg}` : arg)),
        'n:c:fFqvs:',
        { 'lines=': 'n', 'bytes=': 'c', follow: 'f', quiet: 'q' },
      );
      if (unknown !== null) return badOption(ctx, unknown);
      const text = flags.get('c') ?? flags.get('n') ?? '10';
      if (!/^[-+]?\d+$/.test(text)) {
        ctx.err(`tail: invalid number of ${flags.has('c') ? 'bytes' : 'lines'}: ‘${text}’\n`);
        return 1;
      }
      const count = Math.abs(Number(text));
      const files = inputs(ctx, rest);
      for (const [i, file] of files.entries()) {
        if (file.text === null) continue;
        if (files.length > 1 && !flags.has('q')) ctx.out(`${i > 0 ? '\n' : ''}==> ${file.name} <==\n`);
        const pieces = flags.has('c') ? [...file.text] : (file.text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
        ctx.out((text.startsWith('+') ? pieces.slice(Math.max(0, count - 1)) : count === 0 ? [] : pieces.slice(-count)).join(''));
      }
      const status = files.some((file) => file.text === null) ? 1 : 0;
      if (!(flags.has('f') || flags.has('F')) || rest.length === 0) return status;
      const paths = rest.map((name) => resolvePath(ctx.cwd, name));
      return {
        program: 'follow',
        state: { paths, shown: paths.map((path) => (ctx.net.user.files.get(path) ?? '').length) },
      };
    },
  },
  0,
  'ncs',
);

const wc = textTool({
  name: 'wc',
  man: man('counts lines, words and bytes', '统计行数、单词数和字节数', ['wc [-lwcm] [file ...]']),
  run(ctx) {
    const { flags, rest, unknown } = options(ctx.argv.slice(1), 'lwcmL', {
      lines: 'l',
      words: 'w',
      bytes: 'c',
      chars: 'm',
    });
    if (unknown !== null) return badOption(ctx, unknown);
    const chosen = flags.size === 0 ? ['l', 'w', 'c'] : ['l', 'w', 'm', 'c', 'L'].filter((one) => flags.has(one));
    const files = inputs(ctx, rest);
    const rows = files
      .filter((file) => file.text !== null)
      .map((file) => {
        const text = file.text ?? '';
        const counts: Record<string, number> = {
          l: text.split('\n').length - 1,
          w: text.split(/\s+/).filter((word) => word !== '').length,
          c: new TextEncoder().encode(text).length,
          m: [...text].length,
          L: linesOf(text).reduce((most, line) => Math.max(most, line.length), 0),
        };
        return { name: file.name === '-' ? '' : file.name, numbers: chosen.map((one) => counts[one] ?? 0) };
      });
    if (rows.length > 1)
      rows.push({
        name: 'total',
        numbers: chosen.map((_, i) => rows.reduce((sum, row) => sum + (row.numbers[i] ?? 0), 0)),
      });
    const digits = Math.max(...rows.map((row) => Math.max(...row.numbers.map((n) => String(n).length))), 1);
    const width = rest.length === 0 ? (chosen.length > 1 ? 7 : 1) : rows.length === 1 && chosen.length === 1 ? 1 : digits;
    for (const row of rows)
      ctx.out(`${row.numbers.map((n) => String(n).padStart(width)).join(' ')}${row.name === '' ? '' : ` ${row.name}`}\n`);
    return files.some((file) => file.text === null) ? 1 : 0;
  },
});

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

const sort = textTool(
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

const uniq = textTool(
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

const cut = textTool(
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

const tr: Command = {
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

const tee: Command = {
  name: 'tee',
  man: man('copies its input to files and onwards', '同时输出到文件和标准输出', ['tee [-a] [file ...]']),
  readsStdin: all,
  streams: (argv) =>
    !argv.some((arg) => /^-\w*a|^--append/.test(arg)) && !argv.some((arg) => arg.startsWith('/proc') || arg.startsWith('/sys')),
  run(ctx) {
    const { flags, rest, unknown } = options(ctx.argv.slice(1), 'aip', { append: 'a' });
    if (unknown !== null) return badOption(ctx, unknown);
    const text = ctx.stdin ?? '';
    let status = 0;
    for (const name of rest) {
      const failed = writeFile(ctx.net, resolvePath(ctx.cwd, name), text, flags.has('a'));
      if (failed === null) continue;
      ctx.err(`tee: ${name}: ${failed}\n`);
      status = 1;
    }
    ctx.out(text);
    return over(ctx, status);
  },
};

const paste = textTool(
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

const column = textTool(
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

const nl = textTool(
  {
    name: 'nl',
    man: man('numbers lines', '给行编号', ['nl [file ...]']),
    run(ctx) {
      const { rest } = options(ctx.argv.slice(1), 'b:w:s:n:');
      let number = 0;
      for (const line of inputs(ctx, rest).flatMap((file) => linesOf(file.text ?? '')))
        ctx.out(line === '' ? '       \n' : `${String(++number).padStart(6)}\t${line}\n`);
      return 0;
    },
  },
  0,
  'bwsn',
);

const rev = textTool({
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

/** Longest common subsequence, by lines: which lines of each side stay. */
function diffOps(a: readonly string[], b: readonly string[]): { kind: '=' | '-' | '+'; line: string }[] {
  const table: Int32Array[] = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (table[i] as Int32Array)[j] =
        a[i] === b[j] ? (table[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(table[i + 1]?.[j] ?? 0, table[i]?.[j + 1] ?? 0);
    }
  }
  const ops: { kind: '=' | '-' | '+'; line: string }[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      ops.push({ kind: '=', line: a[i] as string });
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0)))
      ops.push({ kind: '-', line: a[i++] as string });
    else ops.push({ kind: '+', line: b[j++] as string });
  }
  return ops;
}

function normalDiff(ops: readonly { kind: string; line: string }[]): string {
  let out = '';
  let left = 0;
  let right = 0;
  const range = (from: number, count: number): string => (count <= 1 ? String(from) : `${from},${from + count - 1}`);
  for (let i = 0; i < ops.length;) {
    if (ops[i]?.kind === '=') {
      left++;
      right++;
      i++;
      continue;
    }
    const gone: string[] = [];
    const come: string[] = [];
    for (; i < ops.length && ops[i]?.kind !== '='; i++) (ops[i]?.kind === '-' ? gone : come).push(ops[i]?.line ?? '');
    const how = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c';
    out += `${how === 'a' ? left : range(left + 1, gone.length)}${how}${how === 'd' ? right : range(right + 1, come.length)}\n`;
    out += gone.map((line) => `< ${line}\n`).join('') + (how === 'c' ? '---\n' : '') + come.map((line) => `> ${line}\n`).join('');
    left += gone.length;
    right += come.length;
  }
  return out;
}

const diff: Command = {
  readsStdin: (argv) => argv.includes('-'),
  name: 'diff',
  man: man(
    'compares two files',
    '比较两个文件',
    ['diff [-u] [-q] file file'],
    ['-u shows the whole of both files as one hunk', 'directories'],
    'diffutils 3.8',
  ),
  run(ctx) {
    const { flags, rest } = options(ctx.argv.slice(1), 'uqbBiwrNy', { unified: 'u', brief: 'q' });
    const [left, right] = rest;
    if (left === undefined || right === undefined) {
      ctx.err(`diff: missing operand after '${left ?? 'diff'}'\ndiff: Try 'diff --help' for more information.\n`);
      return 2;
    }
    const [a, b] = inputs(ctx, [left, right]).map((file) => file.text);
    if (typeof a !== 'string' || typeof b !== 'string') return 2;
    if (a === b) return 0;
    if (flags.has('q')) {
      ctx.out(`Files ${left} and ${right} differ\n`);
      return 1;
    }
    const [x, y] = [linesOf(a).slice(0, 2_000), linesOf(b).slice(0, 2_000)];
    const ops = diffOps(x, y);
    if (!flags.has('u')) ctx.out(normalDiff(ops));
    else
      ctx.out(
        `--- ${left}\n+++ ${right}\n@@ -1,${x.length} +1,${y.length} @@\n${ops.map(({ kind, line }) => `${kind === '=' ? ' ' : kind}${line}\n`).join('')}`,
      );
    return 1;
  },
};

const pager = (name: string): Command => ({
  ...textTool(
    {
      name,
      man: man(
        'prints files: there are no pages to turn in the lab',
        '分页查看文件（这里直接输出）',
        [`${name} [file ...]`],
        ['paging'],
        'util-linux 2.38',
      ),
      run(ctx) {
        const files = inputs(
          ctx,
          ctx.argv.slice(1).filter((arg) => !/^[-+]/.test(arg)),
        );
        for (const file of files) ctx.out(file.text ?? '');
        return over(ctx, files.some((file) => file.text === null) ? 1 : 0);
      },
    },
    0,
    '',
    all,
  ),
});

const yes: Command = {
  name: 'yes',
  man: man('repeats a line: a thousand times in the lab', '重复输出（最多一千行）', ['yes [text ...]'], ['goes on for ever']),
  run(ctx) {
    ctx.out(`${ctx.argv.slice(1).join(' ') || 'y'}\n`.repeat(1_000));
    return 0;
  },
};

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

export const textCommands: readonly Command[] = [
  cat,
  tac,
  head,
  tail,
  wc,
  sort,
  uniq,
  cut,
  tr,
  tee,
  paste,
  column,
  nl,
  rev,
  diff,
  ...numberCommands,
  pager('less'),
  pager('more'),
  yes,
  sums('md5sum', 32),
  ...grepCommands,
  sedCommand,
  awkCommand,
];
