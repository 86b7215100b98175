/**
 * The command iptables: looks at and changes the packet filter's tables.
 * Comes from: config-commands.ts, restore.ts.  Goes to: host/netfilter xtAppend and its kin.
 * Source: iptables 1.8.9 iptables/iptables.c, do_command4() (the legacy variant), libiptc (refusals).
 * Differs: IPv4 only; matches and targets are those of match-parse.ts, match-parse-transport.ts and target.ts.
 */
import type { Command, CommandContext } from '../../command.ts';
import type { NodeNet } from '../../../world/index.ts';
import {
  ruleText,
  xtAppend,
  xtChain,
  xtDelete,
  xtDeleteChain,
  xtDeleteNum,
  xtFind,
  xtFlush,
  xtInsert,
  xtNewChain,
  xtPolicy,
  xtRenameChain,
  xtReplace,
  xtUse,
  xtZero,
  type XtChain,
  type XtErrno,
  type XtSpec,
  type XtTable,
} from '../../../host/index.ts';
import { runTool, type ToolError } from '../tool-error.ts';
import { badParameter, invalidArgument, IPTABLES, NO_CHAIN, NO_RULE, refused, type Speaker } from './complain.ts';
import { printChain, printRow, printRule, type ListFormat } from './list.ts';
import { MATCHES } from './match-parse.ts';
import { parseLine, specsOf, type Line } from './rule-parse.ts';
import { TARGETS } from './target.ts';

export const IPTABLES_SYNOPSIS = [
  'iptables [-t TABLE] {-A|-C|-D} CHAIN RULE',
  'iptables [-t TABLE] -I CHAIN [N] RULE',
  'iptables [-t TABLE] -R CHAIN N RULE',
  'iptables [-t TABLE] -D CHAIN N',
  'iptables [-t TABLE] [-n] [-v] [-x] [--line-numbers] -L [CHAIN [N]]',
  'iptables [-t TABLE] {-S|-F|-Z} [CHAIN]',
  'iptables [-t TABLE] {-N|-X} CHAIN, -E OLD NEW, -P CHAIN ACCEPT|DROP',
  'RULE := [!] -s ADDR[/LEN] -d ADDR[/LEN] -i DEV -o DEV -p PROTO -f -m MATCH OPTIONS -j TARGET OPTIONS',
] as const;

/** What libiptc says to each refusal, by the command that met it. */
function complain(
  who: Speaker,
  errno: XtErrno,
  what: 'insertion' | 'replacement' | 'deletion' | 'counter' | 'rule' | 'chain' | 'new' | 'rename',
): ToolError {
  switch (errno) {
    case 'ENOENT':
      return refused(who, what === 'rule' ? NO_RULE : NO_CHAIN);
    case 'E2BIG':
      return refused(who, `Index of ${what} too big`);
    case 'EEXIST':
      return refused(who, what === 'new' ? 'Chain already exists' : 'File exists');
    case 'EMLINK':
      return refused(who, 'Too many links');
    case 'ENOTEMPTY':
      return refused(who, 'Directory not empty');
    case 'ELOOP':
      return refused(who, 'Too many levels of symbolic links');
    case 'EINVAL':
      return invalidArgument(who);
  }
}

function chainOf(who: Speaker, net: NodeNet, line: Line): XtChain {
  const chain = xtChain(xtUse(net, line.table), line.chain ?? '');
  if (chain === null) throw refused(who, NO_CHAIN);
  return chain;
}

const SYN = 0x02;
/** Chains in which frames still have the sender's MAC. */
const WITH_MAC = ['PREROUTING', 'INPUT', 'FORWARD'];

/** The kernel's own check of matches: some make no sense without their protocol. */
function checkMatches(who: Speaker, spec: XtSpec, chain: XtChain): void {
  const proto = spec.proto === null || spec.proto.not ? null : spec.proto.proto;
  const wants = { tcp: 6, udp: 17, icmp: 1 } as const;
  for (const match of spec.matches) {
    if ((match.kind === 'tcp' || match.kind === 'udp' || match.kind === 'icmp') && proto !== wants[match.kind]) throw invalidArgument(who);
    if (match.kind === 'mac' && chain.policy !== null && !WITH_MAC.includes(chain.name)) throw invalidArgument(who);
  }
  if (spec.target.kind !== 'TCPMSS') return;
  // it must be sure to meet SYNs only
  const syn = spec.matches.some(
    (match) => match.kind === 'tcp' && match.flags !== null && !match.flags.not && (match.flags.comp & SYN) !== 0,
  );
  if (proto !== 6 || !syn) throw invalidArgument(who);
}

/** Runs a line. @param out where listings go */
export function runLine(who: Speaker, net: NodeNet, line: Line, out: (text: string) => void): number {
  switch (line.command) {
    case 'A':
    case 'I':
    case 'R':
    case 'D':
    case 'C':
      return changeRules(who, net, line, out);
    case 'L':
    case 'S': {
      const code = line.command === 'L' ? list(who, net, line, out) : listRules(who, net, line, out);
      if (line.zero) zero(net, { ...line, num: null }, out);
      return code;
    }
    case 'F':
    case 'Z':
    case 'N':
    case 'X':
    case 'E':
    case 'P':
      return changeChains(who, net, line, out);
    case null:
      return 0;
  }
}

function changeRules(who: Speaker, net: NodeNet, line: Line, out: (text: string) => void): number {
  const chain = line.chain ?? '';
  // a rule that is looked for in no chain is told as one that no chain has
  const looksFor = line.command === 'C' || (line.command === 'D' && line.num === null);
  if (looksFor && xtChain(xtUse(net, line.table), chain) === null) throw refused(who, NO_RULE);
  chainOf(who, net, line);
  if (line.command === 'D' && line.num !== null) {
    const errno = xtDeleteNum(net, line.table, chain, line.num);
    if (errno !== null) throw complain(who, errno, 'deletion');
    return 0;
  }
  // -I puts a list in reverse, so that it ends in the order given
  const specs = line.command === 'I' ? specsOf(line).toReversed() : specsOf(line);
  if (line.command === 'R' && specs.length !== 1) throw badParameter(who, 'Replacement rule does not specify a unique address');
  for (const spec of specs) changeRule(who, net, line, chain, spec);
  if (line.verbose > 0) for (const spec of specs) out(printRule(spec));
  return 0;
}

function hasOwnTarget({ target }: XtSpec): boolean {
  return target.kind !== 'none' && target.kind !== 'verdict' && target.kind !== 'jump';
}

function changeRule(who: Speaker, net: NodeNet, line: Line, chain: string, spec: XtSpec): void {
  if (line.command === 'D' || line.command === 'C') {
    const errno =
      line.command === 'D' ? xtDelete(net, line.table, chain, spec) : xtFind(net, line.table, chain, spec) === null ? 'ENOENT' : null;
    // rules with a target of their own are compared later, and their absence is told in other words
    if (errno !== null) throw complain(who, errno, hasOwnTarget(spec) ? 'chain' : 'rule');
    return;
  }
  checkMatches(who, spec, chainOf(who, net, line));
  const num = line.num ?? 1;
  let errno: XtErrno | null;
  if (line.command === 'A') errno = xtAppend(net, line.table, chain, spec);
  else if (line.command === 'I') errno = xtInsert(net, line.table, chain, num, spec);
  else errno = xtReplace(net, line.table, chain, num, spec);
  if (errno !== null) throw complain(who, errno, line.command === 'R' ? 'replacement' : 'insertion');
  if (line.counters === null) return;
  const rules = chainOf(who, net, line).rules;
  const rule = rules[line.command === 'A' ? rules.length - 1 : num - 1];
  if (rule !== undefined) Object.assign(rule, line.counters);
}

function changeChains(who: Speaker, net: NodeNet, line: Line, out: (text: string) => void): number {
  const name = line.chain ?? '';
  let errno: XtErrno | null = null;
  if (line.command === 'N') errno = xtNewChain(net, line.table, name);
  else if (line.command === 'E') errno = renameChain(net, line, name);
  else if (line.command === 'X') errno = deleteChains(net, line, out);
  else if (line.command === 'F') errno = flush(net, line, out);
  else if (line.command === 'Z') errno = zero(net, line, out);
  else return setPolicy(who, net, line, name);
  if (errno !== null)
    throw complain(who, errno, line.command === 'N' ? 'new' : line.command === 'E' ? 'rename' : line.command === 'Z' ? 'counter' : 'chain');
  return 0;
}

/** The new name is looked at first: no chain and no verdict may have it. */
function renameChain(net: NodeNet, line: Line, name: string): XtErrno | null {
  const table = xtUse(net, line.table);
  const second = line.second ?? '';
  if (xtChain(table, second) !== null || ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'].includes(second)) return 'EEXIST';
  const chain = xtChain(table, name);
  if (chain === null || chain.policy !== null) return 'ENOENT';
  return xtRenameChain(net, line.table, name, second) === null ? null : 'EEXIST';
}

/** -v names each chain that is worked on. */
function sayEach(net: NodeNet, line: Line, what: string, ownOnly: boolean, out: (text: string) => void): void {
  if (line.verbose === 0) return;
  for (const chain of xtUse(net, line.table).chains) {
    if (ownOnly && chain.policy !== null) continue;
    if (line.chain === null || line.chain === chain.name) out(`${what} chain \`${chain.name}'\n`);
  }
}

function deleteChains(net: NodeNet, line: Line, out: (text: string) => void): XtErrno | null {
  sayEach(net, line, 'Deleting', true, out);
  return xtDeleteChain(net, line.table, line.chain);
}

function zero(net: NodeNet, line: Line, out: (text: string) => void): XtErrno | null {
  if (line.num === null) sayEach(net, line, 'Zeroing', false, out);
  return xtZero(net, line.table, line.chain, line.num);
}

function flush(net: NodeNet, line: Line, out: (text: string) => void): XtErrno | null {
  sayEach(net, line, 'Flushing', false, out);
  return xtFlush(net, line.table, line.chain);
}

function setPolicy(who: Speaker, net: NodeNet, line: Line, name: string): number {
  const chain = xtChain(xtUse(net, line.table), name);
  if (chain === null || chain.policy === null) throw refused(who, 'Bad built-in chain name');
  const policy = line.second;
  if (policy !== 'ACCEPT' && policy !== 'DROP') throw refused(who, "Bad policy name. Run `dmesg' for more information");
  xtPolicy(net, line.table, name, policy);
  if (line.counters !== null) Object.assign(chain, line.counters);
  return 0;
}

function list(who: Speaker, net: NodeNet, line: Line, out: (text: string) => void): number {
  const table = xtUse(net, line.table);
  const format: ListFormat = {
    verbose: line.verbose > 0,
    numeric: line.numeric,
    exact: line.exact,
    lineNumbers: line.lineNumbers,
  };
  if (line.chain === null) {
    out(table.chains.map((chain) => printChain(table, chain, format)).join('\n'));
    return 0;
  }
  const chain = chainOf(who, net, line);
  const rule = line.num === null ? undefined : chain.rules[line.num - 1];
  if (line.num === null) out(printChain(table, chain, format));
  else if (rule !== undefined) out(printRow(rule, line.num, format));
  return 0;
}

function listRules(who: Speaker, net: NodeNet, line: Line, out: (text: string) => void): number {
  const table: XtTable = xtUse(net, line.table);
  const chains = line.chain === null ? table.chains : [chainOf(who, net, line)];
  const count = (row: { readonly packets: number; readonly bytes: number }): string =>
    line.verbose > 0 ? ` -c ${row.packets} ${row.bytes}` : '';
  if (line.num === null) {
    for (const chain of chains) out(chain.policy === null ? `-N ${chain.name}\n` : `-P ${chain.name} ${chain.policy}${count(chain)}\n`);
  }
  for (const chain of chains) {
    chain.rules.forEach((rule, i) => {
      if (line.num === null || line.num === i + 1) out(`${withCounters(ruleText(chain.name, rule.spec), count(rule))}\n`);
    });
  }
  return 0;
}

/** Counters stand before the target. */
function withCounters(text: string, counters: string): string {
  if (counters === '') return text;
  const at = Math.max(text.lastIndexOf(' -j '), text.lastIndexOf(' -g '));
  return at < 0 ? text + counters : text.slice(0, at) + counters + text.slice(at);
}

function run(ctx: CommandContext): number {
  const line = parseLine(IPTABLES, ctx.net, ctx.argv.slice(1));
  if (line.version) {
    ctx.out('iptables v1.8.9 (legacy)\n');
    return 0;
  }
  if (line.help) {
    ctx.out(`iptables v1.8.9 (legacy)\n\n${IPTABLES_SYNOPSIS.map((one, i) => `${i === 0 ? 'Usage: ' : '       '}${one}`).join('\n')}\n`);
    return 0;
  }
  return runLine(IPTABLES, ctx.net, line, (text) => ctx.out(text));
}

/** Chains, tables, targets, matches and interfaces, by the option before the word. */
export function completeRule(net: NodeNet, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? '';
  const last = words.at(-2) ?? '';
  const begins = (all: readonly string[]): string[] => all.filter((one) => one.startsWith(typed));
  const at = words.indexOf('-t');
  const name = at > 0 ? words[at + 1] : 'filter';
  const table = net.host.nf.tables.find((one) => one.name === name);
  const chains = table?.chains.map((chain) => chain.name) ?? ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  if (last === '-t') return begins(['filter', 'nat', 'mangle', 'raw', 'security']);
  if (/^-[ACDRILSFZXEP]$/.test(last)) return begins(chains);
  if (last === '-j')
    return begins([...Object.keys(TARGETS), ...(table?.chains.filter((chain) => chain.policy === null).map((chain) => chain.name) ?? [])]);
  if (last === '-m') return begins(Object.keys(MATCHES));
  if (last === '-p') return begins(['tcp', 'udp', 'icmp', 'all', 'vrrp']);
  if (last === '-i' || last === '-o') return begins(net.host.devs.flatMap((dev) => (dev === null ? [] : [dev.name])));
  return begins([
    '-A',
    '-I',
    '-D',
    '-L',
    '-S',
    '-F',
    '-P',
    '-N',
    '-X',
    '-Z',
    '-t',
    '-p',
    '-s',
    '-d',
    '-i',
    '-o',
    '-m',
    '-j',
    '-n',
    '-v',
    '--dport',
    '--sport',
    '--line-numbers',
  ]);
}

export const iptables: Command = {
  name: 'iptables',
  man: {
    en: 'looks at and changes the rules of the packet filter, of address translation and of marking',
    zh: '查看和修改包过滤、地址转换和打标记的规则',
    synopsis: IPTABLES_SYNOPSIS,
    notModelled: [
      'IPv6',
      'matches: recent, connlimit, hashlimit, string, time, owner, physdev, set, u32 and others',
      'targets: NFQUEUE, NFLOG, TEE, TPROXY, NETMAP, SET and others',
      '--tcp-option',
      'names of hosts in -s and -d',
    ],
    source: 'iptables 1.8.9 (legacy)',
  },
  run: (ctx) => runTool(ctx, () => run(ctx)),
  complete: completeRule,
};
