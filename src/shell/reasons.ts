/** What the shell tells in the trace. */
import type { ReasonTable } from '../host/index.ts';
import { keepalivedReasons } from './programs/keepalived/reasons.ts';

export const shellReasons = {
  ...keepalivedReasons,
  'shell.start': {
    en: '{node} runs: {line}',
    zh: '{node} 执行：{line}',
    source: 'terminal',
    notability: 2,
  },
  'shell.typed': {
    en: '“{line}” is typed at {node}, for the program that reads there.',
    zh: '在 {node} 上输入“{line}”，交给正在读取输入的程序。',
    source: 'terminal',
    notability: 2,
  },
  'shell.more': {
    en: '{node} waits for the rest of the command.',
    zh: '{node} 等待命令的后续输入。',
    source: 'terminal',
    notability: 0,
  },
  'shell.done': {
    en: 'The command at {node} ends with exit code {code}.',
    zh: '{node} 上的命令结束，退出码 {code}。',
    source: 'terminal',
    notability: 1,
  },
  'shell.closed': {
    en: 'The shell at terminal {tty} of {node} ends.',
    zh: '{node} 的终端 {tty} 上的 shell 结束。',
    source: 'terminal',
    notability: 1,
  },
  'shell.limit': {
    en: '{node} stops a script: it ran {limit} commands without time passing.',
    zh: '{node} 停止脚本：在没有时间流逝的情况下执行了 {limit} 条命令。',
    source: 'limit of the lab',
    notability: 3,
  },
} as const satisfies ReasonTable;
