/**
 * Matches as iptables -L prints them; how -S prints a rule stands in host/netfilter.
 * Comes from: list.ts.
 * Source: iptables 1.8.9: the print functions of the extensions named in match-parse.ts and match-parse-transport.ts.
 * Differs: nothing known.
 */
import { formatIpv4, formatMac } from '../../../wire/index.ts';
import { conntrackWords, ipvsWords, type PortRange, type XtMatch } from '../../../host/index.ts';
import { ICMP_NAMES, serviceName, tcpFlagsText } from './names.ts';

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function hex2(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

/** A mark with its mask, unless the mask is full. */
export function markText(value: number, mask: number): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

function rangeText(range: PortRange): string {
  return range.first === range.last ? String(range.first) : `${range.first}:${range.last}`;
}

/** `dpt:80`, `spts:1000:2000`, `dpt:!http`. */
function portListing(name: 'spt' | 'dpt', range: PortRange | null, not: boolean, numeric: boolean, proto: number): string {
  if (range === null) return '';
  const one = (port: number): string => (numeric ? String(port) : (serviceName(port, proto) ?? String(port)));
  const bang = not ? '!' : '';
  return range.first === range.last ? ` ${name}:${bang}${one(range.first)}` : ` ${name}s:${bang}${one(range.first)}:${one(range.last)}`;
}

function icmpListing(m: Extract<XtMatch, { kind: 'icmp' }>, numeric: boolean): string {
  if (!numeric) {
    const known = ICMP_NAMES.find((row) => row.type === m.type && row.first === m.codeFirst && row.last === m.codeLast);
    if (known !== undefined) return ` icmp ${m.not ? '!' : ''}${known.name}`;
  }
  const code =
    m.codeFirst === 0 && m.codeLast === 0xff
      ? ''
      : m.codeFirst === m.codeLast
        ? ` code ${m.codeFirst}`
        : ` codes ${m.codeFirst}-${m.codeLast}`;
  return ` icmp${lead(m.not)}type ${m.type}${code}`;
}

const MULTIPORT_LABEL = { source: 'sports', destination: 'dports', either: 'ports' } as const;

function multiportListing(m: Extract<XtMatch, { kind: 'multiport' }>, numeric: boolean, proto: number): string {
  const one = (range: PortRange): string =>
    numeric || range.first !== range.last ? rangeText(range) : (serviceName(range.first, proto) ?? rangeText(range));
  return ` multiport ${MULTIPORT_LABEL[m.which]} ${m.not ? ' !' : ''}${m.ports.map(one).join(',')}`;
}

const TTL_SIGN = { eq: '==', ne: '!=', lt: '<', gt: '>' } as const;
const bang = (not: boolean): string => (not ? '!' : '');
const lead = (not: boolean): string => (not ? ' !' : '');

/** Behind the addresses of -L; begins with a blank. */
export function listMatch(m: XtMatch, numeric: boolean, proto: number): string {
  switch (m.kind) {
    case 'tcp': {
      const flags = (bits: number): string => (numeric ? `0x${bits.toString(16).toUpperCase().padStart(2, '0')}` : tcpFlagsText(bits));
      const asked = m.flags === null ? '' : ` flags:${bang(m.flags.not)}${flags(m.flags.mask)}/${flags(m.flags.comp)}`;
      return ` tcp${portListing('spt', m.sport, m.sportNot, numeric, 6)}${portListing('dpt', m.dport, m.dportNot, numeric, 6)}${asked}`;
    }
    case 'udp':
      return ` udp${portListing('spt', m.sport, m.sportNot, numeric, 17)}${portListing('dpt', m.dport, m.dportNot, numeric, 17)}`;
    case 'icmp':
      return icmpListing(m, numeric);
    case 'multiport':
      return multiportListing(m, numeric, proto);
    case 'conntrack':
      return ` ${conntrackWords(m, '')}`;
    case 'mark':
      return ` mark match ${m.not ? '! ' : ''}${markText(m.value, m.mask)}`;
    case 'connmark':
      return ` connmark match ${m.not ? '! ' : ''} ${markText(m.value, m.mask)}`;
    case 'limit':
      return ` limit: avg ${m.shown} burst ${m.burst}`;
    case 'comment':
      return ` /* ${m.text} */`;
    case 'addrtype': {
      const src = m.src === null ? '' : ` src-type ${bang(m.srcNot)}${m.src.join(',')}`;
      const dst = m.dst === null ? '' : ` dst-type ${bang(m.dstNot)}${m.dst.join(',')}`;
      return ` ADDRTYPE match${src}${dst}`;
    }
    case 'mac':
      return ` MAC${lead(m.not)} ${formatMac(m.mac)}`;
    case 'tos':
      return ` tos match${bang(m.not)}${hex2(m.value)}/${hex2(m.mask)}`;
    case 'dscp':
      return ` DSCP match ${bang(m.not)}${hex2(m.value)}`;
    case 'ttl':
      return ` TTL match TTL ${TTL_SIGN[m.op]} ${m.value}`;
    case 'length':
      return ` length ${bang(m.not)}${m.first === m.last ? m.first : `${m.first}:${m.last}`}`;
    case 'iprange': {
      const range = (label: string, r: typeof m.src, not: boolean): string =>
        r === null ? '' : ` ${label} IP range ${not ? '! ' : ''}${formatIpv4(r.first)}-${formatIpv4(r.last)}`;
      return `${range('source', m.src, m.srcNot)}${range('destination', m.dst, m.dstNot)}`;
    }
    case 'ipvs':
      return ` ${ipvsWords(m, '').join(' ')}`;
    case 'pkttype':
      return ` PKTTYPE ${m.not ? '!' : ''}= ${m.type}`;
    case 'statistic':
      if (m.mode === 'random') return ` statistic mode random${lead(m.not)} probability ${m.shown}`;
      return ` statistic mode nth${lead(m.not)} every ${m.every}${m.packet === 0 ? '' : ` packet ${m.packet}`}`;
  }
}
