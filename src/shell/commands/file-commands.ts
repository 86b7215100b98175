/** Tools for files and directories. */
import type { Command, CommandContext } from '../command.ts';
import {
  canWrite,
  EISDIR,
  ENOENT,
  ENOTDIR,
  fileKind,
  listDir,
  makeDir,
  modeOf,
  readFile,
  removePath,
  resolvePath,
  writeFile,
} from '../fs/files.ts';
import { transfer } from './copy-commands.ts';
import { at, baseOf, copyTree, lackOf, madeUp, missing, parentOf } from './file-shared.ts';
import { badOption, LEFT, man, options, seeHelp } from '../text/tool.ts';

function modeText(ctx: CommandContext, path: string): string {
  const mode = modeOf(ctx.net, path);
  const bits = ['r', 'w', 'x', 'r', 'w', 'x', 'r', 'w', 'x'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-')).join('');
  return (fileKind(ctx.net, path) === 'dir' ? 'd' : '-') + bits;
}

function longLine(ctx: CommandContext, path: string, name: string, width: number): string {
  const dir = fileKind(ctx.net, path) === 'dir';
  const read = dir || path.startsWith('/proc/') ? null : readFile(ctx.net, path);
  const size = dir ? 4096 : read !== null && 'text' in read ? new TextEncoder().encode(read.text).length : 0;
  return `${modeText(ctx, path)} ${dir ? 2 : 1} root root ${String(size).padStart(width)} Jan  1 00:00 ${name}\n`;
}

const COLOURS: readonly (readonly string[])[] = [
  ['always', 'yes', 'force'],
  ['never', 'no', 'none'],
  ['auto', 'tty', 'if-tty'],
];

const ls: Command = {
  name: 'ls',
  man: man('lists directories', '列出目录内容', ['ls [-laAd1RFh] [file ...]'], ['times', 'colours', 'columns: one name a line']),
  run(ctx) {
    const {
      flags,
      rest,
      error: wrong,
    } = options(ctx.argv.slice(1), 'laAd1RFhtrSiGnsk!bBcCDfgHILmNopqQTuUvwxXZ', {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      color: 'G',
      'color=': 'G',
      recursive: 'R',
      reverse: 'r',
      classify: 'F',
      'human-readable': 'h',
      'numeric-uid-gid': 'n',
      'no-group': 'G',
      'format=': LEFT,
      'sort=': LEFT,
      'time=': LEFT,
      'time-style=': LEFT,
      full: LEFT,
      'full-time': LEFT,
      'width=': LEFT,
      'ignore=': LEFT,
      'hide=': LEFT,
      inode: 'i',
      size: 's',
    });
    if (wrong !== null) return badOption(ctx, wrong, 2);
    const colour = flags.get('G') ?? '';
    if (!COLOURS.some((one) => one.includes(colour)) && colour !== '')
      return seeHelp(
        ctx,
        `invalid argument ‘${colour}’ for ‘--color’\nValid arguments are:\n${COLOURS.map((one) => `  - ${one.map((word) => `‘${word}’`).join(', ')}\n`).join('')}`.trimEnd(),
        1,
      );
    let status = 0;
    const names = rest.length === 0 ? ['.'] : [...rest].sort();
    const show = (entries: readonly { name: string; path: string }[]): void => {
      const shown = flags.has('r') ? entries.toReversed() : entries;
      for (const { name, path } of shown) {
        const label = flags.has('F') && fileKind(ctx.net, path) === 'dir' ? `${name}/` : name;
        ctx.out(flags.has('l') || flags.has('n') ? longLine(ctx, path, label, 6) : `${label}\n`);
      }
    };
    const files: { name: string; path: string }[] = [];
    const dirs: { name: string; path: string }[] = [];
    for (const name of names) {
      const path = at(ctx, name);
      const kind = fileKind(ctx.net, path);
      if (kind === null) {
        ctx.err(`ls: cannot access '${name}': ${name === '' ? ENOENT : lackOf(ctx, path)}\n`);
        status = 2;
      } else (kind === 'dir' && !flags.has('d') ? dirs : files).push({ name, path });
    }
    show(files);
    let first = files.length === 0;
    const visit = (name: string, path: string, depth: number): void => {
      if (names.length > 1 || flags.has('R')) ctx.out(`${first ? '' : '\n'}${name}:\n`);
      first = false;
      const inside = listDir(ctx.net, path).filter((entry) => flags.has('a') || flags.has('A') || !entry.startsWith('.'));
      const entries = inside.map((entry) => ({ name: entry, path: resolvePath(path, entry) }));
      if (flags.has('l') || flags.has('n')) ctx.out(`total ${entries.length * 4}\n`);
      show(flags.has('a') ? [{ name: '.', path }, { name: '..', path: parentOf(path) }, ...entries] : entries);
      if (flags.has('R') && depth < 8)
        for (const entry of entries)
          if (fileKind(ctx.net, entry.path) === 'dir') visit(`${name.replace(/\/$/, '')}/${entry.name}`, entry.path, depth + 1);
    };
    for (const { name, path } of dirs) visit(name, path, 0);
    return status;
  },
};

/** The part of a name that is a file although something shall lie in it, as it was typed; or null. */
function fileAbove(ctx: CommandContext, name: string): string | null {
  const parts = name.split('/');
  for (let i = 1; i < parts.length; i++) {
    const part = parts.slice(0, i).join('/');
    if (part !== '' && fileKind(ctx.net, at(ctx, part)) === 'file') return part;
  }
  return null;
}

const mkdir: Command = {
  name: 'mkdir',
  man: man('makes directories', '创建目录', ['mkdir [-p] directory ...']),
  run(ctx) {
    const { flags, rest, error: wrong } = options(ctx.argv.slice(1), 'pvm:', { parents: 'p', verbose: 'v', 'mode=': 'm' });
    if (wrong !== null) return badOption(ctx, wrong);
    if (rest.length === 0) return missing(ctx);
    const mode = flags.get('m');
    const bits = mode === undefined ? null : changedMode(mode, 0o777);
    if (mode !== undefined && bits === null) {
      ctx.err(`mkdir: invalid mode ‘${mode}’\n`);
      return 1;
    }
    let status = 0;
    for (const name of rest) {
      const path = at(ctx, name);
      const kind = fileKind(ctx.net, path);
      const above = fileKind(ctx.net, parentOf(path));
      const file = flags.has('p') && kind === null ? fileAbove(ctx, name) : null;
      const error =
        kind !== null
          ? flags.has('p') && kind === 'dir'
            ? null
            : 'File exists'
          : madeUp(path)
            ? 'Permission denied'
            : above === 'file' || file !== null || lackOf(ctx, path) === ENOTDIR
              ? ENOTDIR
              : above === null && !flags.has('p')
                ? ENOENT
                : '';
      if (error === '') {
        const parts = path.split('/').slice(1);
        for (let i = 1; i <= parts.length; i++) {
          const part = `/${parts.slice(0, i).join('/')}`;
          if (fileKind(ctx.net, part) !== null) continue;
          makeDir(ctx.net, part);
          if (flags.has('v')) ctx.out(`mkdir: created directory '${part === path ? name : part}'\n`);
        }
        if (bits !== null) ctx.net.user.modes.set(path, bits);
      } else if (error !== null) {
        ctx.err(`mkdir: cannot create directory ‘${file ?? name}’: ${error}\n`);
        status = 1;
      }
    }
    return status;
  },
};

const rmdir: Command = {
  name: 'rmdir',
  man: man('removes empty directories', '删除空目录', ['rmdir directory ...']),
  run(ctx) {
    const { rest, error: wrong } = options(ctx.argv.slice(1), '!pv', { parents: LEFT, verbose: LEFT, 'ignore-fail-on-non-empty': LEFT });
    if (wrong !== null) return badOption(ctx, wrong);
    if (rest.length === 0) return missing(ctx);
    let status = 0;
    for (const name of rest) {
      const path = at(ctx, name);
      const kind = fileKind(ctx.net, path);
      const error =
        kind === null
          ? ENOENT
          : kind === 'file'
            ? 'Not a directory'
            : listDir(ctx.net, path).length > 0
              ? 'Directory not empty'
              : madeUp(path)
                ? 'Permission denied'
                : null;
      if (error === null) removePath(ctx.net, path);
      else {
        ctx.err(`rmdir: failed to remove '${name}': ${error}\n`);
        status = 1;
      }
    }
    return status;
  },
};

const rm: Command = {
  name: 'rm',
  man: man('removes files', '删除文件', ['rm [-rf] file ...']),
  run(ctx) {
    const {
      flags,
      rest,
      error: wrong,
    } = options(ctx.argv.slice(1), 'rRfivdI', {
      recursive: 'r',
      force: 'f',
      dir: 'd',
      verbose: 'v',
      'preserve-root': 'P',
      'no-preserve-root': LEFT,
      interactive: 'i',
      'interactive=': 'i',
      'one-file-system': LEFT,
    });
    if (wrong !== null) return badOption(ctx, wrong);
    if (rest.length === 0) return flags.has('f') ? 0 : missing(ctx);
    let status = 0;
    for (const name of rest) {
      const path = at(ctx, name);
      const kind = fileKind(ctx.net, path);
      const recursive = flags.has('r') || flags.has('R');
      let error: string | null = null;
      if (kind === null) error = flags.has('f') ? null : lackOf(ctx, path);
      else if (recursive && /(?:^|\/)\.\.?\/*$/.test(name)) {
        ctx.err(`rm: refusing to remove '.' or '..' directory: skipping '${name}'\n`);
        status = 1;
        continue;
      } else if (path === '/') {
        ctx.err("rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n");
        status = 1;
        continue;
      } else if (madeUp(path)) error = 'Operation not permitted';
      else if (kind === 'dir' && !recursive && !flags.has('d')) error = EISDIR;
      else if (kind === 'dir' && !recursive && listDir(ctx.net, path).length > 0) error = 'Directory not empty';
      else {
        removePath(ctx.net, path);
        if (flags.has('v')) ctx.out(`removed ${kind === 'dir' ? 'directory ' : ''}'${name}'\n`);
      }
      if (error === null) continue;
      ctx.err(`rm: cannot remove '${name}': ${error}\n`);
      status = 1;
    }
    return status;
  },
};

const ln: Command = {
  name: 'ln',
  man: man('makes a copy: the lab has no links', '创建链接（这里是复制）', ['ln [-s] target name'], ['links']),
  run(ctx) {
    const { rest } = options(ctx.argv.slice(1), 'sfnv');
    const [target, name] = rest;
    if (target === undefined || name === undefined) return missing(ctx, 'missing file operand');
    const to = at(ctx, name);
    const into = fileKind(ctx.net, to) === 'dir' ? resolvePath(to, baseOf(target)) : to;
    const error = fileKind(ctx.net, at(ctx, target)) === null ? ENOENT : copyTree(ctx, at(ctx, target), into);
    if (error !== null) ctx.err(`ln: failed to create link '${name}': ${error}\n`);
    return error === null ? 0 : 1;
  },
};

const touch: Command = {
  name: 'touch',
  man: man('makes empty files', '创建空文件', ['touch file ...'], ['times']),
  run(ctx) {
    const { rest, error: wrong } = options(ctx.argv.slice(1), 'acmt:d:r:h');
    if (wrong !== null) return badOption(ctx, wrong);
    if (rest.length === 0) return missing(ctx, 'missing file operand');
    let status = 0;
    for (const name of rest) {
      const path = at(ctx, name);
      if (fileKind(ctx.net, path) !== null) continue;
      const error = canWrite(ctx.net, path) ?? writeFile(ctx.net, path, '', false);
      if (error === null) continue;
      ctx.err(`touch: cannot touch '${name}': ${error}\n`);
      status = 1;
    }
    return status;
  },
};

/** The new bits for `755`, `+x`, `u+x,g-w`; null for what is no mode. */
function changedMode(text: string, old: number): number | null {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let mode = old;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause);
    if (match === null) return null;
    const [, who, how, what] = match as unknown as [string, string, string, string];
    const masks =
      who === '' || who.includes('a')
        ? 0o777
        : (who.includes('u') ? 0o700 : 0) | (who.includes('g') ? 0o070 : 0) | (who.includes('o') ? 0o007 : 0);
    const bits = ((what.includes('r') ? 0o444 : 0) | (what.includes('w') ? 0o222 : 0) | (/[xX]/.test(what) ? 0o111 : 0)) & masks;
    mode = how === '+' ? mode | bits : how === '-' ? mode & ~bits : (mode & ~masks) | bits;
  }
  return mode;
}

const chmod: Command = {
  name: 'chmod',
  man: man('changes permissions: only the execute bit matters here', '修改权限（只有执行位起作用）', ['chmod [-R] mode file ...']),
  run(ctx) {
    const args = ctx.argv.slice(1).filter((arg) => !/^-(?:R|v|f|c|-recursive)$/.test(arg));
    const [mode, ...names] = args;
    if (mode === undefined || names.length === 0)
      return missing(ctx, mode === undefined ? 'missing operand' : `missing operand after ‘${mode}’`);
    let status = 0;
    for (const name of names) {
      const path = at(ctx, name);
      if (fileKind(ctx.net, path) === null) {
        ctx.err(`chmod: cannot access '${name}': ${ENOENT}\n`);
        status = 1;
        continue;
      }
      const bits = changedMode(mode, modeOf(ctx.net, path));
      if (bits === null) {
        ctx.err(`chmod: invalid mode: ‘${mode}’\nTry 'chmod --help' for more information.\n`);
        return 1;
      }
      ctx.net.user.modes.set(path, bits);
    }
    return status;
  },
};

const chown: Command = {
  name: 'chown',
  man: man('takes owners and ignores them', '修改属主（不起作用）', ['chown owner file ...'], ['owners']),
  run(ctx) {
    const names = ctx.argv
      .slice(1)
      .filter((arg) => !arg.startsWith('-'))
      .slice(1);
    const bad = names.find((name) => fileKind(ctx.net, at(ctx, name)) === null);
    if (bad !== undefined) ctx.err(`chown: cannot access '${bad}': ${ENOENT}\n`);
    return bad === undefined ? 0 : 1;
  },
};

const basename: Command = {
  name: 'basename',
  man: man('takes the directory off a path', '取路径的文件名部分', ['basename path [suffix]']),
  run(ctx) {
    const [path, suffix] = ctx.argv.slice(1);
    if (path === undefined) return missing(ctx);
    const base = baseOf(path);
    ctx.out(`${suffix !== undefined && suffix !== base && base.endsWith(suffix) ? base.slice(0, base.length - suffix.length) : base}\n`);
    return 0;
  },
};

const dirname: Command = {
  name: 'dirname',
  man: man('takes the last part off a path', '取路径的目录部分', ['dirname path ...']),
  run(ctx) {
    const paths = ctx.argv.slice(1);
    if (paths.length === 0) return missing(ctx);
    for (const path of paths) {
      const trimmed = path.replace(/\/+$/, '');
      const slash = trimmed.lastIndexOf('/');
      ctx.out(`${trimmed === '' ? (path === '' ? '.' : '/') : slash === -1 ? '.' : trimmed.slice(0, slash) || '/'}\n`);
    }
    return 0;
  },
};

function pathTool(name: 'realpath' | 'readlink'): Command {
  return {
    name,
    man: man('prints the whole path', '显示绝对路径', [`${name} [-f] path`], ['links']),
    run(ctx) {
      const paths = ctx.argv.slice(1).filter((arg) => !arg.startsWith('-'));
      if (paths.length === 0) return missing(ctx);
      if (name === 'readlink' && !ctx.argv.some((arg) => /^-[fem]$/.test(arg))) return 1;
      for (const path of paths) ctx.out(`${at(ctx, path)}\n`);
      return 0;
    },
  };
}

const stat: Command = {
  name: 'stat',
  man: man('tells about files', '显示文件信息', ['stat [-c format] file ...'], ['times and inodes']),
  run(ctx) {
    const { flags, rest } = options(ctx.argv.slice(1), 'c:f', { 'format=': 'c' });
    let status = 0;
    for (const name of rest) {
      const path = at(ctx, name);
      const kind = fileKind(ctx.net, path);
      if (kind === null) {
        ctx.err(`stat: cannot statx '${name}': ${ENOENT}\n`);
        status = 1;
        continue;
      }
      const read = readFile(ctx.net, path);
      const size = 'text' in read ? new TextEncoder().encode(read.text).length : 4096;
      const octal = modeOf(ctx.net, path).toString(8);
      const format = flags.get('c');
      if (format === undefined)
        ctx.out(
          `  File: ${name}\n  Size: ${size}\t${kind === 'dir' ? 'directory' : 'regular file'}\nAccess: (0${octal}/${modeText(ctx, path)})  Uid: (    0/    root)   Gid: (    0/    root)\n`,
        );
      else
        ctx.out(
          `${format.replace(/%([nsaAFUG])/g, (_, letter: string) => ({ n: name, s: String(size), a: octal, A: modeText(ctx, path), F: kind === 'dir' ? 'directory' : 'regular file', U: 'root', G: 'root' })[letter] ?? '')}\n`,
        );
    }
    return status;
  },
};

const mktemp: Command = {
  name: 'mktemp',
  man: man('makes a file or directory with a new name', '创建临时文件', ['mktemp [-d] [template]'], ['other options']),
  run(ctx) {
    const { flags, rest, error: wrong } = options(ctx.argv.slice(1), 'd');
    if (wrong !== null) return badOption(ctx, wrong);
    if (rest.length > 1) {
      ctx.err("mktemp: too many templates\nTry 'mktemp --help' for more information.\n");
      return 1;
    }
    const template = rest[0] ?? '/tmp/tmp.XXXXXXXXXX';
    const marks = /X{3,}(?=[^X/]*$)/.exec(template);
    if (marks === null) {
      ctx.err(`mktemp: too few X's in template ‘${template}’\n`);
      return 1;
    }
    const name = (i: number): string => {
      const letters = i.toString(36).padStart(marks[0].length, 'a');
      return at(ctx, template.slice(0, marks.index) + letters + template.slice(marks.index + marks[0].length));
    };
    let tried = 0;
    while (fileKind(ctx.net, name(tried)) !== null) tried++;
    const path = name(tried);
    const directory = flags.has('d');
    const refused = directory ? canWrite(ctx.net, path) : writeFile(ctx.net, path, '', false);
    if (refused !== null) {
      ctx.err(`mktemp: failed to create ${directory ? 'directory' : 'file'} via template ‘${template}’: ${refused}\n`);
      return 1;
    }
    if (directory) makeDir(ctx.net, path);
    ctx.out(`${path}\n`);
    return 0;
  },
};

const editor = (name: string): Command => ({
  name,
  man: man('is not in the lab: use cat > file <<EOF', '实验环境没有编辑器，请用 cat > 文件 <<EOF', [`${name} file`], ['editing'], name),
  run(ctx) {
    const file = ctx.argv.slice(1).find((arg) => !/^[-+]/.test(arg)) ?? 'file';
    ctx.err(
      `${name}: the lab has no editor. Write the file with a here-document:\n  cat > ${file} <<'EOF'\n  ...\n  EOF\nor change it with sed -i. 实验环境没有编辑器，请用 cat > ${file} <<'EOF' 或 sed -i。\n`,
    );
    return 1;
  },
});

export const fileCommands: readonly Command[] = [
  ls,
  mkdir,
  rmdir,
  rm,
  transfer('cp'),
  transfer('mv'),
  ln,
  touch,
  chmod,
  chown,
  basename,
  dirname,
  pathTool('realpath'),
  pathTool('readlink'),
  stat,
  mktemp,
  editor('vi'),
  editor('vim'),
  editor('nano'),
];
