/**
 * Options of iptables' matches, from words to rule data; those of the transport protocols are in match-parse-transport.ts.
 * Comes from: rule-parse.ts.  Goes to: host/netfilter's XtMatch.
 * Source: iptables 1.8.9 extensions/libxt_{conntrack,mark,limit,comment,addrtype,mac,tos,dscp,length,iprange,
 *   pkttype,statistic}.c, libipt_ttl.c.
 * Differs: of addrtype only the types.
 */
import { parseIpv4, parseMac, type Ipv4 } from '../../../wire/index.ts';
import {
  CT_FIELDS,
  CT_STATUS,
  type AddrType,
  type CtStateName,
  type CtStatusName,
  type CtTest,
  type PortRange,
  type XtMatch,
} from '../../../host/index.ts';
import { notModelled } from '../tool-error.ts';
import { parseUnsigned } from '../ip/args.ts';
import { hostAndMask } from './addresses.ts';
import { badParameter, type Speaker } from './complain.ts';
import { badValue, find, first, required, type ExtOption, type MatchExt } from './match-option.ts';
import { IPVS_MATCH } from './match-parse-ipvs.ts';
import { portRange, TRANSPORT_MATCHES } from './match-parse-transport.ts';
import { protocolNumber } from './names.ts';
import { entryOf } from '../../entry-of.ts';

/** In the order in which they print. */
const CT_STATES: readonly CtStateName[] = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'];

function ctStates(who: Speaker, text: string, label: string, known: readonly CtStateName[]): CtStateName[] {
  const words = text.split(',').map((word) => word.toUpperCase());
  const unknown = words.find((word) => !known.some((name) => name === word));
  if (unknown !== undefined) throw badParameter(who, `Bad ${label} "${text}"`);
  return known.filter((name) => words.includes(name));
}

function buildState(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const option = required(who, options, 'state', 'state');
  return {
    kind: 'conntrack',
    via: 'state',
    states: ctStates(who, first(option), 'state', CT_STATES.slice(0, 5)),
    not: option.not,
  };
}

function buildConntrack(who: Speaker, options: readonly ExtOption[]): XtMatch {
  if (options.length === 0) throw badParameter(who, 'conntrack: At least one option is required');
  const state = find(options, 'ctstate');
  const tests = CT_FIELDS.flatMap((field) => {
    const option = find(options, `ct${field}`);
    return option === undefined ? [] : [ctTest(who, field, option)];
  });
  return {
    kind: 'conntrack',
    via: 'conntrack',
    states: state === undefined ? null : ctStates(who, first(state), 'ctstate', CT_STATES),
    not: state?.not ?? false,
    ...(tests.length === 0 ? {} : { tests }),
  };
}

function ctTest(who: Speaker, field: CtTest['field'], option: ExtOption): CtTest {
  const text = first(option);
  const { not } = option;
  switch (field) {
    case 'proto': {
      const proto = protocolNumber(text);
      if (proto === null) throw badParameter(who, `unknown protocol "${text}" specified`);
      if (proto === 0 && not) throw badParameter(who, 'conntrack: rule would never match protocol');
      return { field, proto, not };
    }
    case 'status':
      return { field, status: ctStatus(who, text), not };
    case 'expire':
      return { field, range: numberRange(who, 'conntrack', 'ctexpire', text), not };
    case 'dir': {
      const word = text.toUpperCase();
      if (not) throw badParameter(who, 'conntrack: option "--ctdir" cannot be inverted.\n');
      if (word !== 'ORIGINAL' && word !== 'REPLY') throw badParameter(who, `conntrack: Bad value for "--ctdir" option: "${text}"`);
      return { field, not: word === 'REPLY' };
    }
    case 'origsrc':
    case 'origdst':
    case 'replsrc':
    case 'repldst': {
      return { field, ...hostAndMask(who, text), not };
    }
    default:
      return { field, range: portRange(who, text), not };
  }
}

function ctStatus(who: Speaker, text: string): CtStatusName[] {
  const words = text.split(',').map((word) => word.toUpperCase());
  if (words.some((word) => word !== 'NONE' && !CT_STATUS.some((name) => name === word))) throw badParameter(who, `Bad ctstatus "${text}"`);
  return CT_STATUS.filter((name) => words.includes(name));
}

/** `a` or `a:b`. */
function numberRange(who: Speaker, ext: string, option: string, text: string): PortRange {
  const match = /^(\d+)(?::(\d*))?$/.exec(text);
  if (match === null)
    throw badParameter(who, `${ext}: bad value for option "--${option}" near "${text}", or out of range (0-4294967295).\n`);
  const from = Number(match[1]);
  return { first: from, last: match[2] === undefined ? from : match[2] === '' ? 0xffffffff : Number(match[2]) };
}

/** `value[/mask]` of 32 bits. */
export function markAndMask(who: Speaker, ext: string, option: string, text: string): { value: number; mask: number } {
  const [value, mask] = text.split('/');
  const v = parseUnsigned(value ?? '');
  const m = mask === undefined ? 0xffffffff : parseUnsigned(mask);
  if (v === null || m === null || v > 0xffffffff || m > 0xffffffff) throw badValue(who, ext, option);
  return { value: v, mask: m };
}

function buildMark(kind: 'mark' | 'connmark'): MatchExt['build'] {
  return (who, options) => {
    const option = required(who, options, kind, 'mark');
    return { kind, ...markAndMask(who, kind, 'mark', first(option)), not: option.not };
  };
}

/** Rates count in steps of 0.1 ms (XT_LIMIT_SCALE); largest unit first. */
const RATE_UNITS: readonly (readonly [string, number])[] = [
  ['day', 864_000_000],
  ['hour', 36_000_000],
  ['min', 600_000],
  ['sec', 10_000],
];

function parseRate(who: Speaker, text: string): number {
  const match = /^(\d+)(?:\/([a-z]+))?$/i.exec(text);
  const unit = (match?.[2] ?? 'second').toLowerCase();
  const name = ['second', 'minute', 'hour', 'day'].find((one) => one.startsWith(unit));
  const count = Number(match?.[1] ?? 0);
  const size = RATE_UNITS.find(([short]) => name?.startsWith(short))?.[1];
  if (match === null || size === undefined || count === 0) throw badParameter(who, `bad rate "${text}"'`);
  if (count / size > 1) throw badParameter(who, `Rate too fast "${text}"`);
  return Math.floor(size / count);
}

/** In the smallest unit in which the rate is a whole number. */
function rateText(period: number): string {
  let i = 1;
  for (; i < RATE_UNITS.length; i++) {
    const size = RATE_UNITS[i]?.[1] ?? 1;
    if (period > size || Math.floor(size / period) < size % period) break;
  }
  const [name, size] = RATE_UNITS[i - 1] ?? ['sec', 10_000];
  return `${Math.floor(size / period)}/${name}`;
}

function buildLimit(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const period = parseRate(who, first(find(options, 'limit')) || '3/hour');
  const burst = find(options, 'limit-burst');
  const value = burst === undefined ? 5 : parseUnsigned(first(burst));
  if (value === null || value > 10_000) throw badValue(who, 'limit', 'limit-burst');
  return { kind: 'limit', avg: period, burst: value, shown: rateText(period) };
}

const ADDR_TYPES: readonly AddrType[] = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
];

function addrTypes(who: Speaker, option: ExtOption | undefined): AddrType[] | null {
  if (option === undefined) return null;
  const words = first(option)
    .split(',')
    .map((word) => word.toUpperCase());
  const unknown = words.find((word) => !ADDR_TYPES.some((type) => type === word));
  if (unknown !== undefined) throw badParameter(who, `addrtype: bad type \`${first(option)}'`);
  return ADDR_TYPES.filter((type) => words.includes(type));
}

function buildAddrtype(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const src = find(options, 'src-type');
  const dst = find(options, 'dst-type');
  if (src === undefined && dst === undefined) throw badParameter(who, 'addrtype: you must specify --src-type or --dst-type');
  return {
    kind: 'addrtype',
    src: addrTypes(who, src),
    srcNot: src?.not ?? false,
    dst: addrTypes(who, dst),
    dstNot: dst?.not ?? false,
  };
}

function buildMac(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const option = required(who, options, 'mac', 'mac-source');
  const mac = parseMac(first(option));
  if (mac === null) throw badParameter(who, 'Invalid MAC address specified.');
  return { kind: 'mac', mac, not: option.not };
}

const TOS_NAMES: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
};

/** A name (compared under 0x3f) or `value[/mask]`. */
export function tosAndMask(who: Speaker, ext: string, option: string, text: string): { value: number; mask: number } {
  const named = entryOf(TOS_NAMES, text.toLowerCase());
  if (named !== undefined) return { value: named, mask: 0x3f };
  const [value, mask] = text.split('/');
  const v = parseUnsigned(value ?? '');
  const m = mask === undefined ? 0xff : parseUnsigned(mask);
  if (v === null || m === null || v > 255 || m > 255)
    throw badParameter(who, `${ext}: bad value for option "--${option}", or out of range (0-255).\n`);
  return { value: v, mask: m };
}

/** A plain number, for options that take one. */
export function smallNumber(who: Speaker, ext: string, option: string, text: string, max: number): number {
  const value = parseUnsigned(text);
  if (value === null || value > max) throw badValue(who, ext, option);
  return value;
}

function buildTtl(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const option = options[0];
  if (option === undefined) throw badParameter(who, "TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt'");
  const value = smallNumber(who, 'ttl', option.name, first(option), 255);
  const op = option.name === 'ttl-lt' ? 'lt' : option.name === 'ttl-gt' ? 'gt' : option.not ? 'ne' : 'eq';
  return { kind: 'ttl', op, value };
}

function buildLength(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const option = required(who, options, 'length', 'length');
  const match = /^(\d*)(:?)(\d*)$/.exec(first(option));
  if (match === null) throw badValue(who, 'length', 'length');
  const from = match[1] === '' ? 0 : Number(match[1]);
  const to = match[2] === '' ? from : match[3] === '' ? 65535 : Number(match[3]);
  return { kind: 'length', first: from, last: to, not: option.not };
}

function addrRange(who: Speaker, option: ExtOption | undefined): { first: Ipv4; last: Ipv4 } | null {
  if (option === undefined) return null;
  const [a, b] = first(option).split('-');
  const from = parseIpv4(a ?? '');
  const to = b === undefined ? from : parseIpv4(b);
  if (from === null || to === null) throw badParameter(who, `iprange: Bad value for "--${option.name}" option: "${first(option)}"`);
  return { first: from, last: to };
}

function buildIprange(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const src = find(options, 'src-range');
  const dst = find(options, 'dst-range');
  if (src === undefined && dst === undefined) throw badParameter(who, "iprange match: You must specify `--src-range' or `--dst-range'");
  return {
    kind: 'iprange',
    src: addrRange(who, src),
    srcNot: src?.not ?? false,
    dst: addrRange(who, dst),
    dstNot: dst?.not ?? false,
  };
}

function buildPkttype(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const option = required(who, options, 'pkttype', 'pkt-type');
  const type = (['unicast', 'broadcast', 'multicast'] as const).find((one) => one === first(option).toLowerCase());
  if (type === undefined) throw badParameter(who, `Bad packet type '${first(option)}'`);
  return { kind: 'pkttype', type, not: option.not };
}

function buildStatistic(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const mode = first(find(options, 'mode')) || 'random';
  if (find(options, 'every') !== undefined && find(options, 'packet') === undefined)
    throw badParameter(who, 'statistic: option "--every" also requires "--packet".\n');
  if (mode === 'nth') {
    const every = find(options, 'every');
    const packet = find(options, 'packet');
    if (every === undefined || packet === undefined) throw badParameter(who, '--every and --packet must be specified when using nth mode');
    if (Number(first(packet)) >= Number(first(every))) throw badParameter(who, 'the --packet p must be 0 <= p <= n-1');
    return {
      kind: 'statistic',
      mode: 'nth',
      every: smallNumber(who, 'statistic', 'every', first(every), 0xffffffff),
      packet: smallNumber(who, 'statistic', 'packet', first(packet), 0xffffffff),
      not: every.not,
    };
  }
  if (mode !== 'random') throw badParameter(who, `Bad mode "${mode}"`);
  const option = find(options, 'probability');
  if (option === undefined) throw badParameter(who, '--probability must be specified when using random mode');
  const value = Number(first(option));
  if (!(value >= 0 && value <= 1)) throw badParameter(who, 'statistic: bad value for option "--probability", or out of range (0-1).\n');
  const probability = Math.round(value * 0x80000000);
  return {
    kind: 'statistic',
    mode: 'random',
    probability,
    shown: (probability / 0x80000000).toFixed(11),
    not: option.not,
  };
}

export const MATCHES: Readonly<Record<string, MatchExt>> = {
  ...TRANSPORT_MATCHES,
  ipvs: IPVS_MATCH,
  state: { options: { state: 1 }, build: buildState },
  conntrack: {
    options: { ctstate: 1, ...Object.fromEntries(CT_FIELDS.map((field) => [`ct${field}`, 1])) },
    build: buildConntrack,
  },
  mark: { options: { mark: 1 }, build: buildMark('mark') },
  connmark: { options: { mark: 1 }, build: buildMark('connmark') },
  limit: { options: { limit: 1, 'limit-burst': 1 }, build: buildLimit },
  comment: {
    options: { comment: 1 },
    build: (who, options) => ({ kind: 'comment', text: first(required(who, options, 'comment', 'comment')) }),
  },
  addrtype: {
    options: { 'src-type': 1, 'dst-type': 1 },
    unmodelled: ['limit-iface-in', 'limit-iface-out'],
    build: buildAddrtype,
  },
  mac: { options: { 'mac-source': 1 }, build: buildMac },
  tos: {
    options: { tos: 1 },
    build: (who, options) => {
      const option = required(who, options, 'tos', 'tos');
      return { kind: 'tos', ...tosAndMask(who, 'tos', 'tos', first(option)), not: option.not };
    },
  },
  dscp: {
    options: { dscp: 1 },
    unmodelled: ['dscp-class'],
    build: (who, options) => {
      const option = required(who, options, 'dscp', 'dscp');
      return { kind: 'dscp', value: smallNumber(who, 'dscp', 'dscp', first(option), 63), not: option.not };
    },
  },
  ttl: { options: { 'ttl-eq': 1, 'ttl-lt': 1, 'ttl-gt': 1 }, aliases: { ttl: 'ttl-eq' }, build: buildTtl },
  length: { options: { length: 1 }, build: buildLength },
  iprange: { options: { 'src-range': 1, 'dst-range': 1 }, build: buildIprange },
  pkttype: { options: { 'pkt-type': 1 }, build: buildPkttype },
  statistic: { options: { mode: 1, probability: 1, every: 1, packet: 1 }, build: buildStatistic },
};

/** Matches that iptables has and the lab does not. */
const OTHER_MATCHES = [
  'ah',
  'bpf',
  'cgroup',
  'cluster',
  'connbytes',
  'connlabel',
  'connlimit',
  'cpu',
  'dccp',
  'devgroup',
  'ecn',
  'esp',
  'hashlimit',
  'helper',
  'ipcomp',
  'nfacct',
  'osf',
  'owner',
  'physdev',
  'policy',
  'quota',
  'rateest',
  'realm',
  'recent',
  'rpfilter',
  'sctp',
  'set',
  'socket',
  'string',
  'tcpmss',
  'time',
  'u32',
  'unclean',
  'udplite',
];

export function matchExt(who: Speaker, name: string): MatchExt {
  const ext = Object.hasOwn(MATCHES, name) ? MATCHES[name] : undefined;
  if (ext !== undefined) return ext;
  if (OTHER_MATCHES.includes(name)) throw notModelled(who.name, `-m ${name}`);
  throw badParameter(who, `Couldn't load match \`${name}':No such file or directory\n`);
}
