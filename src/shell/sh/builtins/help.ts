/** Builtins that tell about commands: type, which, help, man, history. */
import type { ManPage } from '../../command.ts';
import { commandTable } from '../../commands/table.ts';
import { complain, emit } from '../shell.ts';
import { put } from './basic.ts';
import { manOf, type Builtin, type Call } from './call.ts';
import { meaningOf, pathOf } from './names.ts';

function describe(call: Call, name: string): string | null {
  const meaning = meaningOf(call, name);
  switch (meaning?.kind) {
    case undefined:
      return null;
    case 'alias':
      return `${name} is aliased to \`${meaning.text}'`;
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return `${name} is a function`;
    case 'builtin':
      return `${name} is a shell builtin`;
    case 'file':
      return `${name} is ${meaning.path}`;
  }
}

const type: Builtin = {
  man: manOf('tells what a name means', '查询命令的类型', ['type [-tpa] name ...']),
  run(call) {
    const mode = call.argv[1]?.startsWith('-') === true ? call.argv[1] : '';
    let status = 0;
    for (const name of call.argv.slice(mode === '' ? 1 : 2)) {
      const meaning = meaningOf(call, name);
      if (meaning === null) {
        status = 1;
        if (mode === '' || mode === '-a') complain(call, `type: ${name}: not found`);
        if (mode === '--V') complain(call, `command: ${name}: not found`);
      } else if (mode === '-t') put(call, `${meaning.kind}\n`);
      else if (mode === '-p' || mode === '-P') put(call, meaning.kind === 'file' ? `${meaning.path}\n` : '');
      else if (mode === '--v')
        put(
          call,
          meaning.kind === 'file' ? `${meaning.path}\n` : meaning.kind === 'alias' ? `alias ${name}='${meaning.text}'\n` : `${name}\n`,
        );
      else put(call, `${describe(call, name)}\n`);
    }
    return status;
  },
};

const which: Builtin = {
  man: manOf('finds a program', '查找程序路径', ['which name ...']),
  run(call) {
    const option = call.argv.slice(1).find((arg) => /^-(?!a+$|-?$)/.test(arg));
    if (option !== undefined) {
      emit(call, 2, `Illegal option -${option.charAt(1)}\nUsage: /usr/bin/which [-a] args\n`);
      return 2;
    }
    let status = call.argv.length === 1 ? 1 : 0;
    for (const name of call.argv.slice(1).filter((arg) => !arg.startsWith('-'))) {
      const path = pathOf(call, name);
      if (path !== null) put(call, `${path}\n`);
      else {
        emit(call, 2, `/usr/bin/which: no ${name} in (${call.sh.vars.get('PATH')?.value ?? ''})\n`);
        status = 1;
      }
    }
    return status;
  },
};

function page(name: string, man: ManPage): string {
  const lines = [`NAME`, `       ${name} - ${man.en}`, `       ${man.zh}`, '', 'SYNOPSIS', ...man.synopsis.map((line) => `       ${line}`)];
  if (man.notModelled.length > 0) lines.push('', 'NOT IN THE LAB', ...man.notModelled.map((line) => `       ${line}`));
  lines.push('', 'FOLLOWS', `       ${man.source}`);
  return `${lines.join('\n')}\n`;
}

/** @param all the builtins, which this file cannot import because they include its own */
export function helpBuiltins(all: () => Readonly<Record<string, Builtin>>): Readonly<Record<string, Builtin>> {
  const manFor = (name: string): ManPage | null =>
    commandTable().get(name)?.man ?? (Object.hasOwn(all(), name) ? (all()[name] as Builtin).man : null);
  const man: Builtin = {
    man: manOf('shows what a command does in the lab', '查看命令说明', ['man name', 'man -k word']),
    run(call) {
      const args = call.argv.slice(1).filter((arg) => !/^\d$/.test(arg));
      const name = args.at(-1);
      if (name === undefined) {
        emit(call, 2, "What manual page do you want?\nFor example, try 'man man'.\n");
        return 1;
      }
      if (args[0] === '-k') {
        const names = [...new Set([...commandTable().keys(), ...Object.keys(all())])].sort();
        const found = names.filter((one) => one.includes(name) || manFor(one)?.en.includes(name) === true);
        return put(call, found.map((one) => `${one} - ${manFor(one)?.en}\n`).join(''), found.length === 0 ? 16 : 0);
      }
      const found = manFor(name);
      if (found !== null) return put(call, page(name, found));
      emit(call, 2, `No manual entry for ${name}\n`);
      return 16;
    },
  };
  const help: Builtin = {
    man: manOf('lists the commands of the lab', '列出可用命令', ['help [name]']),
    run(call) {
      const name = call.argv[1];
      if (name !== undefined) {
        const found = manFor(name);
        if (found !== null) return put(call, `${name}: ${found.synopsis[0] ?? name}\n    ${found.en}\n    ${found.zh}\n`);
        complain(call, `help: no help topics match \`${name}'.  Try \`help help' or \`man -k ${name}' or \`info ${name}'.`);
        return 1;
      }
      const names = [...new Set([...commandTable().keys(), ...Object.keys(all())])].filter((one) => /^\w/.test(one)).sort();
      return put(call, `${names.map((one) => `${one.padEnd(18)} ${manFor(one)?.en ?? ''}\n`).join('')}`);
    },
  };
  return { man, help };
}

const history: Builtin = {
  man: manOf('lists the lines typed', '查看历史命令', ['history [n]', 'history -c']),
  run(call) {
    const { history: lines } = call.sh;
    if (call.argv[1] === '-c') {
      lines.length = 0;
      return 0;
    }
    const count = Number(call.argv[1] ?? lines.length);
    if (!Number.isInteger(count)) {
      complain(call, `history: ${call.argv[1]}: numeric argument required`);
      return 1;
    }
    const from = Math.max(0, lines.length - count);
    return put(
      call,
      lines
        .slice(from)
        .map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}\n`)
        .join(''),
    );
  },
};

export const tellBuiltins: Readonly<Record<string, Builtin>> = { type, which, history };
