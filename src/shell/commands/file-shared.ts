/**
 * What the tools for files and directories share: places, names, and what is missing.
 * Comes from: file-commands.ts, copy-commands.ts. Goes to: fs/files.ts.
 * Source: GNU coreutils 9.1.
 */
import type { CommandContext } from '../command.ts';
import { ENOENT, ENOTDIR, fileKind, listDir, makeDir, readFile, resolvePath, writeFile } from '../fs/files.ts';
import { seeHelp } from '../text/tool.ts';

export const at = (ctx: CommandContext, name: string): string => resolvePath(ctx.cwd, name);
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
export const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) || '/';
/** Places that are made up: nothing is created or removed there. */
export const madeUp = (path: string): boolean => /^\/(?:proc|sys|dev|usr\/s?bin)(?:\/|$)/.test(path);

export const missing = (ctx: CommandContext, text = 'missing operand'): number => seeHelp(ctx, text);

/** What a name that is not there lacks: a file in front of a slash is no directory. */
export function lackOf(ctx: CommandContext, path: string): string {
  const parts = path.split('/');
  for (let i = parts.length - 1; i > 1; i--) if (fileKind(ctx.net, parts.slice(0, i).join('/')) === 'file') return ENOTDIR;
  return ENOENT;
}

/** Copies a file or a directory with all that is in it. @returns an error message, or null */
export function copyTree(ctx: CommandContext, from: string, to: string, depth = 0): string | null {
  if (fileKind(ctx.net, from) === 'dir') {
    if (depth > 20) return 'File name too long';
    if (fileKind(ctx.net, to) === null) makeDir(ctx.net, to);
    for (const name of listDir(ctx.net, from)) {
      const error = copyTree(ctx, resolvePath(from, name), resolvePath(to, name), depth + 1);
      if (error !== null) return error;
    }
    return null;
  }
  const read = readFile(ctx.net, from);
  if ('error' in read) return read.error;
  const error = writeFile(ctx.net, to, read.text, false);
  const mode = ctx.net.user.modes.get(from);
  if (error === null && mode !== undefined) ctx.net.user.modes.set(to, mode);
  return error;
}
