/** What names mean to the shell, for type, which and completion. */
import { binaryDir } from '../../fs/binaries.ts';
import { isExecutable, resolvePath } from '../../fs/files.ts';
import type { Shell } from '../shell.ts';

export const KEYWORDS: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'case',
  'esac',
  'for',
  'while',
  'until',
  'do',
  'done',
  'in',
  'function',
  'time',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'select',
  'coproc',
]);

/** Builtins of bash; what else stands in the builtins' table are programs in their own right. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set([
  ':',
  '.',
  '[',
  'alias',
  'bg',
  'break',
  'builtin',
  'cd',
  'command',
  'continue',
  'declare',
  'disown',
  'echo',
  'eval',
  'exec',
  'exit',
  'export',
  'false',
  'fg',
  'getopts',
  'hash',
  'help',
  'history',
  'jobs',
  'kill',
  'let',
  'local',
  'logout',
  'printf',
  'pwd',
  'read',
  'readonly',
  'return',
  'set',
  'shift',
  'shopt',
  'source',
  'test',
  'times',
  'trap',
  'true',
  'type',
  'typeset',
  'ulimit',
  'umask',
  'unalias',
  'unset',
  'wait',
]);

export type Meaning =
  | { readonly kind: 'alias'; readonly text: string }
  | { readonly kind: 'keyword' }
  | { readonly kind: 'function' }
  | { readonly kind: 'builtin' }
  | { readonly kind: 'file'; readonly path: string };

export function pathOf({ net, sh }: Shell, name: string): string | null {
  if (name.includes('/')) return isExecutable(net, resolvePath(sh.cwd, name)) ? name : null;
  const dir = binaryDir(name);
  const path = (sh.vars.get('PATH')?.value ?? '').split(':');
  for (const one of path) {
    const full = `${one}/${name}`;
    const resolved = resolvePath('/', full);
    if (one !== '' && net.user.files.has(resolved) && isExecutable(net, resolved)) return full;
    if (dir !== null && one === dir) return full;
  }
  return null;
}

export function meaningOf(shell: Shell, name: string): Meaning | null {
  const { sh } = shell;
  const alias = sh.aliases.get(name);
  if (alias !== undefined) return { kind: 'alias', text: alias };
  if (KEYWORDS.has(name)) return { kind: 'keyword' };
  if (sh.functions.has(name)) return { kind: 'function' };
  if (BUILTIN_NAMES.has(name)) return { kind: 'builtin' };
  const path = pathOf(shell, name);
  return path === null ? null : { kind: 'file', path };
}
