/** What is said when a setting is written. */
import type { ReasonTable } from '../reason.ts';

export const sysctlReasons = {
  'sysctl.changed': {
    en: '{node}: {name} is now {after}; it was {before}.',
    zh: '{node}：{name} 现在是 {after}，原来是 {before}。',
    source: 'Linux 6.1 kernel/sysctl.c',
    notability: 2,
    decidedBy: 'sysctl -w',
  },
  'sysctl.same': {
    en: '{node}: {name} is written, and stays {after}.',
    zh: '{node}：写入 {name}，值仍为 {after}。',
    source: 'Linux 6.1 kernel/sysctl.c',
    notability: 0,
    decidedBy: 'sysctl -w',
  },
} as const satisfies ReasonTable;
