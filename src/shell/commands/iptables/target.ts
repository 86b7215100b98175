/**
 * iptables' targets: options from words, and how -L prints them.
 * Comes from: rule-parse.ts, list.ts.  Goes to: host/netfilter's XtTarget.
 * Source: iptables 1.8.9 extensions/libipt_REJECT.c, libxt_{MARK,CONNMARK,NAT,LOG,CT,TOS,DSCP,TTL,TCPMSS}.c.
 * Differs: of CT only --notrack; LOG's flags other than level and prefix are not modelled.
 */
import { formatIpv4, parseIpv4 } from '../../../wire/index.ts';
import { NO_NAT_RANGE, type NatRange, type RejectWith, type XtTarget } from '../../../host/index.ts';
import { notModelled } from '../tool-error.ts';
import { badParameter, type Speaker } from './complain.ts';
import type { ExtOption } from './match-option.ts';
import { markAndMask, smallNumber, tosAndMask } from './match-parse.ts';
import { hex } from './match-print.ts';

export interface TargetExt {
  readonly options: Readonly<Record<string, number>>;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly unmodelled?: readonly string[];
  readonly build: (who: Speaker, options: readonly ExtOption[], proto: number | null) => XtTarget;
}

function find(options: readonly ExtOption[], name: string): string | undefined {
  return options.find((option) => option.name === name)?.values[0];
}

function has(options: readonly ExtOption[], name: string): boolean {
  return options.some((option) => option.name === name);
}

const REJECT_TYPES: readonly (readonly [RejectWith, string])[] = [
  ['icmp-net-unreachable', 'net-unreach'],
  ['icmp-host-unreachable', 'host-unreach'],
  ['icmp-proto-unreachable', 'proto-unreach'],
  ['icmp-port-unreachable', 'port-unreach'],
  ['icmp-net-prohibited', 'net-prohib'],
  ['icmp-host-prohibited', 'host-prohib'],
  ['tcp-reset', 'tcp-rst'],
  ['icmp-admin-prohibited', 'admin-prohib'],
];

function buildReject(who: Speaker, options: readonly ExtOption[]): XtTarget {
  const text = find(options, 'reject-with') ?? 'icmp-port-unreachable';
  const row = REJECT_TYPES.find(([name, alias]) => name.startsWith(text) || alias.startsWith(text));
  if (row === undefined) throw badParameter(who, `unknown reject type "${text}"`);
  return { kind: 'REJECT', with: row[0] };
}

/** What each option of MARK means for (mark & ~mask) ^ value. */
function markOption(who: Speaker, ext: string, option: ExtOption): { value: number; mask: number } {
  const text = option.values[0] ?? '';
  const { value, mask } = markAndMask(who, ext, option.name, text);
  switch (option.name) {
    case 'set-mark':
      return { value, mask: (value | mask) >>> 0 };
    case 'and-mark':
      return { value: 0, mask: ~value >>> 0 };
    case 'or-mark':
      return { value, mask: value };
    case 'xor-mark':
      return { value, mask: 0 };
    default:
      return { value, mask };
  }
}

const MARK_OPTIONS = { 'set-mark': 1, 'set-xmark': 1, 'and-mark': 1, 'or-mark': 1, 'xor-mark': 1 };

function buildMark(who: Speaker, options: readonly ExtOption[]): XtTarget {
  const option = options[0];
  if (option === undefined) throw badParameter(who, 'MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required');
  return { kind: 'MARK', ...markOption(who, 'MARK', option) };
}

function buildConnmark(who: Speaker, options: readonly ExtOption[]): XtTarget {
  const mask = find(options, 'mask');
  const full = mask === undefined ? 0xffffffff : smallNumber(who, 'CONNMARK', 'mask', mask, 0xffffffff);
  const masks = {
    ctMask: maskOr(who, options, 'ctmask', full),
    nfMask: maskOr(who, options, 'nfmask', full),
  };
  if (has(options, 'save-mark')) return { kind: 'CONNMARK', op: 'save', ...masks };
  if (has(options, 'restore-mark')) return { kind: 'CONNMARK', op: 'restore', ...masks };
  const option = options.find((one) => one.name in MARK_OPTIONS);
  if (option === undefined) throw badParameter(who, 'CONNMARK target: No operation specified');
  return { kind: 'CONNMARK', op: 'set', ...markOption(who, 'CONNMARK', option) };
}

function maskOr(who: Speaker, options: readonly ExtOption[], name: string, fallback: number): number {
  const text = find(options, name);
  return text === undefined ? fallback : smallNumber(who, 'CONNMARK', name, text, 0xffffffff);
}

/** Protocols with ports, and ICMP, whose echo numbers count as such. */
const PORT_PROTOS = [1, 6, 17, 33, 132];

/** `[addr[-addr]][:port[-port]]` */
function natRange(who: Speaker, text: string, proto: number | null): NatRange {
  const [addrs, ports] = text.includes(':') ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] : [text, null];
  if (ports !== null && (proto === null || !PORT_PROTOS.includes(proto)))
    throw badParameter(who, 'Need TCP, UDP, SCTP or DCCP with port specification');
  let range: NatRange = NO_NAT_RANGE;
  if (addrs !== '') {
    const [a, b] = addrs.split('-');
    const from = parseIpv4(a ?? '');
    const to = b === undefined ? from : parseIpv4(b);
    if (from === null || to === null) throw badParameter(who, `Bad IP address "${from === null ? (a ?? '') : (b ?? '')}"`);
    range = { ...range, addrFirst: from, addrLast: to };
  }
  return ports === null ? range : { ...range, ...portPart(who, ports) };
}

function portPart(who: Speaker, text: string): { portFirst: number; portLast: number } {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const from = Number(match?.[1] ?? 0);
  const to = match?.[2] === undefined ? from : Number(match[2]);
  if (match === null || from > 65535 || to > 65535 || from === 0) {
    const bad = text.split('-').find((one) => !/^\d+$/.test(one) || Number(one) > 65535) ?? text;
    throw badParameter(who, `Port \`${bad}' not valid`);
  }
  if (to < from) throw badParameter(who, `Port range \`${text}' funky`);
  return { portFirst: from, portLast: to };
}

function flags(options: readonly ExtOption[]): { random: boolean; persistent: boolean } {
  return {
    random: has(options, 'random') || has(options, 'random-fully'),
    persistent: has(options, 'persistent'),
  };
}

function buildNat(kind: 'SNAT' | 'DNAT', option: string): TargetExt['build'] {
  return (who, options, proto) => {
    const text = find(options, option);
    if (text === undefined) throw badParameter(who, `${kind}: option "--${option}" must be specified\n`);
    return { kind, range: { ...natRange(who, text, proto), ...flags(options) } };
  };
}

function buildPortNat(kind: 'MASQUERADE' | 'REDIRECT'): TargetExt['build'] {
  return (who, options, proto) => {
    const text = find(options, 'to-ports');
    if (text !== undefined && (proto === null || !PORT_PROTOS.includes(proto)))
      throw badParameter(who, 'Need TCP, UDP, SCTP or DCCP with port specification');
    return {
      kind,
      range: { ...NO_NAT_RANGE, ...(text === undefined ? {} : portPart(who, text)), ...flags(options) },
    };
  };
}

const LOG_LEVELS = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'];
const LOG_ALIASES: Readonly<Record<string, number>> = { panic: 0, warning: 4, err: 3 };

function buildLog(who: Speaker, options: readonly ExtOption[]): XtTarget {
  const text = find(options, 'log-level');
  let level: number | undefined = 4;
  if (text !== undefined) {
    const byName = LOG_LEVELS.findIndex((name) => name.startsWith(text.toLowerCase()));
    level = /^[0-7]$/.test(text) ? Number(text) : (LOG_ALIASES[text.toLowerCase()] ?? (byName < 0 ? undefined : byName));
    if (level === undefined) throw badParameter(who, `log level "${text}" unknown\n`);
  }
  const prefix = (find(options, 'log-prefix') ?? '').slice(0, 29);
  return { kind: 'LOG', level, prefix };
}

function buildTtl(who: Speaker, options: readonly ExtOption[]): XtTarget {
  const option = options[0];
  if (option === undefined) throw badParameter(who, 'TTL: You must specify an action');
  const value = smallNumber(who, 'TTL', option.name, option.values[0] ?? '', 255);
  const op = option.name === 'ttl-dec' ? 'dec' : option.name === 'ttl-inc' ? 'inc' : 'set';
  return { kind: 'TTL', op, value };
}

function buildTcpmss(who: Speaker, options: readonly ExtOption[]): XtTarget {
  if (has(options, 'clamp-mss-to-pmtu')) return { kind: 'TCPMSS', mss: 'clamp' };
  const text = find(options, 'set-mss');
  if (text === undefined) throw badParameter(who, 'TCPMSS target: At least one parameter is required');
  return { kind: 'TCPMSS', mss: smallNumber(who, 'TCPMSS', 'set-mss', text, 65535 - 40) };
}

export const TARGETS: Readonly<Record<string, TargetExt>> = {
  ACCEPT: { options: {}, build: () => ({ kind: 'verdict', verdict: 'ACCEPT' }) },
  DROP: { options: {}, build: () => ({ kind: 'verdict', verdict: 'DROP' }) },
  RETURN: { options: {}, build: () => ({ kind: 'verdict', verdict: 'RETURN' }) },
  REJECT: { options: { 'reject-with': 1 }, build: buildReject },
  MARK: { options: MARK_OPTIONS, build: buildMark },
  CONNMARK: {
    options: { ...MARK_OPTIONS, 'save-mark': 0, 'restore-mark': 0, mask: 1, nfmask: 1, ctmask: 1 },
    build: buildConnmark,
  },
  MASQUERADE: { options: { 'to-ports': 1, random: 0, 'random-fully': 0 }, build: buildPortNat('MASQUERADE') },
  REDIRECT: { options: { 'to-ports': 1, random: 0 }, build: buildPortNat('REDIRECT') },
  SNAT: {
    options: { 'to-source': 1, random: 0, 'random-fully': 0, persistent: 0 },
    build: buildNat('SNAT', 'to-source'),
  },
  DNAT: {
    options: { 'to-destination': 1, random: 0, persistent: 0 },
    build: buildNat('DNAT', 'to-destination'),
  },
  LOG: {
    options: { 'log-level': 1, 'log-prefix': 1 },
    unmodelled: ['log-tcp-sequence', 'log-tcp-options', 'log-ip-options', 'log-uid', 'log-macdecode'],
    build: buildLog,
  },
  NOTRACK: { options: {}, build: () => ({ kind: 'CT', notrack: true, shownAs: 'NOTRACK' }) },
  CT: {
    options: { notrack: 0 },
    unmodelled: ['helper', 'timeout', 'ctevents', 'expevents', 'zone'],
    build: (_who, options) => ({ kind: 'CT', notrack: has(options, 'notrack'), shownAs: 'CT' }),
  },
  TOS: {
    options: { 'set-tos': 1 },
    unmodelled: ['and-tos', 'or-tos', 'xor-tos'],
    build: (who, options) => {
      const text = find(options, 'set-tos');
      if (text === undefined) throw badParameter(who, 'TOS: The --set-tos parameter is required');
      return { kind: 'TOS', ...tosAndMask(who, 'TOS', 'set-tos', text) };
    },
  },
  DSCP: {
    options: { 'set-dscp': 1 },
    unmodelled: ['set-dscp-class'],
    build: (who, options) => {
      const text = find(options, 'set-dscp');
      if (text === undefined) throw badParameter(who, 'DSCP target: Parameter --set-dscp is required');
      return { kind: 'DSCP', value: smallNumber(who, 'DSCP', 'set-dscp', text, 63) };
    },
  },
  TTL: { options: { 'ttl-set': 1, 'ttl-dec': 1, 'ttl-inc': 1 }, build: buildTtl },
  TCPMSS: { options: { 'set-mss': 1, 'clamp-mss-to-pmtu': 0 }, build: buildTcpmss },
};

const OTHER_TARGETS = [
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'CLUSTERIP',
  'CONNSECMARK',
  'ECN',
  'HL',
  'HMARK',
  'IDLETIMER',
  'LED',
  'NETMAP',
  'NFLOG',
  'NFQUEUE',
  'QUEUE',
  'RATEEST',
  'SECMARK',
  'SET',
  'SYNPROXY',
  'TCPOPTSTRIP',
  'TEE',
  'TPROXY',
  'TRACE',
  'ULOG',
];

/** null: no target of that name; it may be a chain. */
export function targetExt(who: Speaker, name: string): TargetExt | null {
  const ext = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (ext !== undefined) return ext;
  if (OTHER_TARGETS.includes(name)) throw notModelled(who.name, `-j ${name}`);
  return null;
}

/** The word in the target column. */
export function targetName(target: XtTarget): string {
  switch (target.kind) {
    case 'none':
      return '';
    case 'verdict':
      return target.verdict;
    case 'jump':
      return target.chain;
    default:
      return target.kind;
  }
}

function rangeText(range: NatRange): string {
  const addrs =
    range.addrFirst === null
      ? ''
      : formatIpv4(range.addrFirst) +
        (range.addrLast === null || range.addrLast === range.addrFirst ? '' : `-${formatIpv4(range.addrLast)}`);
  return `${addrs}${range.portFirst === null ? '' : `:${portsText(range)}`}`;
}

function portsText(range: NatRange): string {
  return range.portLast === null || range.portLast === range.portFirst ? String(range.portFirst) : `${range.portFirst}-${range.portLast}`;
}

function listMark(name: string, value: number, mask: number): string {
  if (value === 0) return ` ${name} and ${hex(~mask >>> 0)}`;
  if (value === mask) return ` ${name} or ${hex(value)}`;
  if (mask === 0) return ` ${name} xor ${hex(value)}`;
  return mask === 0xffffffff ? ` ${name} set ${hex(value)}` : ` ${name} xset ${hex(value)}/${hex(mask)}`;
}

const hex2 = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

/** What stands behind the matches in -L; begins with a blank, or is empty. */
export function listTarget(target: XtTarget, numeric: boolean): string {
  switch (target.kind) {
    case 'none':
    case 'verdict':
      return '';
    case 'jump':
      return target.goto ? '[goto] ' : '';
    case 'REJECT':
      return ` reject-with ${target.with}`;
    case 'MARK':
      return listMark('MARK', target.value, target.mask);
    case 'CONNMARK':
      return target.op === 'set'
        ? listMark('CONNMARK', target.value, target.mask)
        : ` CONNMARK ${target.op}${target.ctMask === 0xffffffff && target.nfMask === 0xffffffff ? '' : ` nfmask ${hex(target.nfMask)} ctmask ~${hex(target.ctMask)}`}`;
    case 'MASQUERADE':
      return `${target.range.portFirst === null ? '' : ` masq ports: ${portsText(target.range)}`}${natFlags(target.range, ' ')}`;
    case 'REDIRECT':
      return `${target.range.portFirst === null ? '' : ` redir ports ${portsText(target.range)}`}${natFlags(target.range, ' ')}`;
    case 'SNAT':
    case 'DNAT':
      return ` to:${rangeText(target.range)}${natFlags(target.range, ' ')}`;
    case 'LOG': {
      const level = numeric ? `flags 0 level ${target.level}` : `level ${LOG_LEVELS[target.level]}`;
      return ` LOG ${level}${target.prefix === '' ? '' : ` prefix "${target.prefix}"`}`;
    }
    case 'CT':
      return target.shownAs === 'NOTRACK' ? ' NOTRACK' : ` CT${target.notrack ? ' notrack' : ''}`;
    case 'TOS':
      return ` TOS set ${hex2(target.value)}/${hex2(target.mask)}`;
    case 'DSCP':
      return ` DSCP set ${hex2(target.value)}`;
    case 'TTL':
      return ` TTL ${target.op === 'set' ? 'set to' : target.op === 'dec' ? 'decrement by' : 'increment by'} ${target.value}`;
    case 'TCPMSS':
      return target.mss === 'clamp' ? ' TCPMSS clamp to PMTU' : ` TCPMSS set ${target.mss}`;
  }
}

function natFlags(range: NatRange, prefix: string): string {
  return `${range.random ? `${prefix}random` : ''}${range.persistent ? `${prefix}persistent` : ''}`;
}
