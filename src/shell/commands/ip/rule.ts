/**
 * `ip rule`: show, add, delete, flush.
 * Comes from: index.ts.  Goes to: host/fib ruleAdd, ruleDel.
 * Source: iproute2 6.1.0 ip/iprule.c; Linux 6.1 net/core/fib_rules.c, rule_find().
 * Differs: goto, nop, nat, realms, suppressors, and selectors by port, protocol or user are not modelled.
 */
import { formatIpv4 } from '../../../wire/index.ts';
import { devByName, RT_TABLE_MAIN, ruleAdd, ruleDel, type FibRule } from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { getPrefix, getUnsigned, invArg, matches, matchesAny, rtnetlink, unknownCommand, type Args } from './args.ts';
import { tableByName, tableName } from './names.ts';
import { usage, type IpRun } from './run.ts';

export const RULE_SYNOPSIS = [
  'ip rule [list [SELECTOR]]',
  'ip rule {add|del} [not] [from PREFIX] [to PREFIX] [tos TOS] [fwmark MARK[/MASK]] [iif DEV] [oif DEV] [pref N] {table TABLE|blackhole|unreachable|prohibit}',
  'ip rule flush',
] as const;

export function ipRule(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matchesAny(word, 'list', 'show') || word === 'lst') return show(run, args);
  if (matchesAny(word, 'save', 'restore')) throw notModelled('ip', `rule ${word}`);
  if (matches(word, 'add')) return add(run, args);
  if (matches(word, 'delete')) return remove(run, args);
  if (matches(word, 'flush')) return flush(run, args);
  if (matches(word, 'help')) return usage(run, RULE_SYNOPSIS);
  throw unknownCommand(word, 'rule');
}

type Action = FibRule['action'];

/** A rule as words; what was not given is null. */
interface RuleWords {
  not: boolean;
  from: FibRule['from'];
  to: FibRule['to'];
  pref: number | null;
  tos: number;
  fwmark: FibRule['fwmark'];
  iif: string | null;
  oif: string | null;
  table: number | null;
  refusal: 'blackhole' | 'unreachable' | 'prohibit' | null;
}

const UNMODELLED = [
  'realms',
  'goto',
  'nop',
  'nat',
  'map-to',
  'suppress_prefixlength',
  'sup_pl',
  'suppress_ifgroup',
  'sup_group',
  'uidrange',
  'l3mdev',
  'ipproto',
  'sport',
  'dport',
  'tun_id',
  'protocol',
];

function prefixOrNull(text: string): FibRule['from'] {
  const prefix = getPrefix(text);
  return prefix.len === 0 ? null : { addr: prefix.addr, len: prefix.len };
}

function parse(args: Args): RuleWords {
  const words: RuleWords = {
    not: false,
    from: null,
    to: null,
    pref: null,
    tos: 0,
    fwmark: null,
    iif: null,
    oif: null,
    table: null,
    refusal: null,
  };
  while (!args.done) {
    const word = args.take();
    if (word === 'not') words.not = true;
    else if (word === 'from') words.from = prefixOrNull(args.value());
    else if (word === 'to') words.to = prefixOrNull(args.value());
    else if (matchesAny(word, 'preference', 'order', 'priority')) words.pref = getUnsigned(args.value(), 'preference value is invalid\n');
    else if (word === 'tos' || matches(word, 'dsfield')) words.tos = tosValue(args.value());
    else if (word === 'fwmark') words.fwmark = markValue(args.value());
    else if (matches(word, 'lookup') || word === 'table') words.table = tableValue(args.value(), 'invalid table ID\n');
    else if (word === 'dev' || word === 'iif') words.iif = args.value();
    else if (word === 'oif') words.oif = args.value();
    else if (UNMODELLED.includes(word)) throw notModelled('ip', `rule ${word}`);
    else takeType(words, word === 'type' ? args.value() : word);
  }
  return words;
}

function takeType(words: RuleWords, text: string): void {
  if (text === 'blackhole' || text === 'unreachable' || text === 'prohibit') words.refusal = text;
  else if (text !== 'unicast') throw invArg('Failed to parse rule type', text);
}

function tosValue(text: string): number {
  const value = /^(0x)?[0-9a-fA-F]{1,2}$/.test(text) ? Number.parseInt(text, 16) : null;
  if (value === null) throw invArg('TOS value is invalid\n', text);
  return value;
}

function markValue(text: string): { value: number; mask: number } {
  const [value, mask] = text.split('/');
  return {
    value: getUnsigned(value ?? '', 'fwmark value is invalid\n'),
    mask: mask === undefined ? 0xffffffff : getUnsigned(mask, 'fwmask value is invalid\n'),
  };
}

function tableValue(text: string, complaint: string): number {
  const table = tableByName(text);
  if (table === null) throw invArg(complaint, text);
  return table;
}

function add(run: IpRun, args: Args): number {
  const words = parse(args);
  const action: Action =
    words.refusal !== null && words.table === null ? { kind: words.refusal } : { kind: 'lookup', table: words.table ?? RT_TABLE_MAIN };
  const { pref, from, to, iif, oif, fwmark, tos, not } = words;
  const errno = ruleAdd(run.net, { pref, from, to, iif, oif, fwmark, tos, not, action });
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

function samePrefix(a: FibRule['from'], b: FibRule['from']): boolean {
  return a === null || b === null ? a === b : a.addr === b.addr && a.len === b.len;
}

/** Only what was given has to agree (rule_find with user_priority). */
function asked(rule: FibRule, words: RuleWords): boolean {
  if (words.pref !== null && rule.pref !== words.pref) return false;
  if (words.table !== null && (rule.action.kind !== 'lookup' || rule.action.table !== words.table)) return false;
  if (words.refusal !== null && rule.action.kind !== words.refusal) return false;
  if (words.from !== null && !samePrefix(rule.from, words.from)) return false;
  if (words.to !== null && !samePrefix(rule.to, words.to)) return false;
  if (words.fwmark !== null && (rule.fwmark?.value !== words.fwmark.value || rule.fwmark.mask !== words.fwmark.mask)) return false;
  if (words.iif !== null && rule.iif !== words.iif) return false;
  if (words.oif !== null && rule.oif !== words.oif) return false;
  if (words.tos !== 0 && rule.tos !== words.tos) return false;
  return !words.not || rule.not;
}

function remove(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('"ip rule del" requires arguments.\n', 1);
  const words = parse(args);
  const rule = run.net.host.fib.rules.find((one) => asked(one, words));
  if (rule === undefined) throw rtnetlink(errnoText('ENOENT'));
  ruleDel(run.net, rule);
  return 0;
}

/** Deletes all but rule 0. */
function flush(run: IpRun, args: Args): number {
  const words = parse(args);
  const doomed = run.net.host.fib.rules.filter((rule) => rule.pref !== 0 && asked(rule, words));
  for (const rule of doomed) ruleDel(run.net, rule);
  return 0;
}

function show(run: IpRun, args: Args): number {
  const words = parse(args);
  if (run.opts.family === 'inet6') return 0;
  for (const rule of run.net.host.fib.rules) if (asked(rule, words)) run.out(`${printRule(run, rule)}\n`);
  return 0;
}

/** A mark or a number as iproute2 prints it: hexadecimal. */
function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function prefixText(prefix: FibRule['from']): string {
  if (prefix === null) return 'all';
  return prefix.len === 32 ? formatIpv4(prefix.addr) : `${formatIpv4(prefix.addr)}/${prefix.len}`;
}

function printRule(run: IpRun, rule: FibRule): string {
  const detached = (name: string): string => (devByName(run.net.host, name) === null ? ' [detached]' : '');
  let text = `${rule.pref}:\t${rule.not ? 'not ' : ''}from ${prefixText(rule.from)}`;
  if (rule.to !== null) text += ` to ${prefixText(rule.to)}`;
  if (rule.tos !== 0) text += ` tos 0x${rule.tos.toString(16).padStart(2, '0')}`;
  if (rule.fwmark !== null)
    text += ` fwmark ${hex(rule.fwmark.value)}${rule.fwmark.mask === 0xffffffff ? '' : `/${hex(rule.fwmark.mask)}`}`;
  if (rule.iif !== null) text += ` iif ${rule.iif}${detached(rule.iif)}`;
  if (rule.oif !== null) text += ` oif ${rule.oif}${detached(rule.oif)}`;
  return `${text} ${rule.action.kind === 'lookup' ? `lookup ${tableName(rule.action.table)}` : rule.action.kind}`;
}
