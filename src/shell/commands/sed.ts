/**
 * sed: edits lines. The command line: options, scripts, files, -i.
 * Comes from: text-commands.ts. Goes to: sed-parse.ts, sed-run.ts, fs/files.ts.
 * Source: GNU sed 4.9 manual. Differs: no hold space commands beyond h H g G x, no branches.
 */
import { WANTS_MORE, type Command, type CommandContext } from '../command.ts';
import { readFile, resolvePath, writeFile } from '../fs/files.ts';
import { badOption, man, options } from '../text/tool.ts';
import { Script, SedError, type Edit } from './sed-parse.ts';
import { editText } from './sed-run.ts';

const SHORT = 'nEre:f:is';
const LONG = {
  quiet: 'n',
  silent: 'n',
  'regexp-extended': 'E',
  'expression=': 'e',
  'file=': 'f',
  'in-place': 'i',
  'in-place=': 'i',
  separate: 's',
};

function given(argv: readonly string[]): { parsed: ReturnType<typeof options>; inPlace: string | null } {
  let inPlace: string | null = null;
  const args = argv.slice(1).map((arg) => {
    const found = /^-([nEr]*)i(\S*)$/.exec(arg);
    if (found === null || (found[2] !== '' && !/^[.~\w]/.test(found[2] as string))) return arg;
    inPlace = found[2] as string;
    return found[1] === '' ? '-s' : `-${found[1]}`;
  });
  const parsed = options(args, SHORT, LONG);
  if (parsed.flags.has('i')) inPlace = parsed.flags.get('i') ?? '';
  return { parsed, inPlace };
}

function run(ctx: CommandContext): number {
  const { parsed, inPlace } = given(ctx.argv);
  const { flags, all, unknown } = parsed;
  if (unknown !== null) return badOption(ctx, unknown);
  const files = [...parsed.rest];
  const scripts = all.filter(([name]) => name === 'e').map(([, value]) => value);
  if (flags.has('f')) {
    const read = readFile(ctx.net, resolvePath(ctx.cwd, flags.get('f') ?? ''));
    if ('error' in read) {
      ctx.err(`sed: couldn't open file ${flags.get('f')}: ${read.error}\n`);
      return 1;
    }
    scripts.push(read.text);
  }
  if (scripts.length === 0) {
    const first = files.shift();
    if (first === undefined) {
      ctx.err('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
      return 1;
    }
    scripts.push(first);
  }
  let edits: Edit[];
  try {
    edits = new Script(scripts.join('\n'), flags.has('E') || flags.has('r')).all();
  } catch (error) {
    if (!(error instanceof SedError)) throw error;
    ctx.err(`sed: ${error.message}\n`);
    return 1;
  }
  const silent = flags.has('n');
  let status = 0;
  let together = '';
  for (const name of files.length === 0 ? ['-'] : files) {
    const path = resolvePath(ctx.cwd, name);
    const read = name === '-' ? { text: ctx.stdin ?? '' } : readFile(ctx.net, path);
    if ('error' in read) {
      ctx.err(
        read.error === 'Is a directory' ? `sed: couldn't edit ${name}: not a regular file\n` : `sed: can't read ${name}: ${read.error}\n`,
      );
      status = 2;
    } else if (inPlace === null) together += read.text;
    else {
      if (inPlace !== '') writeFile(ctx.net, path + inPlace, read.text, false);
      const { out } = editText(ctx, read.text, edits, silent, true);
      const failed = writeFile(ctx.net, path, out, false);
      if (failed !== null) {
        ctx.err(`sed: couldn't open temporary file: ${failed}\n`);
        status = 4;
      }
    }
  }
  if (inPlace !== null) return status;
  const { out, quit } = editText(ctx, together, edits, silent, ctx.more !== true);
  ctx.out(out);
  if (quit === null && ctx.more === true) return WANTS_MORE;
  return quit ?? status;
}

export const sedCommand: Command = {
  name: 'sed',
  man: man(
    'edits lines of text',
    '按行编辑文本',
    ["sed [-n] [-E] [-i[suffix]] [-e script] 'script' [file ...]"],
    ['branches (b, t, labels)', 'l'],
    'sed 4.9',
  ),
  run,
  readsStdin: (argv) => {
    const { parsed, inPlace } = given(argv);
    const files = parsed.rest.slice(parsed.flags.has('e') || parsed.flags.has('f') ? 0 : 1);
    return inPlace === null && (files.length === 0 || files.includes('-'));
  },
  streams: (argv) => argv.every((arg) => !arg.includes('N') && !/(^|[^\\])\$!?[a-zA-Z]/.test(arg)),
};
