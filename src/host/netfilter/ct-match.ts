/**
 * What `-m conntrack` asks for beside the state: protocol, addresses and ports of both directions, status, direction
 * and time left.
 * Comes from: match.ts, rule-text.ts, the iptables commands.
 * Source: Linux 6.1 net/netfilter/xt_conntrack.c, conntrack_mt(), ct_proto_port_check_v3(); iptables 1.8.9
 *   extensions/libxt_conntrack.c, conntrack_dump().
 */
import { NS_PER_S } from '../../engine/index.ts';
import { formatIpv4, prefixLenOf, type Ipv4 } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import type { CtAddrField, CtPortField, CtStatusName, CtTest, PortRange } from './rule.ts';
import type { CtEntry } from './state.ts';

/** In the order in which they print. */
export const CT_STATUS: readonly CtStatusName[] = ['EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'];

/** Tests in the order in which they print. */
export const CT_FIELDS: readonly CtTest['field'][] = [
  'proto',
  'origsrc',
  'origdst',
  'replsrc',
  'repldst',
  'origsrcport',
  'origdstport',
  'replsrcport',
  'repldstport',
  'status',
  'expire',
  'dir',
];

export function ctTestHit(net: Net, test: CtTest, entry: CtEntry, reply: boolean): boolean {
  switch (test.field) {
    case 'proto':
      return (entry.orig.proto === test.proto) !== test.not;
    case 'origsrc':
    case 'origdst':
    case 'replsrc':
    case 'repldst':
      return (((addrOf(entry, test.field) ^ test.addr) & test.mask) === 0) !== test.not;
    case 'status':
      return test.status.some((name) => hasStatus(entry, name)) !== test.not;
    case 'expire':
      // a first packet's entry has no date yet
      return within(test.range, entry.confirmed ? Math.floor((entry.expires - net.now) / NS_PER_S) : 0) !== test.not;
    case 'dir':
      return reply === test.not;
    default:
      return within(test.range, portOf(entry, test.field)) !== test.not;
  }
}

function within(range: PortRange, value: number): boolean {
  return value >= range.first && value <= range.last;
}

function addrOf(entry: CtEntry, field: CtAddrField): Ipv4 {
  const tuple = field === 'origsrc' || field === 'origdst' ? entry.orig : entry.reply;
  return field === 'origsrc' || field === 'replsrc' ? tuple.src : tuple.dst;
}

function portOf(entry: CtEntry, field: CtPortField): number {
  const tuple = field === 'origsrcport' || field === 'origdstport' ? entry.orig : entry.reply;
  return field === 'origsrcport' || field === 'replsrcport' ? tuple.sport : tuple.dport;
}

function hasStatus(entry: CtEntry, name: CtStatusName): boolean {
  switch (name) {
    case 'EXPECTED':
      return entry.expected;
    case 'SEEN_REPLY':
      return entry.seenReply;
    case 'ASSURED':
      return entry.assured;
    case 'CONFIRMED':
      return entry.confirmed;
  }
}

/** As rules print it; the options of a rule begin with two dashes, the listing has none. */
export function ctTestText(test: CtTest, dashes: '--' | ''): string {
  if (test.field === 'dir') return `${dashes}ctdir ${test.not ? 'REPLY' : 'ORIGINAL'}`;
  return `${test.not ? '! ' : ''}${dashes}ct${test.field} ${valueText(test)}`;
}

function valueText(test: Exclude<CtTest, { field: 'dir' }>): string {
  switch (test.field) {
    case 'proto':
      return String(test.proto);
    case 'status':
      return test.status.length === 0 ? 'NONE' : test.status.join(',');
    case 'origsrc':
    case 'origdst':
    case 'replsrc':
    case 'repldst': {
      const len = prefixLenOf(test.mask);
      return `${formatIpv4(test.addr)}${len === 32 ? '' : `/${len ?? formatIpv4(test.mask)}`}`;
    }
    default:
      return test.range.first === test.range.last ? String(test.range.first) : `${test.range.first}:${test.range.last}`;
  }
}
