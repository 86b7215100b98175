/**
 * The commands arptables, arptables-save and arptables-restore: rules for ARP packets.
 * Comes from: config-commands.ts.  Goes to: host/netfilter arptAppend and its kin.
 * Source: iptables 1.8.9 iptables/xtables-arp.c, nft-arp.c (arptables on nf_tables, Debian's default).
 * Differs: see parse.ts.
 */
import { formatIpv4, formatMac } from '../../../wire/index.ts';
import {
  arptSameRule,
  arptAppend,
  arptChain,
  arptChains,
  arptDelete,
  arptDeleteChain,
  arptFlush,
  arptInsert,
  arptNewChain,
  arptPolicy,
  arptRenameChain,
  ARP_OPCODES,
  arptZero,
  type ArpChain,
  type ArpErrno,
  type ArpRule,
  type ArpSpec,
} from '../../../host/index.ts';
import type { Command, CommandContext } from '../../command.ts';
import { addressText } from '../iptables/addresses.ts';
import { ARPTABLES, NO_CHAIN, NO_RULE, refused } from '../iptables/complain.ts';
import { restoreWords } from '../iptables/save.ts';
import { formatDate } from '../system-commands.ts';
import { runTool, ToolError } from '../tool-error.ts';
import { arpSpecOf, parseArpLine, type ArpLine } from './parse.ts';

const SYNOPSIS = [
  'arptables {-A|-C|-D} CHAIN RULE, -I CHAIN [N] RULE, -R CHAIN N RULE, -D CHAIN N',
  'arptables [-n] [-v] [--line-numbers] -L [CHAIN]',
  'arptables {-S|-F|-Z} [CHAIN], {-N|-X} CHAIN, -E OLD NEW, -P CHAIN ACCEPT|DROP',
  'RULE := [!] -s ADDR[/LEN] -d ADDR[/LEN] -i DEV -o DEV --source-mac MAC --destination-mac MAC --opcode OP -j TARGET',
  'TARGET := ACCEPT | DROP | RETURN | CHAIN | mangle --mangle-ip-s|-d ADDR --mangle-mac-s|-d MAC --mangle-target T',
] as const;

/** The form of a rule's words: names of interfaces that were not asked for, numbers or names of operations. */
interface Form {
  /** what stands for any interface; null: nothing */
  readonly any: 'any' | '*' | null;
  readonly numeric: boolean;
}

export function arpWords(spec: ArpSpec, form: Form): string {
  const words: string[] = [];
  const add = (not: boolean, text: string): number => words.push(`${not ? '! ' : ''}${text}`);
  const { target } = spec;
  if (target.kind !== 'none')
    words.push(`-j ${target.kind === 'verdict' ? target.verdict : target.kind === 'jump' ? target.chain : 'mangle'}`);
  if (spec.inIface !== null) add(spec.inIface.not, `-i ${spec.inIface.name}`);
  else if (form.any !== null) words.push(`-i ${form.any}`);
  if (spec.outIface !== null) add(spec.outIface.not, `-o ${spec.outIface.name}`);
  else if (form.any !== null) words.push(`-o ${form.any}`);
  if (spec.src !== null) add(spec.src.not, `-s ${addressText(spec.src, formatIpv4)}`);
  if (spec.srcMac !== null) add(spec.srcMac.not, `--src-mac ${macText(spec.srcMac)}`);
  if (spec.dst !== null) add(spec.dst.not, `-d ${addressText(spec.dst, formatIpv4)}`);
  if (spec.dstMac !== null) add(spec.dstMac.not, `--dst-mac ${macText(spec.dstMac)}`);
  if (spec.opcode !== null)
    add(spec.opcode.not, `--opcode ${form.numeric ? spec.opcode.op : (ARP_OPCODES[spec.opcode.op] ?? spec.opcode.op)}`);
  return [...words, ...mangleWords(spec)].join(' ');
}

function macText(want: NonNullable<ArpSpec['srcMac']>): string {
  return want.mask === 0xffffffffffff ? formatMac(want.mac) : `${formatMac(want.mac)}/${formatMac(want.mask)}`;
}

function mangleWords({ target }: ArpSpec): string[] {
  if (target.kind !== 'mangle') return [];
  const words: string[] = [];
  if (target.ipSrc !== null) words.push(`--mangle-ip-s ${formatIpv4(target.ipSrc)}`);
  if (target.macSrc !== null) words.push(`--mangle-mac-s ${formatMac(target.macSrc)}`);
  if (target.ipDst !== null) words.push(`--mangle-ip-d ${formatIpv4(target.ipDst)}`);
  if (target.macDst !== null) words.push(`--mangle-mac-d ${formatMac(target.macDst)}`);
  if (target.mangleTarget !== 'ACCEPT') words.push(`--mangle-target ${target.mangleTarget}`);
  return words;
}

function printChain(chains: readonly ArpChain[], chain: ArpChain, line: ArpLine): string {
  const counts = line.verbose ? ` ${chain.packets} packets, ${chain.bytes} bytes` : '';
  const references = chains.reduce(
    (sum, one) => sum + one.rules.filter((rule) => rule.spec.target.kind === 'jump' && rule.spec.target.chain === chain.name).length,
    0,
  );
  const state = chain.policy === null ? `${references} references` : `policy ${chain.policy}${counts}`;
  return `Chain ${chain.name} (${state})\n${chain.rules.map((rule, i) => printRow(rule, i + 1, line)).join('')}`;
}

function printRow(rule: ArpRule, num: number, line: ArpLine): string {
  const any = line.verbose ? (line.numeric ? '*' : 'any') : null;
  const counters = line.verbose ? ` , pcnt=${rule.packets} -- bcnt=${rule.bytes} ` : '';
  return `${line.lineNumbers ? `${num} ` : ''}${arpWords(rule.spec, { any, numeric: line.numeric })}${counters}\n`;
}

function complain(errno: ArpErrno, what: string, chain: string): ToolError {
  if (errno === 'E2BIG') return refused(ARPTABLES, `Index of ${what} too big`);
  if (errno === 'EEXIST') return refused(ARPTABLES, 'Chain already exists');
  if (errno === 'EBUSY')
    return new ToolError(`arptables ${ARPTABLES.version}:  CHAIN_DEL failed (Device or resource busy): chain ${chain}\n`, 4);
  if (errno === 'EINVAL') return refused(ARPTABLES, 'Invalid argument');
  return refused(ARPTABLES, what === 'rule' ? NO_RULE : NO_CHAIN);
}

function runLine(ctx: CommandContext, line: ArpLine): number {
  const name = line.chain ?? '';
  switch (line.command) {
    case 'A':
    case 'I':
    case 'R':
    case 'D':
    case 'C':
      return changeRules(ctx, line, name);
    case 'L':
      return list(ctx, line);
    case 'S':
      return listRules(ctx, line);
    default:
      return changeChains(ctx, line, name);
  }
}

function changeRules(ctx: CommandContext, line: ArpLine, name: string): number {
  const { net } = ctx;
  const byNumber = line.command === 'D' && line.num !== null;
  // a target that does not exist is told before a chain that does not
  const spec = byNumber ? null : arpSpecOf(net, line);
  const chain = arptChain(net, name);
  if (chain === null) throw refused(ARPTABLES, line.command === 'C' || (line.command === 'D' && !byNumber) ? NO_RULE : NO_CHAIN);
  const check = (errno: ArpErrno | null, what: string): void => {
    if (errno !== null) throw complain(errno, what, name);
  };
  if (spec === null) {
    // without tables there is no place in them
    if (net.host.nf.arp === null) throw refused(ARPTABLES, NO_CHAIN);
    check(arptDelete(net, name, line.num ?? 0), 'deletion');
    return 0;
  }
  if (line.command === 'A') check(arptAppend(net, name, spec), 'insertion');
  else if (line.command === 'I') check(arptInsert(net, name, line.num ?? 1, spec), 'insertion');
  else if (line.command === 'D') check(arptDelete(net, name, spec), 'rule');
  else if (line.command === 'C') {
    if (!chain.rules.some((rule) => arptSameRule(rule.spec, spec))) throw refused(ARPTABLES, NO_RULE);
  } else {
    const num = line.num ?? 0;
    if (num > chain.rules.length) throw complain('E2BIG', 'replacement', name);
    check(arptInsert(net, name, num, spec), 'replacement');
    check(arptDelete(net, name, num + 1), 'replacement');
  }
  return 0;
}

function changeChains(ctx: CommandContext, line: ArpLine, name: string): number {
  const { net } = ctx;
  let errno: ArpErrno | null = null;
  if (line.command === 'F') errno = arptFlush(net, line.chain);
  else if (line.command === 'Z') errno = arptZero(net, line.chain);
  else if (line.command === 'N') errno = arptNewChain(net, name);
  else if (line.command === 'X') errno = deleteChains(ctx, line.chain);
  else if (line.command === 'P') errno = setPolicy(ctx, line, name);
  else if (line.command === 'E') errno = arptRenameChain(net, name, line.second ?? '');
  else throw refused(ARPTABLES, NO_CHAIN);
  if (errno === 'EEXIST' && line.command === 'E') throw refused(ARPTABLES, 'File exists');
  if (errno !== null) throw complain(errno, 'chain', name);
  return 0;
}

function deleteChains(ctx: CommandContext, name: string | null): ArpErrno | null {
  // a built-in chain is made anew by the next command that needs it
  if (name !== null && (arptChain(ctx.net, name)?.policy ?? null) !== null) return null;
  if (name !== null) return arptDeleteChain(ctx.net, name);
  for (const chain of arptChains(ctx.net).filter((one) => one.policy === null)) {
    const errno = arptDeleteChain(ctx.net, chain.name);
    if (errno !== null) throw complain(errno, 'chain', chain.name);
  }
  return null;
}

function setPolicy(ctx: CommandContext, line: ArpLine, name: string): ArpErrno | null {
  if (line.second !== 'ACCEPT' && line.second !== 'DROP') throw refused(ARPTABLES, "Bad policy name. Run `dmesg' for more information");
  if (arptPolicy(ctx.net, name, line.second) !== null) throw refused(ARPTABLES, 'Bad built-in chain name');
  return null;
}

/** A chain that cannot be listed, also when there is none of that name. */
function incompatible(chain: string): ToolError {
  return new ToolError(`arptables ${ARPTABLES.version}: chain \`${chain}' in table \`filter' is incompatible, use 'nft' tool.\n`, 1);
}

function list(ctx: CommandContext, line: ArpLine): number {
  const chains = arptChains(ctx.net);
  if (line.chain === null) {
    ctx.out(chains.map((chain) => printChain(chains, chain, line)).join('\n'));
    return 0;
  }
  const chain = arptChain(ctx.net, line.chain);
  if (chain === null) throw incompatible(line.chain);
  const rule = line.num === null ? undefined : chain.rules[line.num - 1];
  if (line.num === null) ctx.out(printChain(chains, chain, line));
  else if (rule !== undefined) ctx.out(printRow(rule, line.num, line));
  return 0;
}

function listRules(ctx: CommandContext, line: ArpLine): number {
  const chains = arptChains(ctx.net).filter((chain) => line.chain === null || chain.name === line.chain);
  if (chains.length === 0) throw incompatible(line.chain ?? '');
  for (const chain of chains) ctx.out(chain.policy === null ? `-N ${chain.name}\n` : `-P ${chain.name} ${chain.policy}\n`);
  for (const chain of chains)
    for (const rule of chain.rules) ctx.out(`-A ${chain.name} ${arpWords(rule.spec, { any: null, numeric: true })}\n`);
  return 0;
}

function run(ctx: CommandContext): number {
  const line = parseArpLine(ctx.argv.slice(1));
  if (line.version) ctx.out(`arptables ${ARPTABLES.version}\n`);
  else if (line.help)
    ctx.out(`arptables ${ARPTABLES.version}\n\n${SYNOPSIS.map((one, i) => `${i === 0 ? 'Usage: ' : '       '}${one}`).join('\n')}\n`);
  else {
    if (line.oldNegation)
      ctx.err('Using intrapositioned negation (`--option ! this`) is deprecated in favor of extrapositioned (`! --option this`).\n');
    return runLine(ctx, line);
  }
  return 0;
}

function save(ctx: CommandContext): number {
  const counters = ctx.argv.includes('-c');
  // tables that no change has made yet are not there to be saved
  if (ctx.net.host.nf.arp === null) return 0;
  const when = formatDate(ctx.net.now, '%c');
  ctx.out(`# Generated by arptables-save ${ARPTABLES.version} on ${when}\n*filter\n`);
  const chains = arptChains(ctx.net);
  for (const chain of chains) ctx.out(`:${chain.name} ${chain.policy ?? '-'}\n`);
  for (const chain of chains) {
    for (const rule of chain.rules)
      ctx.out(
        `${counters ? `[${rule.packets}:${rule.bytes}] ` : ''}-A ${chain.name} ${arpWords(rule.spec, { any: null, numeric: true })}\n`,
      );
  }
  ctx.out(`# Completed on ${when}\n`);
  return 0;
}

/** Takes what arptables-save prints; the tables are emptied first. */
function restore(ctx: CommandContext): number {
  const { net } = ctx;
  arptFlush(net, null);
  deleteChains(ctx, null);
  (ctx.stdin ?? '').split('\n').forEach((raw, i) => {
    const line = raw.trim().replace(/^\[\d+:\d+\]\s+/, '');
    if (line === '' || line.startsWith('#') || line.startsWith('*') || line === 'COMMIT') return;
    if (line.startsWith(':')) {
      const [name = '', policy = ''] = line.slice(1).split(/\s+/);
      if (policy === 'ACCEPT' || policy === 'DROP') arptPolicy(net, name, policy);
      else if (arptChain(net, name) === null) arptNewChain(net, name);
      return;
    }
    if (!line.startsWith('-')) throw new ToolError(`arptables-restore: line ${i + 1} failed\n`, 1);
    runLine(ctx, parseArpLine(restoreWords(line)));
  });
  return 0;
}

const SOURCE = 'arptables 1.8.9 (nf_tables)';

export const arptablesCommands: readonly Command[] = [
  {
    name: 'arptables',
    man: {
      en: 'looks at and changes rules for ARP packets, the old way to keep a real server from answering for the VIP',
      zh: '查看和修改 ARP 报文规则，常用于让后端服务器不应答 VIP 的 ARP',
      synopsis: SYNOPSIS,
      notModelled: ['--h-type, --h-length, --proto-type', 'targets MARK and CLASSIFY'],
      source: SOURCE,
    },
    run: (ctx) => runTool(ctx, () => run(ctx)),
    complete: (net, words) => {
      const typed = words.at(-1) ?? '';
      const last = words.at(-2) ?? '';
      const chains = net.host.nf.arp?.map((chain) => chain.name) ?? ['INPUT', 'OUTPUT'];
      const next = /^-[ACDRILSFZXP]$/.test(last)
        ? chains
        : last === '-j'
          ? ['ACCEPT', 'DROP', 'RETURN', 'mangle']
          : ['-A', '-D', '-L', '-F', '-P', '-n', '-v', '-s', '-d', '-i', '-o', '-j', '--mangle-ip-s', '--opcode'];
      return next.filter((one) => one.startsWith(typed));
    },
  },
  {
    name: 'arptables-save',
    man: {
      en: 'prints the rules for ARP packets as text',
      zh: '以文本形式输出 ARP 规则',
      synopsis: ['arptables-save [-c]'],
      notModelled: [],
      source: SOURCE,
    },
    run: (ctx) => runTool(ctx, () => save(ctx)),
  },
  {
    name: 'arptables-restore',
    man: {
      en: 'sets the rules for ARP packets from text on standard input',
      zh: '从标准输入的文本恢复 ARP 规则',
      synopsis: ['arptables-restore'],
      notModelled: [],
      source: SOURCE,
    },
    run: (ctx) => runTool(ctx, () => restore(ctx)),
  },
];
