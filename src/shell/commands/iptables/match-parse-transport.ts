/**
 * Options of iptables' matches on transport protocols (tcp, udp, icmp, multiport), from words to rule data.
 * Comes from: match-parse.ts.  Goes to: host/netfilter's XtMatch.
 * Source: iptables 1.8.9 extensions/libxt_{tcp,udp,multiport}.c, libipt_icmp.c.
 * Differs: of tcp not --tcp-option.
 */
import type { PortRange, XtMatch } from '../../../host/index.ts';
import { badParameter, type Speaker } from './complain.ts';
import { find, first, required, type ExtOption, type MatchExt } from './match-option.ts';
import { ICMP_NAMES, servicePort, TCP_FLAG_NAMES } from './names.ts';

function port(who: Speaker, text: string): number {
  const value = servicePort(text);
  if (value === null) throw badParameter(who, `invalid port/service \`${text}' specified`);
  return value;
}

export function portRange(who: Speaker, text: string): PortRange {
  const colon = text.indexOf(':');
  if (colon < 0) {
    const value = port(who, text);
    return { first: value, last: value };
  }
  const range = {
    first: colon === 0 ? 0 : port(who, text.slice(0, colon)),
    last: colon === text.length - 1 ? 65535 : port(who, text.slice(colon + 1)),
  };
  if (range.first > range.last) throw badParameter(who, 'invalid portrange (min > max)');
  return range;
}

function ports(
  who: Speaker,
  options: readonly ExtOption[],
): { sport: PortRange | null; sportNot: boolean; dport: PortRange | null; dportNot: boolean } {
  const s = find(options, 'sport');
  const d = find(options, 'dport');
  return {
    sport: s === undefined ? null : portRange(who, first(s)),
    sportNot: s?.not ?? false,
    dport: d === undefined ? null : portRange(who, first(d)),
    dportNot: d?.not ?? false,
  };
}

const PORT_ALIASES = { 'source-port': 'sport', 'destination-port': 'dport' };
const SYN_MASK = 0x17;
const SYN = 0x02;

function tcpFlags(who: Speaker, text: string): number {
  let bits = 0;
  for (const word of text.split(',')) {
    const upper = word.toUpperCase();
    if (upper === 'NONE') continue;
    const known = upper === 'ALL' ? 0x3f : TCP_FLAG_NAMES.find(([name]) => name === upper)?.[1];
    if (known === undefined) throw badParameter(who, `Unknown TCP flag \`${word}'`);
    bits |= known;
  }
  return bits;
}

/** These read their values at once, and know their options once each, the two on flags together. */
function checkTransport(who: Speaker, options: readonly ExtOption[]): void {
  const last = options.at(-1);
  if (last === undefined) return;
  if (last.name === 'sport' || last.name === 'dport') {
    if (options.filter((one) => one.name === last.name).length > 1)
      throw badParameter(who, `Only one \`--${last.name === 'sport' ? 'source' : 'destination'}-port' allowed`);
    portRange(who, first(last));
  } else if (options.filter((one) => one.name === 'syn' || one.name === 'tcp-flags').length > 1)
    throw badParameter(who, "Only one of `--syn' or `--tcp-flags'  allowed");
  else if (last.values[1]?.startsWith('-') === true) throw badParameter(who, '--tcp-flags requires two args.');
}

function buildTcp(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const syn = find(options, 'syn');
  const flags = find(options, 'tcp-flags');
  let asked: { mask: number; comp: number; not: boolean } | null = null;
  if (syn !== undefined) asked = { mask: SYN_MASK, comp: SYN, not: syn.not };
  else if (flags !== undefined) asked = { mask: tcpFlags(who, first(flags)), comp: tcpFlags(who, flags.values[1] ?? ''), not: flags.not };
  return { kind: 'tcp', ...ports(who, options), flags: asked };
}

function buildIcmp(who: Speaker, options: readonly ExtOption[]): XtMatch {
  const option = required(who, options, 'icmp', 'icmp-type');
  const text = first(option);
  const numeric = /^(\d+)(?:\/(\d+))?$/.exec(text);
  if (numeric !== null) {
    const type = Number(numeric[1]);
    const code = numeric[2] === undefined ? null : Number(numeric[2]);
    if (type > 255 || (code ?? 0) > 255) throw badParameter(who, `Unknown ICMP type \`${text}'`);
    return { kind: 'icmp', type, codeFirst: code ?? 0, codeLast: code ?? 0xff, not: option.not };
  }
  const lower = text.toLowerCase();
  const exact = ICMP_NAMES.find((one) => one.name.toLowerCase() === lower);
  const begins = ICMP_NAMES.filter((one) => one.name.toLowerCase().startsWith(lower));
  const row = exact ?? begins[0];
  if (row === undefined) throw badParameter(who, `Unknown ICMP type \`${text}'`);
  if (exact === undefined && begins.length > 1)
    throw badParameter(who, `Ambiguous ICMP type \`${text}': \`${row.name}' or \`${begins[1]?.name}'?`);
  return { kind: 'icmp', type: row.type, codeFirst: row.first, codeLast: row.last, not: option.not };
}

const MULTIPORT_WHICH = {
  'source-ports': 'source',
  'destination-ports': 'destination',
  ports: 'either',
} as const;
const MULTIPORT_PROTOS = [6, 17, 33, 132, 136];
/** Ranges count for two (XT_MULTI_PORTS). */
const MULTIPORT_MAX = 15;

function buildMultiport(who: Speaker, options: readonly ExtOption[], proto: number | null): XtMatch {
  if (proto === null || !MULTIPORT_PROTOS.includes(proto))
    throw badParameter(who, "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
  const option = options[0];
  if (option === undefined) throw badParameter(who, 'multiport expection an option');
  const list = first(option)
    .split(',')
    .map((one) => portRange(who, one));
  const count = list.reduce((sum, range) => sum + (range.first === range.last ? 1 : 2), 0);
  if (count > MULTIPORT_MAX) throw badParameter(who, 'too many ports specified');
  return {
    kind: 'multiport',
    which: MULTIPORT_WHICH[option.name as keyof typeof MULTIPORT_WHICH],
    ports: list,
    not: option.not,
  };
}

export const TRANSPORT_MATCHES: Readonly<Record<string, MatchExt>> = {
  tcp: {
    options: { sport: 1, dport: 1, syn: 0, 'tcp-flags': 2 },
    aliases: PORT_ALIASES,
    unmodelled: ['tcp-option'],
    check: checkTransport,
    build: buildTcp,
  },
  udp: {
    options: { sport: 1, dport: 1 },
    aliases: PORT_ALIASES,
    check: checkTransport,
    build: (who, options) => ({ kind: 'udp', ...ports(who, options) }),
  },
  icmp: { options: { 'icmp-type': 1 }, build: buildIcmp },
  multiport: {
    options: { 'source-ports': 1, 'destination-ports': 1, ports: 1 },
    aliases: { sports: 'source-ports', dports: 'destination-ports' },
    build: buildMultiport,
  },
};
