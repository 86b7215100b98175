/** find: walks directories. A builtin because -exec runs commands. */
import { fileKind, isExecutable, listDir, readFile, removePath, resolvePath } from '../../fs/files.ts';
import { matchPattern } from '../../lang/pattern.ts';
import { emit } from '../shell.ts';
import { newFrame } from '../state.ts';
import { put } from './basic.ts';
import { manOf, type Builtin, type Call, type Outcome } from './call.ts';

const FOUND_MAX = 5_000;

function walk(call: Call, name: string, depth: number, most: number, out: string[]): void {
  if (out.length >= FOUND_MAX) return;
  out.push(name);
  const path = resolvePath(call.sh.cwd, name);
  if (depth >= most || fileKind(call.net, path) !== 'dir') return;
  for (const entry of listDir(call.net, path)) walk(call, `${name.replace(/\/$/, '')}/${entry}`, depth + 1, most, out);
}

export const find: Builtin = {
  man: {
    ...manOf(
      'finds files',
      '查找文件',
      ['find [path ...] [-name pattern] [-type f|d] [-maxdepth n] [-exec command {} \\;] [-delete]'],
      ['-o, -not apart from !, times, sizes'],
    ),
    source: 'findutils 4.9',
  },
  run(call): Outcome {
    const args = call.argv.slice(1);
    const first = args.findIndex((arg) => /^[-!(]/.test(arg));
    const starts = args.slice(0, first === -1 ? args.length : first);
    const tests = first === -1 ? [] : args.slice(first);
    let most = 30;
    let negate = false;
    const checks: ((name: string, path: string) => boolean)[] = [];
    let exec: { words: string[]; together: boolean } | null = null;
    let remove = false;
    for (let i = 0; i < tests.length; i++) {
      const test = tests[i] as string;
      const wrap = (check: (name: string, path: string) => boolean): void => {
        const wanted = !negate;
        checks.push((name, path) => check(name, path) === wanted);
        negate = false;
      };
      if (test === '!' || test === '-not') negate = true;
      else if (test === '-name' || test === '-iname') {
        const pattern = tests[++i] ?? '';
        wrap((name) =>
          matchPattern(
            test === '-iname' ? pattern.toLowerCase() : pattern,
            (test === '-iname' ? name.toLowerCase() : name).split('/').at(-1) ?? '',
          ),
        );
      } else if (test === '-path') {
        const pattern = tests[++i] ?? '';
        wrap((name) => matchPattern(pattern, name));
      } else if (test === '-type') {
        const kind = tests[++i] === 'd' ? 'dir' : 'file';
        wrap((_, path) => fileKind(call.net, path) === kind);
      } else if (test === '-maxdepth') most = Number(tests[++i]) || 0;
      else if (test === '-empty') {
        wrap((_, path) => {
          if (fileKind(call.net, path) === 'dir') return listDir(call.net, path).length === 0;
          const read = readFile(call.net, path);
          return 'text' in read && read.text === '';
        });
      } else if (test === '-executable') wrap((_, path) => isExecutable(call.net, path));
      else if (test === '-delete') remove = true;
      else if (test === '-exec' || test === '-ok') {
        const end = tests.findIndex((word, at) => at > i && (word === ';' || word === '+'));
        if (end === -1) {
          emit(call, 2, "find: missing argument to `-exec'\n");
          return 1;
        }
        exec = { words: tests.slice(i + 1, end), together: tests[end] === '+' };
        i = end;
      } else if (test !== '-print' && test !== '-mindepth' && test !== '-xdev') {
        emit(call, 2, `find: unknown predicate \`${test}'\n`);
        return 1;
      }
    }
    const all: string[] = [];
    let status = 0;
    for (const start of starts.length === 0 ? ['.'] : starts) {
      if (fileKind(call.net, resolvePath(call.sh.cwd, start)) !== null) walk(call, start, 0, most, all);
      else {
        emit(call, 2, `find: ‘${start}’: No such file or directory\n`);
        status = 1;
      }
    }
    const found = all.filter((name) => checks.every((check) => check(name, resolvePath(call.sh.cwd, name))));
    if (remove) {
      for (const name of found)
        if (call.net.user.files.has(resolvePath(call.sh.cwd, name))) removePath(call.net, resolvePath(call.sh.cwd, name));
      return status;
    }
    if (exec === null) return put(call, found.map((name) => `${name}\n`).join(''), status);
    const { words, together } = exec;
    const frame = newFrame('argv', '', 0);
    frame.words = ['plain'];
    frame.argvs = together
      ? [words.flatMap((word) => (word === '{}' ? found : [word]))]
      : found.map((name) => words.map((word) => word.replaceAll('{}', name)));
    if (found.length === 0 || words.length === 0) return status;
    call.sh.frames.push(frame);
    return 'wait';
  },
};
