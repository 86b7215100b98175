/**
 * Finds expressions that no packet can satisfy, such as `tcp and udp`.
 * Comes from: filter-parse.ts.
 * Source: libpcap 1.10 optimize.c, gencode.c: "expression rejects all packets".
 * Differs: only protocols are followed, not addresses, ports and values.
 */
import type { FilterExpr, FilterNumber } from './filter.ts';

/** Kinds of packets, one bit each. */
const ARP = 1;
const TCP = 2;
const UDP = 4;
const ICMP = 8;
const SCTP = 16;
const OTHER_IP = 32;
const OTHER = 64;
const IP = TCP | UDP | ICMP | SCTP | OTHER_IP;
const ALL = 127;

const PROTOS: Readonly<Record<number, number>> = { 1: ICMP, 6: TCP, 17: UDP, 132: SCTP };
const BASES: Readonly<Record<string, number>> = { ip: IP, arp: ARP, tcp: TCP, udp: UDP, icmp: ICMP, ether: ALL };

function ofNumber(number: FilterNumber): number {
  if (number.op === 'load') return (BASES[number.base] ?? ALL) & ofNumber(number.offset);
  return 'a' in number ? ofNumber(number.a) & ofNumber(number.b) : ALL;
}

/** The kinds that an expression lets through, and whether it asks for nothing but the kind. */
function kindsOf(expr: FilterExpr): { kinds: number; pure: boolean } {
  switch (expr.op) {
    case 'and': {
      const [a, b] = [kindsOf(expr.a), kindsOf(expr.b)];
      return { kinds: a.kinds & b.kinds, pure: a.pure && b.pure };
    }
    case 'or': {
      const [a, b] = [kindsOf(expr.a), kindsOf(expr.b)];
      return { kinds: a.kinds | b.kinds, pure: a.pure && b.pure };
    }
    case 'not': {
      const inner = kindsOf(expr.a);
      return inner.pure ? { kinds: ALL & ~inner.kinds, pure: true } : { kinds: ALL, pure: false };
    }
    case 'ether-type':
      if (expr.type === 0x0800) return { kinds: IP, pure: true };
      return { kinds: expr.type === 0x0806 ? ARP : OTHER, pure: expr.type === 0x0806 };
    case 'ip-proto':
      return { kinds: PROTOS[expr.proto] ?? OTHER_IP, pure: expr.proto in PROTOS };
    case 'port':
      return { kinds: expr.proto === null ? TCP | UDP | SCTP : (PROTOS[expr.proto] ?? OTHER_IP), pure: false };
    case 'net':
      return { kinds: expr.of === 'ip' ? IP : expr.of === 'arp' ? ARP : IP | ARP | OTHER, pure: false };
    case 'relation':
      return { kinds: ofNumber(expr.a) & ofNumber(expr.b), pure: false };
    default:
      return { kinds: ALL, pure: false };
  }
}

export function rejectsAll(expr: FilterExpr): boolean {
  return kindsOf(expr).kinds === 0;
}
