/**
 * Showing, counting and copying text: cat, tac, head, tail, wc, tee, nl, less, more, yes.
 * Comes from: text-commands.ts. Goes to: fs/files.ts, text/tool.ts; `tail -f` goes on as the program `follow`.
 * Source: GNU coreutils 9.1; util-linux 2.38 (less, more).
 * Differs: less and more have no pages; yes stops after a thousand lines.
 */
import { WANTS_MORE, type Command, type GoOn } from '../command.ts';
import { EISDIR, fileKind, resolvePath, writeFile } from '../fs/files.ts';
import { badOption, inputs, LEFT, linesOf, man, options, seeHelp, textTool, type InputFile, type Unread } from '../text/tool.ts';
import { all, over } from './text-shared.ts';

export const cat = textTool(
  {
    name: 'cat',
    man: man('prints files', '显示文件内容', ['cat [-nbEA] [file ...]']),
    run(ctx) {
      const { flags, rest, error } = options(ctx.argv.slice(1), 'nbEATuvet!s', {
        number: 'n',
        'show-all': 'A',
        'number-nonblank': 'b',
        'show-ends': 'E',
        'show-tabs': 'T',
        'show-nonprinting': 'v',
        'squeeze-blank': LEFT,
      });
      if (error !== null) return badOption(ctx, error);
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
                `${numbered('AtT'.split('').some((letter) => flags.has(letter)) ? one.replaceAll('\t', '^I') : one)}${'AeE'.split('').some((letter) => flags.has(letter)) ? '$' : ''}\n`,
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

export const tac = textTool({
  name: 'tac',
  man: man('prints lines in reverse order', '倒序显示行', ['tac [file ...]']),
  run(ctx) {
    const files = inputs(ctx, ctx.argv.slice(1), (name, why) =>
      why === EISDIR ? `${name}: read error: ${why}` : `failed to open '${name}' for reading: ${why}`,
    );
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

/** What head and tail say of a file. */
const unread: Unread = (name, why) => (why === EISDIR ? `error reading '${name}': ${why}` : `cannot open '${name}' for reading: ${why}`);

const TWO64 = 18_446_744_073_709_551_616;

/** A number of lines or bytes with its unit, as head and tail read it. */
function readCount(text: string, sign: string): number | { error: string } {
  const found = /^([-+]?)(\d+)(b|[kKMGT](?:iB|B)?)?$/.exec(text);
  if (found === null) return { error: `‘${sign !== '' && text.startsWith(sign) ? text.slice(1) : text}’` };
  const value = Number(found[2]) * unitOf(found[3] ?? '');
  return value >= TWO64 ? { error: `‘${text}’: Value too large for defined data type` } : value;
}

function unitOf(unit: string): number {
  if (unit === '' || unit === 'b') return unit === '' ? 1 : 512;
  const step = unit.endsWith('B') && !unit.endsWith('iB') ? 1000 : 1024;
  let factor = 1;
  for (let i = 0; i <= 'KMGT'.indexOf((unit[0] as string).toUpperCase()); i++) factor *= step;
  return factor;
}

/** `-5` as `-n 5` */
const dashNumber = (argv: readonly string[]): string[] =>
  argv.slice(1).map((arg, i) => (/^-\d+$/.test(arg) && !/^-[nc]$|^--(?:lines|bytes)$/.test(argv[i] ?? '') ? `-n${arg.slice(1)}` : arg));

export const head = textTool(
  {
    name: 'head',
    man: man('prints the first lines', '显示前几行', ['head [-n count] [-c bytes] [file ...]']),
    run(ctx) {
      const trailing = /^-\d+([^\dbkmcqvz])/.exec(ctx.argv[1] ?? '');
      if (trailing !== null) return seeHelp(ctx, `invalid trailing option -- ${trailing[1]}`);
      const { flags, rest, error } = options(dashNumber(ctx.argv), 'n:c:qv!z', {
        'lines=': 'n',
        'bytes=': 'c',
        quiet: 'q',
        silent: 'q',
        verbose: 'v',
        'zero-terminated': LEFT,
      });
      if (error !== null) return badOption(ctx, error);
      const text = flags.get('c') ?? flags.get('n') ?? '10';
      const size = readCount(text, '-');
      if (typeof size !== 'number') {
        ctx.err(`head: invalid number of ${flags.has('c') ? 'bytes' : 'lines'}: ${size.error}\n`);
        return 1;
      }
      const count = text.startsWith('-') ? -size : size;
      const files = inputs(ctx, rest, unread);
      const headed = (files.length > 1 || flags.has('v')) && !flags.has('q');
      let shownFiles = 0;
      let satisfied = false;
      for (const file of files) {
        if (file.text === null) continue;
        if (headed) ctx.out(`${shownFiles++ > 0 ? '\n' : ''}==> ${file.name === '-' ? 'standard input' : file.name} <==\n`);
        if (flags.has('c'))
          ctx.out(
            count < 0 || Object.is(count, -0) ? file.text.slice(0, Math.max(0, file.text.length + count)) : file.text.slice(0, count),
          );
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

export const tail = textTool(
  {
    name: 'tail',
    man: man('prints the last lines; follows a file', '显示后几行，跟踪文件', ['tail [-n count] [-f] [file ...]']),
    run(ctx): number | GoOn {
      const context = /^-(\d+)[^\dbcfl]/.exec(ctx.argv[1] ?? '');
      if (context !== null) {
        ctx.err(`tail: option used in invalid context -- ${(context[1] as string).charAt(0)}\n`);
        return 1;
      }
      const { flags, rest, error } = options(
        dashNumber(ctx.argv).map((arg, i) => (i === 0 && /^\+\d+$/.test(arg) ? `-n${arg}` : arg)),
        'n:c:fFqvs:!z',
        {
          'lines=': 'n',
          'bytes=': 'c',
          follow: 'f',
          'follow=': 'f',
          quiet: 'q',
          silent: 'q',
          verbose: 'v',
          'sleep-interval=': 's',
          retry: LEFT,
          'pid=': LEFT,
          'max-unchanged-stats=': LEFT,
          'zero-terminated': LEFT,
        },
      );
      if (error !== null) return badOption(ctx, error);
      const text = flags.get('c') ?? flags.get('n') ?? '10';
      const count = readCount(text, '-');
      if (typeof count !== 'number') {
        ctx.err(`tail: invalid number of ${flags.has('c') ? 'bytes' : 'lines'}: ${count.error}\n`);
        return 1;
      }
      const pause = flags.get('s') ?? '1';
      if (!/^\d*\.?\d+$/.test(pause)) {
        ctx.err(`tail: invalid number of seconds: ‘${pause}’\n`);
        return 1;
      }
      const files = inputs(ctx, rest, unread);
      let shownFiles = 0;
      for (const file of files) {
        if (file.text === null) continue;
        if ((files.length > 1 || flags.has('v')) && !flags.has('q'))
          ctx.out(`${shownFiles++ > 0 ? '\n' : ''}==> ${file.name === '-' ? 'standard input' : file.name} <==\n`);
        const pieces = flags.has('c') ? [...file.text] : (file.text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
        ctx.out((text.startsWith('+') ? pieces.slice(Math.max(0, count - 1)) : count === 0 ? [] : pieces.slice(-count)).join(''));
      }
      const status = files.some((file) => file.text === null) ? 1 : 0;
      if (!(flags.has('f') || flags.has('F')) || rest.length === 0) return status;
      if (files.every((file) => file.text === null)) {
        ctx.err('tail: no files remaining\n');
        return 1;
      }
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

/** Columns of wc: as wide as the size of all files together, and for what is no file at least 7 (compute_number_width). */
function wcWidth(files: readonly InputFile[], isDir: (name: string) => boolean, stdinIsFile: boolean): number {
  const sized = (file: InputFile): boolean => (file.name === '-' ? stdinIsFile : !isDir(file.name));
  const missing = (file: InputFile): boolean => file.text === null && !isDir(file.name);
  const [first] = files;
  if (first !== undefined && missing(first)) return 1;
  const total = files.reduce((sum, file) => sum + (sized(file) ? new TextEncoder().encode(file.text ?? '').length : 0), 0);
  return Math.max(String(total).length, files.some((file) => !missing(file) && !sized(file)) ? 7 : 1);
}

export const wc = textTool({
  name: 'wc',
  man: man('counts lines, words and bytes', '统计行数、单词数和字节数', ['wc [-lwcm] [file ...]']),
  run(ctx) {
    const { flags, rest, error } = options(ctx.argv.slice(1), 'lwcmL', {
      lines: 'l',
      words: 'w',
      bytes: 'c',
      chars: 'm',
      'max-line-length': 'L',
      'files0-from=': LEFT,
    });
    if (error !== null) return badOption(ctx, error);
    const chosen = flags.size === 0 ? ['l', 'w', 'c'] : ['l', 'w', 'm', 'c', 'L'].filter((one) => flags.has(one));
    const complaints: string[] = [];
    const files = inputs(ctx, rest, undefined, 'wc', (text) => void complaints.push(text));
    const isDir = (name: string): boolean => fileKind(ctx.net, resolvePath(ctx.cwd, name)) === 'dir';
    const rows = files
      .filter((file) => file.text !== null || isDir(file.name))
      .map((file) => {
        const text = file.text ?? '';
        const counts: Record<string, number> = {
          l: text.split('\n').length - 1,
          w: text.split(/\s+/).filter((word) => word !== '').length,
          c: new TextEncoder().encode(text).length,
          m: [...text].length,
          L: linesOf(text).reduce((most, line) => Math.max(most, line.length), 0),
        };
        return { name: file.name === '-' && rest.length === 0 ? '' : file.name, numbers: chosen.map((one) => counts[one] ?? 0) };
      });
    if (files.length > 1)
      rows.push({
        name: 'total',
        numbers: chosen.map((_, i) => rows.reduce((sum, row) => sum + (row.numbers[i] ?? 0), 0)),
      });
    const width = files.length === 1 && chosen.length === 1 ? 1 : wcWidth(files, isDir, ctx.stdinIsFile === true);
    const show = (row: (typeof rows)[number] | undefined): void => {
      if (row !== undefined)
        ctx.out(`${row.numbers.map((n) => String(n).padStart(width)).join(' ')}${row.name === '' ? '' : ` ${row.name}`}\n`);
    };
    let next = 0;
    for (const file of files) {
      if (file.text === null) ctx.err(complaints.shift() ?? '');
      if (file.text !== null || isDir(file.name)) show(rows[next++]);
    }
    show(rows[next]);
    return files.some((file) => file.text === null) ? 1 : 0;
  },
});

export const tee: Command = {
  name: 'tee',
  man: man('copies its input to files and onwards', '同时输出到文件和标准输出', ['tee [-a] [file ...]']),
  readsStdin: all,
  streams: (argv) =>
    !argv.some((arg) => /^-\w*a|^--append/.test(arg)) && !argv.some((arg) => arg.startsWith('/proc') || arg.startsWith('/sys')),
  run(ctx) {
    const { flags, rest, error } = options(ctx.argv.slice(1), 'aip', {
      append: 'a',
      'ignore-interrupts': 'i',
      'output-error': 'p',
      'output-error=': 'p',
    });
    if (error !== null) return badOption(ctx, error);
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

export const nl = textTool(
  {
    name: 'nl',
    man: man('numbers lines', '给行编号', ['nl [file ...]']),
    run(ctx) {
      const { rest, error } = options(ctx.argv.slice(1), '!bdfhilnpsvw');
      if (error !== null) return badOption(ctx, error);
      let number = 0;
      const files = inputs(ctx, rest);
      for (const line of files.flatMap((file) => linesOf(file.text ?? '')))
        ctx.out(line === '' ? '       \n' : `${String(++number).padStart(6)}\t${line}\n`);
      return files.some((file) => file.text === null) ? 1 : 0;
    },
  },
  0,
  'bwsn',
);

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

export const less = pager('less');
export const more = pager('more');

export const yes: Command = {
  name: 'yes',
  man: man('repeats a line: a thousand times in the lab', '重复输出（最多一千行）', ['yes [text ...]'], ['goes on for ever']),
  run(ctx) {
    ctx.out(`${ctx.argv.slice(1).join(' ') || 'y'}\n`.repeat(1_000));
    return 0;
  },
};
