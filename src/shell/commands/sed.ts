/**
 * sed: edits lines. The command line: options, scripts, files, -i.
 * Comes from: text-commands.ts. Goes to: sed-parse.ts, sed-run.ts, fs/files.ts.
 * Source: GNU sed 4.9 manual. Differs: no hold space commands beyond h H g G x, no branches.
 */
import { WANTS_MORE, type Command, type CommandContext } from '../command.ts';
import { EISDIR, readFile, resolvePath, writeFile } from '../fs/files.ts';
import { LEFT, man, options } from '../text/tool.ts';
import { Script, SedError, type Edit, type ScriptPart } from './sed-parse.ts';
import { editText } from './sed-run.ts';

const SHORT = 'nEre:f:isu!lz';
const LONG = {
  quiet: 'n',
  silent: 'n',
  'regexp-extended': 'E',
  'expression=': 'e',
  'file=': 'f',
  'in-place': 'i',
  'in-place=': 'i',
  separate: 's',
  unbuffered: 'u',
  'line-length=': LEFT,
  'null-data': LEFT,
  posix: LEFT,
  debug: LEFT,
  sandbox: LEFT,
  'follow-symlinks': LEFT,
};

const USAGE = 'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n';

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
  const { flags, all, error: wrong } = parsed;
  if (wrong !== null) {
    ctx.err(`sed: ${wrong}\n${wrong.startsWith('not modelled') ? '' : USAGE}`);
    return 1;
  }
  const files = [...parsed.rest];
  const scripts: ScriptPart[] = [];
  for (const [letter, value] of all) {
    if (letter === 'e') scripts.push({ text: value, file: null });
    if (letter !== 'f') continue;
    const read = readFile(ctx.net, resolvePath(ctx.cwd, value));
    if ('error' in read) {
      ctx.err(`sed: couldn't open file ${value}: ${read.error}\n`);
      return 4;
    }
    scripts.push({ text: read.text, file: value });
  }
  if (scripts.length === 0) {
    const first = files.shift();
    if (first === undefined) {
      ctx.err(USAGE);
      return 1;
    }
    scripts.push({ text: first, file: null });
  }
  let edits: Edit[];
  try {
    edits = new Script(scripts, flags.has('E') || flags.has('r')).all();
  } catch (error) {
    if (!(error instanceof SedError)) throw error;
    ctx.err(`sed: ${error.message}\n`);
    return 1;
  }
  // a script whose first two characters are #n, alone in their line, is silent
  const silent = flags.has('n') || /^#n(?:\n|$)/.test(scripts[0]?.text ?? '');
  let status = 0;
  let together = '';
  for (const name of files.length === 0 ? ['-'] : files) {
    const path = resolvePath(ctx.cwd, name);
    const read = name === '-' ? { text: ctx.stdin ?? '' } : readFile(ctx.net, path);
    if ('error' in read) {
      ctx.err(
        read.error !== EISDIR
          ? `sed: can't read ${name}: ${read.error}\n`
          : inPlace === null
            ? `sed: read error on ${name}: ${read.error}\n`
            : `sed: couldn't edit ${name}: not a regular file\n`,
      );
      status = read.error === EISDIR ? 4 : 2;
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
    ['branches (b, t, labels)', 'l, e, z, F, W, R; the flags w and e of s', '-l, -z, --posix'],
    'sed 4.9',
  ),
  run,
  readsStdin: (argv) => {
    const { parsed, inPlace } = given(argv);
    const scripted = parsed.flags.has('e') || parsed.flags.has('f');
    if (parsed.error !== null || (!scripted && parsed.rest.length === 0)) return false;
    const files = parsed.rest.slice(scripted ? 0 : 1);
    return inPlace === null && (files.length === 0 || files.includes('-'));
  },
  streams: (argv) => argv.every((arg) => !arg.includes('N') && !/(^|[^\\])\$!?[a-zA-Z]/.test(arg)),
};
