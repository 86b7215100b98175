/**
 * What decided, and where the rule is written, in the reader's language. Reasons name both in English; names
 * that are typed or read on a terminal (sysctls, commands, words of keepalived.conf) are the same everywhere.
 * Comes from: the reason tables.  Goes to: captions, causes, glossary.
 */
import type { ReasonRow } from '../host/index.ts';
import type { Lang } from './tell.ts';

/** Names of tables and settings of the lab that are words and nothing to type. */
const IN_CHINESE: Readonly<Record<string, string>> = {
  'Ethernet destination': '以太网目的地址',
  'Ethernet type': '以太网类型',
  'IPVS connection table': 'IPVS 连接表',
  'IPVS table': 'IPVS 表',
  'TTL of the packet': '报文的 TTL',
  addresses: '地址',
  cable: '网线',
  cables: '网线',
  'connection tracking table': '连接跟踪表',
  'forwarding database': '转发表',
  'health check': '健康检查',
  'interface address': '接口地址',
  'kernel modules': '内核模块',
  'links of the scenario': '实验的网线',
  'loss of the link': '网线的丢包率',
  'neighbour table': '邻居表',
  'path MTU': '路径 MTU',
  'persistence template': '持久连接模板',
  'power of the node': '节点的电源',
  'protocol table': '协议表',
  'route exceptions': '路由例外表',
  'route table': '路由表',
  'route table local': '路由表 local',
  'route table main': '路由表 main',
  'signal HUP': 'HUP 信号',
  'source address': '源地址',
  'state of the link': '网线的状态',
  'transmit queue': '发送队列',
  'tunnel devices': '隧道接口',
  journal: '操作日志',
  'limit of the lab': '实验环境的上限',
  'scenario: links': '实验文件：links',
  'scenario: loss of the link': '实验文件：网线的丢包率',
  'scenario: power of the node': '实验文件：节点的电源',
  'scenario: state of the link': '实验文件：网线的状态',
  terminal: '终端',
};

function inLang(words: string, lang: Lang): string {
  if (lang === 'en') return words;
  if (words.startsWith('scheduler ')) return `调度算法 ${words.slice('scheduler '.length)}`;
  return IN_CHINESE[words] ?? words;
}

/** The sysctl, table or command that decided; '' when nothing that can be set did. */
export function decidedBy(row: ReasonRow, lang: Lang): string {
  return row.decidedBy === undefined ? '' : inLang(row.decidedBy, lang);
}

/** Where the rule stands: kernel file and function, RFC, or what somebody did. */
export function sourceText(row: ReasonRow, lang: Lang): string {
  return inLang(row.source, lang);
}
