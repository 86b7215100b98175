/**
 * `ip rule`: show, add, delete, flush.
 * Comes from: index.ts.  Goes to: rule-words.ts; host/fib ruleAdd, ruleDel.
 * Source: iproute2 6.1.0 ip/iprule.c, print_rule(), filter_nlmsg(), flush_rule().
 * Differs: save and restore, l3mdev, tun_id and nat are not modelled.
 */
import { formatIpv4, inPrefix } from '../../../wire/index.ts';
import {
  devByName,
  plainRule,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  ruleAdd,
  ruleDel,
  type FibRule,
  type NumberRange,
  type RuleWant,
} from '../../../host/index.ts';
import { errnoText, notModelled, ToolError } from '../tool-error.ts';
import { matches, matchesAny, rtnetlink, unknownCommand, type Args, type Prefix } from './args.ts';
import { ipProtoName, paint, protoName, tableName, TYPE_NUMBERS } from './names.ts';
import type { Printer } from './printer.ts';
import { printRealms } from './route-print.ts';
import { parseRule, parseSelector, type RuleWords } from './rule-words.ts';
import { printerOf, usage, type IpRun } from './run.ts';
import { RULE_USAGE } from './usage-objects.ts';

export const RULE_SYNOPSIS = [
  'ip rule [list [SELECTOR]]',
  'ip rule {add|del} [not] [from PREFIX] [to PREFIX] [tos TOS] [fwmark MARK[/MASK]] [iif DEV] [oif DEV] [uidrange N-N] [ipproto P] [sport N[-N]] [dport N[-N]] [pref N] ACTION',
  '  ACTION: {table TABLE [suppress_prefixlength N] [suppress_ifgroup N]|blackhole|unreachable|prohibit|goto N|nop} [protocol P] [realms R]',
  'ip rule flush [SELECTOR]',
] as const;

export function ipRule(run: IpRun, args: Args): number {
  if (args.done) return show(run, args);
  const word = args.take();
  if (matchesAny(word, 'list', 'show') || word === 'lst' || word === 'ls') return show(run, args);
  if (matchesAny(word, 'save', 'restore')) return saved(run, word);
  if (matches(word, 'add')) return add(run, args);
  if (matches(word, 'delete')) return remove(run, args);
  if (matches(word, 'flush')) return flush(run, args);
  if (matches(word, 'help')) return usage(run, RULE_USAGE);
  throw unknownCommand(word, 'rule');
}

/** What `ip rule save` writes is binary; nothing else is recognised. */
function saved(run: IpRun, word: string): number {
  if (run.stdin === null && matches(word, 'restore')) throw new ToolError("Can't restore rule dump from a terminal\n", 255);
  if (matches(word, 'save')) throw notModelled('ip', `rule ${word}`);
  throw new ToolError('Magic mismatch (0 elems, 0 magic)\n', 1);
}

function prefixOf(prefix: Prefix | null): FibRule['from'] {
  return prefix === null || prefix.len === 0 ? null : { addr: prefix.addr, len: prefix.len };
}

/** A mark alone is compared whole; a mask may stand with a mark of 0. */
function markOf(words: RuleWords): FibRule['fwmark'] {
  if (words.mark === null) return null;
  const mask = words.mask ?? (words.mark === 0 ? 0 : 0xffffffff);
  return words.mark === 0 && mask === 0 ? null : { value: words.mark, mask };
}

function wantOf(words: RuleWords): RuleWant {
  const lookup: FibRule['action'] | null = words.table !== null || words.unicast ? { kind: 'lookup', table: words.table ?? 0 } : null;
  return {
    pref: words.pref,
    from: prefixOf(words.from),
    to: prefixOf(words.to),
    iif: words.iif,
    oif: words.oif,
    fwmark: markOf(words),
    tos: words.tos,
    action: words.action ?? lookup,
    ...(words.ipProto === null ? {} : { ipProto: words.ipProto }),
    ...(words.sport === null ? {} : { sport: words.sport }),
    ...(words.dport === null ? {} : { dport: words.dport }),
    ...(words.uids === null ? {} : { uids: words.uids }),
    ...(words.proto === null ? {} : { proto: words.proto }),
    ...(words.realms === null ? {} : { realms: words.realms }),
    ...(words.suppressPrefixLen === null ? {} : { suppressPrefixLen: words.suppressPrefixLen }),
    ...(words.suppressGroup === null ? {} : { suppressGroup: words.suppressGroup }),
  };
}

function checkRange(what: string, range: NumberRange | null): void {
  if (range !== null && (range.from === 0 || range.to === 0 || range.to >= 0xffff || range.from > range.to))
    throw new ToolError(`Error: Invalid ${what} range.\n`, 2);
}

function add(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('"ip rule add" requires arguments.\n', 1);
  const words = parseRule(run, args);
  if (run.opts.family !== 'any' && run.opts.family !== 'inet') throw notModelled('ip', '-6 rule add');
  if (words.uids !== null && words.uids.from > words.uids.to) throw new ToolError('Error: Invalid uid range.\n', 2);
  checkRange('sport', words.sport);
  checkRange('dport', words.dport);
  const want = wantOf(words);
  const action: FibRule['action'] = words.action ?? { kind: 'lookup', table: tableOf(run, words) };
  const { pref = null, from = null, to = null, iif = null, oif = null, fwmark = null, tos = 0, ...rest } = want;
  const errno = ruleAdd(run.net, { ...rest, pref, from, to, iif, oif, fwmark, tos, not: words.not, action });
  if (errno === 'EINVAL') throw new ToolError('Error: Backward goto not supported.\n', 2);
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

/** Without a table the main one; table 0 is the first that is not there yet (fib_empty_table). */
function tableOf(run: IpRun, words: RuleWords): number {
  if (words.table !== null && words.table !== 0) return words.table;
  if (words.table === null && !words.unicast) return RT_TABLE_MAIN;
  let free = 1;
  while (run.net.host.fib.tables.has(free)) free++;
  return free;
}

function remove(run: IpRun, args: Args): number {
  if (args.done) throw new ToolError('"ip rule del" requires arguments.\n', 1);
  const words = parseRule(run, args);
  if (run.opts.family !== 'any' && run.opts.family !== 'inet') throw notModelled('ip', '-6 rule del');
  const errno = ruleDel(run.net, wantOf(words));
  if (errno !== null) throw rtnetlink(errnoText(errno));
  return 0;
}

function sameRange(range: NumberRange | undefined, want: NumberRange | null): boolean {
  return want === null || (range?.from === want.from && range.to === want.to);
}

/** The rule's prefix lies within the one asked for. */
function within(prefix: FibRule['from'], want: Prefix | null): boolean {
  if (want === null || want.len === 0) return true;
  return prefix !== null && prefix.len >= want.len && inPrefix(prefix.addr, want.addr, want.len);
}

/** What a listing asks for; what was not given does not matter. */
function selected(rule: FibRule, words: RuleWords): boolean {
  const given = (have: unknown, want: unknown): boolean => want === null || have === want;
  if (!given(rule.pref, words.pref) || (words.not && !rule.not)) return false;
  if (!within(rule.from, words.from) || !within(rule.to, words.to)) return false;
  if (words.tos !== 0 && rule.tos !== words.tos) return false;
  if (words.mark !== null && words.mark !== 0 && (rule.fwmark?.value ?? 0) !== words.mark) return false;
  if (words.mask !== null && words.mask !== 0 && (rule.fwmark?.mask ?? 0) !== words.mask) return false;
  if (!given(rule.iif, words.iif) || !given(rule.oif, words.oif)) return false;
  if (!sameRange(rule.uids, words.uids) || !sameRange(rule.sport, words.sport) || !sameRange(rule.dport, words.dport)) return false;
  if (!given(rule.ipProto ?? null, words.ipProto) || words.action !== null) return false;
  return words.table === null || words.table === 0 || (rule.action.kind === 'lookup' && rule.action.table === words.table);
}

/** Deletes all but rule 0; with `protocol` only that protocol's. */
function flush(run: IpRun, args: Args): number {
  const words = parseSelector(run, args);
  if (run.opts.family === 'inet6') throw notModelled('ip', '-6 rule flush');
  const doomed = run.net.host.fib.rules.filter(
    (rule) => rule.pref !== 0 && selected(rule, words) && (words.proto === null || (rule.proto ?? 0) === words.proto),
  );
  for (const rule of doomed) ruleDel(run.net, rule);
  return 0;
}

function show(run: IpRun, args: Args): number {
  const words = parseSelector(run, args);
  const p = printerOf(run);
  const { family } = run.opts;
  for (const rule of family === 'any' || family === 'inet' ? run.net.host.fib.rules : inet6Rules(run)) {
    if (!selected(rule, words)) continue;
    p.openObject();
    printRule(p, run, rule);
    p.closeObject();
    p.say('\n');
  }
  p.end();
  return 0;
}

/** IPv6 has the rules it begins with: those for local and main. */
function inet6Rules(run: IpRun): FibRule[] {
  if (run.opts.family !== 'inet6') return [];
  return [plainRule(0, RT_TABLE_LOCAL), plainRule(32766, RT_TABLE_MAIN)];
}

/** As printf's %#x: 0 has no prefix. */
function hex(value: number): string {
  return value === 0 ? '0' : `0x${value.toString(16)}`;
}

function printPrefix(
  p: Printer,
  run: IpRun,
  keys: readonly [string, string],
  before: string,
  prefix: { addr: Prefix['addr']; len: number },
): void {
  const text = formatIpv4(prefix.addr);
  p.field(keys[0], text, `${before}${paint(run.opts.color, 35, text)}`);
  if (prefix.len !== 32) p.field(keys[1], prefix.len, `/${prefix.len}`);
}

/** One line, without its end. */
export function printRule(p: Printer, run: IpRun, rule: FibRule): void {
  const { opts } = run;
  p.field('priority', rule.pref, `${rule.pref}:\t`);
  if (rule.not) p.field('not', null, 'not ');
  if (rule.from === null) p.field('src', 'all', 'from all');
  else printPrefix(p, run, ['src', 'srclen'], 'from ', rule.from);
  if (rule.to !== null) printPrefix(p, run, ['dst', 'dstlen'], ' to ', rule.to);
  if (rule.tos !== 0) {
    const tos = `0x${rule.tos.toString(16).padStart(2, '0')}`;
    p.field('tos', tos, ` tos ${tos}`);
  }
  if (rule.fwmark !== null) {
    p.field('fwmark', hex(rule.fwmark.value), ` fwmark ${hex(rule.fwmark.value)}`);
    if (rule.fwmark.mask !== 0xffffffff) p.field('fwmask', hex(rule.fwmark.mask), `/${hex(rule.fwmark.mask)}`);
  }
  for (const key of ['iif', 'oif'] as const) {
    const name = rule[key];
    if (name === null) continue;
    p.field(key, name, ` ${key} ${paint(opts.color, 36, name)}`);
    if (devByName(run.net.host, name) === null) p.field(`${key}_detached`, null, ' [detached]');
  }
  printFlow(p, run, rule);
  printAction(p, run, rule);
  const proto = rule.proto ?? 0;
  if ((proto !== 0 && proto !== 'kernel') || opts.details) {
    const name = protoName(proto, opts.numeric);
    p.field('protocol', name, ` proto ${name}`);
  }
}

/** Whose sockets, which protocol, which ports. */
function printFlow(p: Printer, run: IpRun, rule: FibRule): void {
  if (rule.uids !== undefined) {
    p.field('uid_start', rule.uids.from, ` uidrange ${rule.uids.from}`);
    p.field('uid_end', rule.uids.to, `-${rule.uids.to}`);
  }
  if (rule.ipProto !== undefined) {
    const name = ipProtoName(rule.ipProto, run.opts.numeric);
    p.field('ipproto', name, ` ipproto ${name}`);
  }
  for (const key of ['sport', 'dport'] as const) {
    const range = rule[key];
    if (range === undefined) continue;
    if (range.from === range.to) p.field(key, range.from, ` ${key} ${range.from}`);
    else {
      p.field(`${key}_start`, range.from, ` ${key} ${range.from}`);
      p.field(`${key}_end`, range.to, `-${range.to}`);
    }
  }
}

function printAction(p: Printer, run: IpRun, rule: FibRule): void {
  const { action } = rule;
  if (action.kind === 'lookup') {
    const table = tableName(action.table, run.opts.numeric);
    p.field('table', table, ` lookup ${table}`);
    if (rule.suppressPrefixLen !== undefined)
      p.field('suppress_prefixlen', rule.suppressPrefixLen, ` suppress_prefixlength ${rule.suppressPrefixLen}`);
    if (rule.suppressGroup !== undefined) {
      const group = rule.suppressGroup === 0 && !run.opts.numeric ? 'default' : String(rule.suppressGroup);
      p.field('suppress_ifgroup', group, ` suppress_ifgroup ${group}`);
    }
  }
  if (rule.realms !== undefined) printRuleRealms(p, rule.realms);
  if (action.kind === 'goto') {
    p.field('goto', action.pref, ` goto ${action.pref}`);
    if (!run.net.host.fib.rules.some((other) => other.pref === action.pref)) p.field('unresolved', null, ' [unresolved]');
  } else if (action.kind === 'nop') p.field('nop', null, ' nop');
  else if (action.kind !== 'lookup') {
    const name = run.opts.numeric ? String(TYPE_NUMBERS[action.kind]) : action.kind;
    p.field('action', name, ` ${name}`);
  }
}

function printRuleRealms(p: Printer, realms: number): void {
  if (p.json) printRealms(p, realms);
  else p.say(realms >>> 16 === 0 ? ` realms ${realms}` : ` realms ${realms >>> 16}/${realms & 0xffff}`);
}
