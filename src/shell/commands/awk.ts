/**
 * awk: the command line; the language is in text/awk-lex.ts, awk-parse.ts and awk-run.ts.
 * Comes from: text-commands.ts.  Goes to: text/awk-parse.ts, text/awk-run.ts.
 * Source: GNU awk 5.2.1 (-F, -v, -f).
 * Differs: a message names line 1 of the program, whichever rule ran; folders are told of before anything is printed.
 */
import { WANTS_MORE, type Command, type CommandContext } from '../command.ts';
import { EISDIR, fileKind, readFile, resolvePath, writeFile } from '../fs/files.ts';
import { AwkError } from '../text/awk-lex.ts';
import { parseAwk } from '../text/awk-parse.ts';
import { runAwk } from '../text/awk-run.ts';
import { inputs, man } from '../text/tool.ts';

interface Given {
  readonly separator: string | null;
  readonly assigns: readonly (readonly [string, string])[];
  readonly program: string | null;
  readonly programFile: string | null;
  readonly rest: readonly string[];
}

function given(argv: readonly string[]): Given {
  let separator: string | null = null;
  let programFile: string | null = null;
  const assigns: [string, string][] = [];
  let i = 1;
  for (; i < argv.length; i++) {
    const arg = argv[i] as string;
    if (arg === '--') {
      i++;
      break;
    }
    if (arg.startsWith('-F')) separator = arg.length > 2 ? arg.slice(2) : (argv[++i] ?? ' ');
    else if (arg.startsWith('-v')) {
      const text = arg.length > 2 ? arg.slice(2) : (argv[++i] ?? '');
      assigns.push([text.split('=')[0] ?? '', text.slice(text.indexOf('=') + 1)]);
    } else if (arg === '-f') programFile = argv[++i] ?? '';
    else break;
  }
  const program = programFile === null ? (argv[i++] ?? null) : null;
  return { separator, assigns, program, programFile, rest: argv.slice(i) };
}

/** Files, and the assignments that stand before each of them and behind the last. */
function operands(rest: readonly string[]): { files: string[]; before: [string, string][][]; last: [string, string][] } {
  const files: string[] = [];
  const before: [string, string][][] = [];
  let pending: [string, string][] = [];
  for (const arg of rest) {
    if (/^[A-Za-z_]\w*=/.test(arg)) pending.push([arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]);
    else {
      files.push(arg);
      before.push(pending);
      pending = [];
    }
  }
  return { files, before, last: pending };
}

function run(ctx: CommandContext): number {
  const { separator, assigns, program, programFile, rest } = given(ctx.argv);
  let source = program;
  if (programFile !== null) {
    const read = readFile(ctx.net, resolvePath(ctx.cwd, programFile));
    if ('error' in read) {
      ctx.err(`awk: fatal: cannot open source file \`${programFile}' for reading: ${read.error}\n`);
      return 2;
    }
    source = read.text;
  }
  if (source === null) {
    ctx.err(
      "Usage: awk [POSIX or GNU style options] -f progfile [--] file ...\nUsage: awk [POSIX or GNU style options] [--] 'program' file ...\n",
    );
    return 2;
  }
  const { files, before, last } = operands(rest);
  try {
    const parsed = parseAwk(source);
    const missing: string[] = [];
    const isDir = (name: string): boolean => fileKind(ctx.net, resolvePath(ctx.cwd, name)) === 'dir';
    const read = parsed.needsInput
      ? inputs(
          ctx,
          files,
          (name, why) => `cannot open file \`${name}' for reading: ${why}`,
          'fatal',
          (text) => void missing.push(text),
        )
      : [];
    // it passes over folders, and ends at the first file that it cannot read
    const whole = read.findIndex((file) => file.text === null && !isDir(file.name));
    const upTo = whole === -1 ? read : read.slice(0, whole);
    for (const { name, text } of upTo)
      if (text === null) ctx.err(`awk: warning: command line argument \`${name}' is a directory: skipped\n`);
    const texts = upTo.map((file, i) => ({
      name: file.name === '-' ? '' : file.name,
      text: file.text ?? '',
      assigns: files.length === 0 ? last : (before[i] ?? []),
    }));
    const result = runAwk(parsed, {
      inputs: texts,
      separator,
      assigns,
      lastAssigns: files.length === 0 ? [] : last,
      environment: ctx.env,
      ended: ctx.more !== true && whole === -1,
      nowSeconds: Math.floor(ctx.net.now / 1_000_000_000),
      write: (name, text, append) => {
        if (name === '/dev/stderr') ctx.err(text);
        else writeFile(ctx.net, resolvePath(ctx.cwd, name), text, append);
      },
    });
    ctx.out(result.out);
    if (whole !== -1 && result.exit === null) {
      // a rule that has run is named as the place
      const ran = /\bBEGIN\b/.test(source) || texts.some((file) => file.text !== '');
      ctx.err(`awk: ${ran ? 'cmd. line:1: ' : ''}${missing.find((text) => !text.endsWith(`${EISDIR}\n`)) ?? ''}`);
      return 2;
    }
    if (ctx.more === true && result.exit === null) return WANTS_MORE;
    return result.exit ?? 0;
  } catch (error) {
    if (!(error instanceof AwkError)) throw error;
    ctx.out(error.printed);
    ctx.err(`awk: ${error.message}\n`);
    return 2;
  }
}

export const awkCommand: Command = {
  name: 'awk',
  man: man(
    'works on fields of lines',
    '按字段处理文本',
    ["awk [-F sep] [-v name=value] 'pattern { action } ...' [file ...]"],
    ['user functions', 'getline', 'pipes to and from commands'],
    'gawk 5.2',
  ),
  run,
  readsStdin: (argv) => {
    const { rest, program } = given(argv);
    return program !== null && rest.filter((arg) => !/^[A-Za-z_]\w*=/.test(arg)).length === 0 && !/^\s*BEGIN\s*\{[^}]*\}\s*$/.test(program);
  },
  streams: (argv) => !argv.some((arg) => arg.includes('>')),
};
