/**
 * A rule as the arguments that would make it, the way `iptables -S` and iptables-save print it.
 * Comes from: the iptables commands, xtables.ts (records name the rule that decided).
 * Source: iptables 1.8.9 iptables/iptables.c, print_rule4(), and the save functions of extensions/.
 */
import { formatIpv4, formatMac, prefixLenOf, type Ipv4 } from '../../wire/index.ts';
import { ctTestText } from './ct-match.ts';
import {
  asksOnlyProperty,
  type AddrMask,
  type IpvsMatch,
  type NatRange,
  type PortRange,
  type XtMatch,
  type XtSpec,
  type XtTarget,
} from './rule.ts';

const PROTO_NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipencap',
  6: 'tcp',
  17: 'udp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  89: 'ospf',
  112: 'vrrp',
  132: 'sctp',
  136: 'udplite',
};

export function protoName(proto: number): string {
  return PROTO_NAMES[proto] ?? String(proto);
}

const TCP_FLAG_BITS: readonly (readonly [number, string])[] = [
  [0x01, 'FIN'],
  [0x02, 'SYN'],
  [0x04, 'RST'],
  [0x08, 'PSH'],
  [0x10, 'ACK'],
  [0x20, 'URG'],
];

export function tcpFlagsText(bits: number): string {
  if (bits === 0) return 'NONE';
  return TCP_FLAG_BITS.filter(([bit]) => (bits & bit) !== 0)
    .map(([, name]) => name)
    .join(',');
}

/** 10.0.0.0/24; a mask that is no prefix is written out. */
export function addrText(want: { readonly addr: Ipv4; readonly mask: Ipv4 }): string {
  const len = prefixLenOf(want.mask);
  return `${formatIpv4(want.addr)}/${len ?? formatIpv4(want.mask)}`;
}

/** Anything but letters, digits, - and _ puts a text into quotes (xtables_save_string). */
function quoted(text: string): string {
  return /^[-\w]+$/.test(text) ? text : `"${text.replace(/["'\\]/g, '\\$&')}"`;
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** A value with its mask, which is left out when it is all ones. */
export function markText(value: number, mask: number): string {
  return mask >>> 0 === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

export function rangeText(range: PortRange): string {
  return range.first === range.last ? String(range.first) : `${range.first}:${range.last}`;
}

function option(not: boolean, name: string, value: string): string {
  return `${not ? '! ' : ''}${name} ${value}`;
}

function addrOption(name: string, want: AddrMask | null): string[] {
  return want === null || (want.mask === 0 && !want.not) ? [] : [option(want.not, name, addrText(want))];
}

/** The whole rule: `-A INPUT -p tcp -m tcp --dport 80 -j DROP`. */
export function ruleText(chain: string, spec: XtSpec): string {
  const words = [`-A ${chain}`, ...addrOption('-s', spec.src), ...addrOption('-d', spec.dst)];
  if (spec.inIface !== null) words.push(option(spec.inIface.not, '-i', spec.inIface.name));
  if (spec.outIface !== null) words.push(option(spec.outIface.not, '-o', spec.outIface.name));
  if (spec.proto !== null) words.push(option(spec.proto.not, '-p', protoName(spec.proto.proto)));
  if (spec.fragment !== null) words.push(`${spec.fragment.not ? '! ' : ''}-f`);
  for (const match of spec.matches) words.push(matchText(match));
  const target = targetText(spec.target);
  if (target !== '') words.push(target);
  return words.join(' ');
}

function portOptions(m: { sport: PortRange | null; sportNot: boolean; dport: PortRange | null; dportNot: boolean }): string[] {
  const words: string[] = [];
  if (m.sport !== null) words.push(option(m.sportNot, '--sport', rangeText(m.sport)));
  if (m.dport !== null) words.push(option(m.dportNot, '--dport', rangeText(m.dport)));
  return words;
}

function matchText(m: XtMatch): string {
  switch (m.kind) {
    case 'tcp': {
      const words = ['-m tcp', ...portOptions(m)];
      if (m.flags !== null) words.push(option(m.flags.not, '--tcp-flags', `${tcpFlagsText(m.flags.mask)} ${tcpFlagsText(m.flags.comp)}`));
      return words.join(' ');
    }
    case 'udp':
      return ['-m udp', ...portOptions(m)].join(' ');
    case 'icmp':
      return `-m icmp ${option(m.not, '--icmp-type', icmpText(m))}`;
    case 'multiport': {
      const name = m.which === 'source' ? '--sports' : m.which === 'destination' ? '--dports' : '--ports';
      return `-m multiport ${option(m.not, name, m.ports.map(rangeText).join(','))}`;
    }
    case 'conntrack':
      return `-m ${m.via} ${conntrackWords(m, '--')}`;
    case 'mark':
    case 'connmark':
      return `-m ${m.kind} ${option(m.not, '--mark', markText(m.value, m.mask))}`;
    case 'comment':
      return `-m comment --comment ${quoted(m.text)}`;
    case 'limit':
      return `-m limit --limit ${m.shown}${m.burst === 5 ? '' : ` --limit-burst ${m.burst}`}`;
    default:
      return otherMatchText(m);
  }
}

/** What is asked of the connection, the state first. */
export function conntrackWords(m: XtMatch & { kind: 'conntrack' }, dashes: '--' | ''): string {
  const words = (m.tests ?? []).map((test) => ctTestText(test, dashes));
  if (m.states !== null) words.unshift(option(m.not, `${dashes}${m.via === 'state' ? 'state' : 'ctstate'}`, m.states.join(',')));
  return words.join(' ');
}

/** What is asked of IPVS, in the order in which iptables prints it. */
export function ipvsWords(m: IpvsMatch, dashes: '--' | ''): string[] {
  const words: string[] = [];
  const say = (not: boolean, text: string): void => {
    words.push(`${not ? '! ' : ''}${dashes}${text}`);
  };
  if (m.property !== null && asksOnlyProperty(m)) say(m.property.not, 'ipvs');
  if (m.proto !== null) say(m.proto.not, `vproto ${m.proto.proto}`);
  if (m.vaddr !== null) say(m.vaddr.not, `vaddr ${addrText(m.vaddr).replace(/\/32$/, '')}`);
  if (m.vport !== null) say(m.vport.not, `vport ${m.vport.port}`);
  if (m.dir !== null) say(false, `vdir ${m.dir}`);
  if (m.method !== null) say(m.method.not, `vmethod ${m.method.method}`);
  if (m.vportctl !== null) say(m.vportctl.not, `vportctl ${m.vportctl.port}`);
  return words;
}

export function icmpText(m: { readonly type: number; readonly codeFirst: number; readonly codeLast: number }): string {
  if (m.type === 255) return 'any';
  return m.codeFirst === 0 && m.codeLast === 255 ? String(m.type) : `${m.type}/${m.codeFirst}`;
}

function otherMatchText(
  m: Exclude<XtMatch, { kind: 'tcp' | 'udp' | 'icmp' | 'multiport' | 'conntrack' | 'mark' | 'connmark' | 'comment' | 'limit' }>,
): string {
  switch (m.kind) {
    case 'addrtype':
      return [
        '-m addrtype',
        ...(m.src === null ? [] : [option(m.srcNot, '--src-type', m.src.join(','))]),
        ...(m.dst === null ? [] : [option(m.dstNot, '--dst-type', m.dst.join(','))]),
      ].join(' ');
    case 'mac':
      return `-m mac ${option(m.not, '--mac-source', formatMac(m.mac).toUpperCase())}`;
    case 'tos':
      return `-m tos ${option(m.not, '--tos', `0x${m.value.toString(16).padStart(2, '0')}/0x${m.mask.toString(16).padStart(2, '0')}`)}`;
    case 'dscp':
      return `-m dscp ${option(m.not, '--dscp', `0x${m.value.toString(16).padStart(2, '0')}`)}`;
    case 'ttl':
      return `-m ttl ${m.op === 'ne' ? '! --ttl-eq' : `--ttl-${m.op}`} ${m.value}`;
    case 'length':
      return `-m length ${option(m.not, '--length', rangeText(m))}`;
    case 'iprange': {
      const words = ['-m iprange'];
      if (m.src !== null) words.push(option(m.srcNot, '--src-range', `${formatIpv4(m.src.first)}-${formatIpv4(m.src.last)}`));
      if (m.dst !== null) words.push(option(m.dstNot, '--dst-range', `${formatIpv4(m.dst.first)}-${formatIpv4(m.dst.last)}`));
      return words.join(' ');
    }
    case 'ipvs':
      return ['-m ipvs', ...ipvsWords(m, '--')].join(' ');
    case 'pkttype':
      return `-m pkttype ${option(m.not, '--pkt-type', m.type)}`;
    case 'statistic':
      return m.mode === 'random'
        ? `-m statistic --mode random ${option(m.not, '--probability', m.shown)}`
        : `-m statistic --mode nth ${option(m.not, '--every', String(m.every))} --packet ${m.packet}`;
  }
}

function portsText(range: NatRange): string {
  if (range.portFirst === null) return '';
  return range.portFirst === range.portLast || range.portLast === null ? String(range.portFirst) : `${range.portFirst}-${range.portLast}`;
}

/** addr[-addr][:port[-port]] */
export function natRangeText(range: NatRange): string {
  const ports = portsText(range);
  const addrs =
    range.addrFirst === null
      ? ''
      : range.addrLast === null || range.addrLast === range.addrFirst
        ? formatIpv4(range.addrFirst)
        : `${formatIpv4(range.addrFirst)}-${formatIpv4(range.addrLast)}`;
  return ports === '' ? addrs : `${addrs}:${ports}`;
}

function natFlags(range: NatRange): string {
  return `${range.random ? ' --random' : ''}${range.persistent ? ' --persistent' : ''}`;
}

function targetText(t: XtTarget): string {
  switch (t.kind) {
    case 'none':
      return '';
    case 'verdict':
      return `-j ${t.verdict}`;
    case 'jump':
      return `${t.goto ? '-g' : '-j'} ${t.chain}`;
    case 'REJECT':
      return `-j REJECT --reject-with ${t.with}`;
    case 'MARK':
      return `-j MARK --set-xmark ${hex(t.value)}/${hex(t.mask)}`;
    case 'CONNMARK':
      return t.op === 'set'
        ? `-j CONNMARK --set-xmark ${hex(t.value)}/${hex(t.mask)}`
        : `-j CONNMARK --${t.op}-mark --nfmask ${hex(t.nfMask)} --ctmask ${hex(t.ctMask)}`;
    case 'SNAT':
      return `-j SNAT --to-source ${natRangeText(t.range)}${natFlags(t.range)}`;
    case 'DNAT':
      return `-j DNAT --to-destination ${natRangeText(t.range)}${natFlags(t.range)}`;
    case 'MASQUERADE':
    case 'REDIRECT': {
      const ports = portsText(t.range);
      return `-j ${t.kind}${ports === '' ? '' : ` --to-ports ${ports}`}${t.range.random ? ' --random' : ''}`;
    }
    case 'LOG':
      return `-j LOG${t.prefix === '' ? '' : ` --log-prefix ${quoted(t.prefix)}`}${t.level === 4 ? '' : ` --log-level ${t.level}`}`;
    case 'CT':
      return t.shownAs === 'NOTRACK' ? '-j NOTRACK' : `-j CT${t.notrack ? ' --notrack' : ''}`;
    case 'TOS':
      return `-j TOS --set-tos 0x${t.value.toString(16).padStart(2, '0')}/0x${t.mask.toString(16).padStart(2, '0')}`;
    case 'DSCP':
      return `-j DSCP --set-dscp 0x${t.value.toString(16).padStart(2, '0')}`;
    case 'TTL':
      return `-j TTL --ttl-${t.op} ${t.value}`;
    case 'TCPMSS':
      return t.mss === 'clamp' ? '-j TCPMSS --clamp-mss-to-pmtu' : `-j TCPMSS --set-mss ${t.mss}`;
  }
}
