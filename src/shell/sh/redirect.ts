/**
 * Redirections: opening what `>`, `<`, `2>&1`, here-documents and here-strings name.
 * Source: bash 5.2 manual, "Redirections".
 */
import type { Redirection } from 'unbash';
import { canWrite, readFile, resolvePath, writeFile } from '../fs/files.ts';
import type { Expander } from '../lang/expand.ts';
import { parseShell } from '../lang/parse.ts';
import { addInput, complain, setFd, type Shell } from './shell.ts';
import type { Fd, Frame } from './state.ts';

/** A redirection with its words expanded. */
export interface Planned {
  readonly operator: string;
  readonly fd: number | null;
  readonly target: string;
  /** more than one word, or none, came of the target */
  readonly ambiguous: boolean;
}

export function planRedirects(expander: Expander, redirects: readonly Redirection[]): Planned[] {
  return redirects.map((redirect): Planned => {
    const fd = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : null;
    if (redirect.type === 'HereDoc') {
      const { body, delimiter } = redirect;
      if (redirect.operator === '<<-')
        return {
          operator: '<<',
          fd,
          target: withoutTabs(expander, body.text, delimiter?.quoted === true),
          ambiguous: false,
        };
      const literal = delimiter?.quoted === true || body.parts === undefined;
      return {
        operator: '<<',
        fd,
        target: literal ? body.text : expander.quotedParts(body.parts),
        ambiguous: false,
      };
    }
    if (redirect.target === undefined) return { operator: redirect.operator, fd, target: '', ambiguous: true };
    if (redirect.type === 'HereString') return { operator: '<<', fd, target: `${expander.single(redirect.target)}\n`, ambiguous: false };
    const words = expander.word(redirect.target);
    return {
      operator: redirect.operator,
      fd,
      target: words[0] ?? redirect.target.text,
      ambiguous: words.length !== 1,
    };
  });
}

/** `<<-`: the tabs at the beginning of lines go before anything is expanded. */
function withoutTabs(expander: Expander, text: string, quoted: boolean): string {
  const stripped = text.replace(/^\t+/gm, '');
  if (quoted) return stripped;
  const command = parseShell(`: <<_LAB_END_\n${stripped}_LAB_END_\n`).script.commands[0]?.command;
  const body = command?.type === 'Command' ? command.redirects[0] : undefined;
  return body?.type === 'HereDoc' && body.body.parts !== undefined ? expander.quotedParts(body.body.parts) : stripped;
}

/** Applies redirections in order. @returns false after a complaint */
export function applyRedirects(shell: Shell, frame: Frame | null, plan: readonly Planned[]): boolean {
  return plan.every((one) => {
    const error = one.ambiguous ? `${one.target}: ambiguous redirect` : apply(shell, frame, one);
    if (error !== null) complain(shell, error);
    return error === null;
  });
}

function apply(shell: Shell, frame: Frame | null, { operator, fd, target }: Planned): string | null {
  const { sh } = shell;
  switch (operator) {
    case '<<':
      setFd(sh, frame, fd ?? 0, addInput(sh, { source: 'text', text: target, eof: true }));
      return null;
    case '<':
    case '<>':
      return openForReading(shell, frame, fd ?? 0, target);
    case '>':
    case '>|':
      return openForWriting(shell, frame, [fd ?? 1], target, false);
    case '>>':
      return openForWriting(shell, frame, [fd ?? 1], target, true);
    case '&>':
      return openForWriting(shell, frame, [1, 2], target, false);
    case '&>>':
      return openForWriting(shell, frame, [1, 2], target, true);
    case '>&':
      if (fd === null && !/^(?:\d+|-)$/.test(target)) return openForWriting(shell, frame, [1, 2], target, false);
      return duplicate(shell, frame, fd ?? 1, target);
    default:
      return duplicate(shell, frame, fd ?? 0, target);
  }
}

function openForReading({ net, sh }: Shell, frame: Frame | null, fd: number, target: string): string | null {
  const path = resolvePath(sh.cwd, target);
  if (path === '/dev/stdin' || path === '/dev/tty') return null;
  const read = readFile(net, path);
  // Opening a directory works; reading it does not.
  if ('error' in read && read.error !== 'Is a directory') return `${target}: ${read.error}`;
  setFd(sh, frame, fd, addInput(sh, { source: 'file', text: 'text' in read ? read.text : '', eof: true }));
  return null;
}

function openForWriting({ net, sh }: Shell, frame: Frame | null, fds: readonly number[], target: string, append: boolean): string | null {
  if (target === '') return `${target}: No such file or directory`;
  const path = resolvePath(sh.cwd, target);
  let to: Fd;
  if (path === '/dev/null') to = { kind: 'sink', sink: { kind: 'null' } };
  else if (path === '/dev/stdout') to = sh.fds.get(1) ?? { kind: 'closed' };
  else if (path === '/dev/stderr') to = sh.fds.get(2) ?? { kind: 'closed' };
  else {
    const refused = canWrite(net, path) ?? (append && net.user.files.has(path) ? null : writeFile(net, path, '', append));
    if (refused !== null) return `${target}: ${refused}`;
    to = { kind: 'sink', sink: { kind: 'file', path } };
  }
  for (const fd of fds) setFd(sh, frame, fd, to);
  return null;
}

function duplicate({ sh }: Shell, frame: Frame | null, fd: number, target: string): string | null {
  if (target === '-') {
    setFd(sh, frame, fd, { kind: 'closed' });
    return null;
  }
  if (!/^\d+$/.test(target)) return `${target}: ambiguous redirect`;
  const from = sh.fds.get(Number(target));
  if (from === undefined || from.kind === 'closed') return `${target}: Bad file descriptor`;
  setFd(sh, frame, fd, from);
  return null;
}
