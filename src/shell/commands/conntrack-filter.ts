/**
 * Which entries the command conntrack is asked for.
 * Comes from: conntrack.ts.  Goes to: host/netfilter CtShown.
 * Source: conntrack-tools 1.4.7 src/conntrack.c (parse_parameter, filter_nat, filter_status), extensions/
 *   libct_proto_{tcp,udp,icmp}.c; libnetfilter_conntrack src/conntrack/objopt.c (IS_SNAT, IS_SPAT).
 */
import { inPrefix, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, parseIpv4, type Ipv4 } from '../../wire/index.ts';
import type { CtShown } from '../../host/index.ts';
import { entryOf } from '../entry-of.ts';
import { inetAton } from './net-tools.ts';
import { ToolError } from './tool-error.ts';

export const BANNER = 'conntrack v1.4.7 (conntrack-tools)';

export type Test = (entry: CtShown) => boolean;

export function bad(text: string): ToolError {
  return new ToolError(`${BANNER}: ${text}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`, 2);
}

/** An address, or a prefix as ADDR/LEN or ADDR/MASK. */
function prefixTest(text: string, pick: (entry: CtShown) => Ipv4): Test {
  const [first = '', mask] = text.split('/');
  const addr = inetAton(first);
  const len = mask === undefined ? 32 : /^\d+$/.test(mask) ? Number(mask) : maskLength(mask);
  if (addr === null || len === null || len > 32) throw bad(`Invalid IP address \`${text}'`);
  return (entry) => inPrefix(pick(entry), addr, len);
}

function maskLength(text: string): number | null {
  const mask = parseIpv4(text);
  if (mask === null) return null;
  const len = Math.clz32(~mask);
  return inPrefix(mask, 0xffffffff as Ipv4, len) ? len : null;
}

/** Tests of the addresses, by the short options that ask for them. */
export const ADDRESSES: Readonly<Record<string, (text: string) => Test>> = {
  '-s': (text) => prefixTest(text, ({ orig }) => orig.src),
  '-d': (text) => prefixTest(text, ({ orig }) => orig.dst),
  '-r': (text) => prefixTest(text, ({ reply }) => reply.src),
  '-q': (text) => prefixTest(text, ({ reply }) => reply.dst),
};

/** Where a protocol has ports, its words compare them; for ICMP the places of the ports hold other things. */
function portsDiffer(entry: CtShown, a: number, b: number): boolean {
  return entry.orig.proto === IPPROTO_ICMP || a !== b;
}

function srcNat(entry: CtShown, addr: Ipv4 | null): boolean {
  const { orig, reply, srcNatDone } = entry;
  if (!srcNatDone) return false;
  if (addr !== null) return reply.dst !== orig.src && reply.dst === addr;
  return reply.dst !== orig.src || portsDiffer(entry, reply.dport, orig.sport);
}

function dstNat(entry: CtShown, addr: Ipv4 | null): boolean {
  const { orig, reply, dstNatDone } = entry;
  if (!dstNatDone) return false;
  if (addr !== null) return reply.src !== orig.dst && reply.src === addr;
  return reply.src !== orig.dst || portsDiffer(entry, reply.sport, orig.dport);
}

/** `-n`, `-g`, `-j`: translated at all, or into this address. @param text null: any */
export function natTest(option: string, text: string | null): Test {
  const addr = text === null ? null : parseIpv4(text);
  if (text !== null && addr === null) throw bad(`Invalid IP address \`${text}'`);
  if (option === '-n') return (entry) => srcNat(entry, addr);
  if (option === '-g') return (entry) => dstNat(entry, addr);
  return (entry) => srcNat(entry, addr) || dstNat(entry, addr);
}

const STATUS: Readonly<Record<string, Test>> = {
  ASSURED: ({ assured }) => assured,
  SEEN_REPLY: ({ seenReply }) => seenReply,
  UNREPLIED: ({ seenReply }) => !seenReply,
};

/** `-u A,B`: all of them. */
export function statusTest(text: string): Test {
  const tests = text.split(',').map((word) => {
    const test = entryOf(STATUS, word);
    if (test === undefined) throw bad(`Bad parameter \`${word}'`);
    return test;
  });
  return (entry) => tests.every((test) => test(entry));
}

/** `-m VALUE[/MASK]` */
export function markTest(text: string): Test {
  const [value = '', mask] = text.split('/').map(Number);
  const bits = mask ?? 0xffffffff;
  return ({ mark }) => (((mark ^ Number(value)) & bits) | 0) === 0;
}

const TCP_STATES = ['NONE', 'SYN_SENT', 'SYN_RECV', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'TIME_WAIT', 'CLOSE', 'LISTEN'];

function stateTest(text: string): Test {
  if (!TCP_STATES.includes(text)) throw bad(`unknown TCP state \`${text}'`);
  return ({ tcp }) => tcp?.state === text;
}

function numberTest(text: string, pick: (entry: CtShown) => number): Test {
  const value = Number(text);
  return (entry) => pick(entry) === value;
}

const PORTS: Readonly<Record<string, (text: string) => Test>> = {
  '--sport': (text) => numberTest(text, ({ orig }) => orig.sport),
  '--orig-port-src': (text) => numberTest(text, ({ orig }) => orig.sport),
  '--dport': (text) => numberTest(text, ({ orig }) => orig.dport),
  '--orig-port-dst': (text) => numberTest(text, ({ orig }) => orig.dport),
  '--reply-port-src': (text) => numberTest(text, ({ reply }) => reply.sport),
  '--reply-port-dst': (text) => numberTest(text, ({ reply }) => reply.dport),
};

const ICMP: Readonly<Record<string, (text: string) => Test>> = {
  '--icmp-type': (text) => numberTest(text, ({ orig }) => orig.dport >>> 8),
  '--icmp-code': (text) => numberTest(text, ({ orig }) => orig.dport & 255),
  '--icmp-id': (text) => numberTest(text, ({ orig }) => orig.sport),
};

/** Options that a protocol brings along, from its `-p` on. */
export function protoOption(proto: number | null, option: string): ((text: string) => Test) | undefined {
  if (proto === IPPROTO_ICMP) return entryOf(ICMP, option);
  if (proto === IPPROTO_TCP && option === '--state') return stateTest;
  return proto === IPPROTO_TCP || proto === IPPROTO_UDP ? entryOf(PORTS, option) : undefined;
}
