/**
 * cp and mv.
 * Comes from: file-commands.ts. Goes to: file-shared.ts, fs/files.ts.
 * Source: GNU coreutils 9.1, src/cp.c, mv.c, copy.c.
 * Differs: there are no times, owners and links; -i asks nothing.
 */
import type { Command } from '../command.ts';
import { ENOENT, ENOTDIR, fileKind, removePath, resolvePath } from '../fs/files.ts';
import { badOption, LEFT, man, options } from '../text/tool.ts';
import { at, baseOf, copyTree, lackOf, madeUp, missing } from './file-shared.ts';

export function transfer(name: 'cp' | 'mv'): Command {
  return {
    name,
    man:
      name === 'cp'
        ? man('copies files', '复制文件', ['cp [-r] file ... target'])
        : man('moves or renames files', '移动或重命名文件', ['mv file ... target']),
    run(ctx) {
      const {
        flags,
        rest,
        error: wrong,
      } = options(ctx.argv.slice(1), name === 'cp' ? 'rRafipvndPt:T!bHlLsSuxZ' : 'fivnt:T!bSuZ', {
        recursive: 'r',
        archive: 'a',
        force: 'f',
        verbose: 'v',
        'no-clobber': 'n',
        interactive: 'i',
        'target-directory=': 't',
        'no-target-directory': 'T',
        ...(name === 'cp'
          ? { preserve: 'p', 'preserve=': 'p', 'no-dereference': 'P', dereference: LEFT, link: LEFT, 'symbolic-link': LEFT }
          : {}),
        backup: LEFT,
        'backup=': LEFT,
        'suffix=': LEFT,
        update: LEFT,
      });
      if (wrong !== null) return badOption(ctx, wrong);
      const into = flags.get('t');
      if (rest.length < (into === undefined ? 2 : 1))
        return missing(ctx, rest[0] === undefined ? 'missing file operand' : `missing destination file operand after '${rest[0]}'`);
      const target = into ?? (rest.at(-1) as string);
      const toPath = at(ctx, target);
      const intoDir = fileKind(ctx.net, toPath) === 'dir' && !flags.has('T');
      if ((rest.length > 2 || into !== undefined) && !intoDir) {
        const why = fileKind(ctx.net, toPath) === 'file' ? ENOTDIR : lackOf(ctx, toPath);
        ctx.err(`${name}: target ${into === undefined ? '' : 'directory '}'${target}': ${why}\n`);
        return 1;
      }
      let status = 0;
      for (const source of into === undefined ? rest.slice(0, -1) : rest) {
        const from = at(ctx, source);
        const to = intoDir ? resolvePath(toPath, baseOf(from)) : toPath;
        const kind = fileKind(ctx.net, from);
        const shown = intoDir ? `${target.replace(/\/+$/, '')}/${baseOf(source)}` : target;
        const existing = fileKind(ctx.net, to);
        let message: string | null = null;
        if (kind === null) message = `cannot stat '${source}': ${source === '' ? ENOENT : lackOf(ctx, from)}`;
        else if (from === to) message = `'${source}' and '${shown}' are the same file`;
        else if (kind === 'dir' && to.startsWith(`${from}/`))
          message =
            name === 'cp'
              ? `cannot copy a directory, '${source}', into itself, '${shown}'`
              : `cannot move '${source}' to a subdirectory of itself, '${shown}'`;
        else if (name === 'cp' && kind === 'dir' && !(flags.has('r') || flags.has('R') || flags.has('a')))
          message = `-r not specified; omitting directory '${source}'`;
        else if (flags.has('n') && existing !== null) continue;
        else if (kind === 'dir' && existing === 'file') message = `cannot overwrite non-directory '${shown}' with directory '${source}'`;
        else if (kind === 'file' && existing === 'dir') message = `cannot overwrite directory '${shown}' with non-directory`;
        else if (kind === 'file' && existing === null && shown.endsWith('/'))
          message =
            name === 'cp' ? `cannot create regular file '${shown}': ${ENOTDIR}` : `cannot move '${source}' to '${shown}': ${ENOTDIR}`;
        else if (lackOf(ctx, to) === ENOTDIR && existing === null) message = `cannot stat '${shown}': ${ENOTDIR}`;
        else if (name === 'mv' && madeUp(from)) message = `cannot move '${source}' to '${target}': Operation not permitted`;
        else {
          const error = copyTree(ctx, from, to);
          if (error !== null)
            message = name === 'cp' ? `cannot create regular file '${shown}': ${error}` : `cannot move '${source}' to '${shown}': ${error}`;
          else if (name === 'mv') removePath(ctx.net, from);
          if (error === null && flags.has('v')) ctx.out(`${name === 'mv' ? 'renamed ' : ''}'${source}' -> '${shown}'\n`);
        }
        if (message === null) continue;
        ctx.err(`${name}: ${message}\n`);
        status = 1;
      }
      return status;
    },
  };
}
