/**
 * A rule read from the words of `ip rule add|del`, and a selector of `ip rule show|flush`.
 * Comes from: rule.ts.
 * Source: iproute2 6.1.0 ip/iprule.c, iprule_modify(), iprule_list_flush_or_save().
 * Differs: l3mdev, tun_id and nat are not modelled.
 */
import type { FibRule, NumberRange, RouteProto } from '../../../host/index.ts';
import { notModelled } from '../tool-error.ts';
import { groupValue } from './addr-show.ts';
import { getPrefix, getUnsigned, invArg, matches, matchesAny, parseUnsigned, type Args, type Family, type Prefix } from './args.ts';
import { ipProtoByName, protoByName, routeTypeByWord, tableByName } from './names.ts';
import { tosValue } from './route-words.ts';
import { usageError, type IpRun } from './run.ts';
import { RULE_USAGE } from './usage-objects.ts';

/** A rule as words; what was not given is null. */
export interface RuleWords {
  family: Family;
  not: boolean;
  from: Prefix | null;
  to: Prefix | null;
  pref: number | null;
  tos: number;
  mark: number | null;
  mask: number | null;
  iif: string | null;
  oif: string | null;
  uids: NumberRange | null;
  ipProto: number | null;
  sport: NumberRange | null;
  dport: NumberRange | null;
  proto: RouteProto | null;
  realms: number | null;
  suppressPrefixLen: number | null;
  suppressGroup: number | null;
  table: number | null;
  /** goto, nop and the types that refuse; null: a table */
  action: Exclude<FibRule['action'], { kind: 'lookup' }> | null;
  /** `type unicast`: a table, be it said or not */
  unicast: boolean;
}

export function emptyRule(family: Family): RuleWords {
  return {
    family,
    not: false,
    from: null,
    to: null,
    pref: null,
    tos: 0,
    mark: null,
    mask: null,
    iif: null,
    oif: null,
    uids: null,
    ipProto: null,
    sport: null,
    dport: null,
    proto: null,
    realms: null,
    suppressPrefixLen: null,
    suppressGroup: null,
    table: null,
    action: null,
    unicast: false,
  };
}

/** What rule and selector have in common. */
function takeSelector(words: RuleWords, word: string, args: Args, list: boolean): boolean {
  if (word === 'not') words.not = true;
  else if (word === 'from') words.from = takePrefix(words, args.value(), list);
  else if (word === 'to' && !list) words.to = takePrefix(words, args.value(), list);
  else if (matchesAny(word, 'preference', 'order', 'priority')) words.pref = getUnsigned(args.value(), 'preference value is invalid\n');
  else if (word === 'tos' || matches(word, 'dsfield')) words.tos = tosValue(args.value(), 'TOS value is invalid\n');
  else if (word === 'fwmark') takeMark(words, args.value());
  else if (word === 'uidrange') words.uids = uidRange(args.value());
  else if (matches(word, 'protocol')) words.proto = protoByName(args.value());
  else if (word === 'ipproto') words.ipProto = ipProto(args.value());
  else if (word === 'sport') words.sport = portRange(word, args.value());
  else if (word === 'dport') words.dport = portRange(word, args.value());
  else if (word === 'dev' || word === 'iif') words.iif = args.value();
  else if (word === 'oif') words.oif = args.value();
  else return false;
  return true;
}

function takePrefix(words: RuleWords, text: string, list: boolean): Prefix {
  const prefix = getPrefix(text, list && words.family === 'any' ? 'inet' : words.family);
  if (words.family === 'any' && prefix.family === 'inet6') throw notModelled('ip', `IPv6 address ${text}`);
  return prefix;
}

function takeMark(words: RuleWords, text: string): void {
  const slash = text.indexOf('/');
  words.mark = getUnsigned(slash < 0 ? text : text.slice(0, slash), 'fwmark value is invalid\n');
  if (slash >= 0) words.mask = getUnsigned(text.slice(slash + 1), 'fwmask value is invalid\n');
}

function uidRange(text: string): NumberRange {
  const found = /^(\d+)-(\d+)/.exec(text);
  if (found === null) throw invArg('invalid UID range\n', text);
  return { from: Number(found[1]), to: Number(found[2]) };
}

function portRange(key: string, text: string): NumberRange {
  const found = /^(\d+)(?:-(\d+))?/.exec(text);
  if (found === null) throw invArg(`invalid ${key} range\n`, text);
  const from = Number(found[1]) & 0xffff;
  return { from, to: found[2] === undefined ? from : Number(found[2]) & 0xffff };
}

function ipProto(text: string): number {
  const proto = ipProtoByName(text);
  if (proto === null) throw invArg('Invalid "ipproto" value\n', text);
  return proto;
}

function tableValue(text: string, complaint: string): number {
  const table = tableByName(text);
  if (table === null || table > 0xffffffff) throw invArg(complaint, text);
  return table;
}

const UNMODELLED = ['nat', 'map-to', 'l3mdev', 'tun_id'];

/** `ip rule add|del …` */
export function parseRule(run: IpRun, args: Args): RuleWords {
  const words = emptyRule(run.opts.family);
  while (!args.done) {
    const word = args.take();
    if (takeSelector(words, word, args, false)) continue;
    if (matches(word, 'realms')) words.realms = realmValue(args.value());
    else if (matches(word, 'table') || word === 'lookup') words.table = tableValue(args.value(), 'invalid table ID\n');
    else if (matches(word, 'suppress_prefixlength') || word === 'sup_pl')
      words.suppressPrefixLen = getUnsigned(args.value(), 'suppress_prefixlength value is invalid\n');
    else if (matches(word, 'suppress_ifgroup') || word === 'sup_group') words.suppressGroup = groupValue(args.value());
    else if (UNMODELLED.includes(word)) throw notModelled('ip', `rule ${word}`);
    else takeType(words, word === 'type' ? args.value() : word, args);
  }
  return words;
}

function realmValue(text: string): number {
  const value = parseUnsigned(text);
  if (value === null) throw invArg('invalid realms\n', text);
  return value;
}

function takeType(words: RuleWords, word: string, args: Args): void {
  if (matches(word, 'help')) throw usageError(RULE_USAGE);
  if (matches(word, 'goto')) words.action = { kind: 'goto', pref: getUnsigned(args.value(), 'invalid target\n') };
  else if (matches(word, 'nop')) words.action = { kind: 'nop' };
  else {
    const type = routeTypeByWord(word);
    if (type === 'blackhole' || type === 'unreachable' || type === 'prohibit') words.action = { kind: type };
    else if (type === 'unicast') words.unicast = true;
    else if (type === null) throw invArg('Failed to parse rule type', word);
    else throw notModelled('ip', `rule ${word}`);
  }
}

/** `ip rule show|flush …`: a word that is no key is a prefix to go to. */
export function parseSelector(run: IpRun, args: Args): RuleWords {
  const words = emptyRule(run.opts.family);
  while (!args.done) {
    const word = args.take();
    if (takeSelector(words, word, args, true)) continue;
    if (matches(word, 'lookup') || word === 'table') words.table = tableValue(args.value(), 'table id value is invalid\n');
    else if (word === 'l3mdev') words.action = { kind: 'goto', pref: -1 };
    else words.to = takePrefix(words, word === 'to' || matches(word, 'dst') ? args.value() : word, true);
  }
  return words;
}
