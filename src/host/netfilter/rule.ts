/**
 * Rules of iptables and arptables as plain data: what a rule asks of a packet and what it does.
 * Comes from: the iptables and arptables commands, which build rules and print them.
 * Goes to: match.ts and target.ts, which read them for each packet.
 * Source: Linux 6.1 include/uapi/linux/netfilter_ipv4/ip_tables.h (ipt_entry), netfilter/xt_*.h,
 *   netfilter_arp/arp_tables.h; iptables 1.8.9 for the options' names.
 */
import type { Ipv4, Mac } from '../../wire/index.ts';

/** An address with a mask, perhaps turned round by `!`. */
export interface AddrMask {
  readonly addr: Ipv4;
  readonly mask: Ipv4;
  readonly not: boolean;
}

/** An interface name; a trailing + matches any that begins so. */
export interface IfaceMatch {
  readonly name: string;
  readonly not: boolean;
}

/** From first to last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export type CtStateName = 'INVALID' | 'NEW' | 'ESTABLISHED' | 'RELATED' | 'UNTRACKED' | 'SNAT' | 'DNAT';

export type AddrType = 'UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT';

export type CtStatusName = 'EXPECTED' | 'SEEN_REPLY' | 'ASSURED' | 'CONFIRMED';
export type CtAddrField = 'origsrc' | 'origdst' | 'replsrc' | 'repldst';
export type CtPortField = 'origsrcport' | 'origdstport' | 'replsrcport' | 'repldstport';

export type CtTest =
  | { readonly field: 'proto'; readonly proto: number; readonly not: boolean }
  | { readonly field: CtAddrField; readonly addr: Ipv4; readonly mask: Ipv4; readonly not: boolean }
  | { readonly field: CtPortField; readonly range: PortRange; readonly not: boolean }
  | { readonly field: 'status'; readonly status: readonly CtStatusName[]; readonly not: boolean }
  | { readonly field: 'expire'; readonly range: PortRange; readonly not: boolean }
  /** not: answers */
  | { readonly field: 'dir'; readonly not: boolean };

/** What IPVS knows of a packet. null: not asked for. */
export interface IpvsMatch {
  readonly kind: 'ipvs';
  readonly property: { readonly not: boolean } | null;
  readonly proto: { readonly proto: number; readonly not: boolean } | null;
  readonly vaddr: AddrMask | null;
  readonly vport: { readonly port: number; readonly not: boolean } | null;
  readonly dir: 'ORIGINAL' | 'REPLY' | null;
  readonly method: { readonly method: IpvsMethodName; readonly not: boolean } | null;
  /** the virtual port of the connection that this one belongs to: a template, or the control connection of FTP */
  readonly vportctl: { readonly port: number; readonly not: boolean } | null;
}

/** The mark that IPVS leaves on what it sends on is all that is asked for (XT_IPVS_IPVS_PROPERTY alone). */
export function asksOnlyProperty(m: IpvsMatch): boolean {
  return m.proto === null && m.vaddr === null && m.vport === null && m.dir === null && m.method === null && m.vportctl === null;
}

export type IpvsMethodName = 'GATE' | 'IPIP' | 'MASQ';

export type XtMatch =
  | IpvsMatch
  | {
      readonly kind: 'tcp';
      readonly sport: PortRange | null;
      readonly sportNot: boolean;
      readonly dport: PortRange | null;
      readonly dportNot: boolean;
      /** all of `mask` looked at, exactly `comp` set; TCP_… bits */
      readonly flags: { readonly mask: number; readonly comp: number; readonly not: boolean } | null;
    }
  | {
      readonly kind: 'udp';
      readonly sport: PortRange | null;
      readonly sportNot: boolean;
      readonly dport: PortRange | null;
      readonly dportNot: boolean;
    }
  /** type 255 is any */
  | {
      readonly kind: 'icmp';
      readonly type: number;
      readonly codeFirst: number;
      readonly codeLast: number;
      readonly not: boolean;
    }
  | {
      readonly kind: 'multiport';
      readonly which: 'source' | 'destination' | 'either';
      readonly ports: readonly PortRange[];
      readonly not: boolean;
    }
  /** `-m state --state` and `-m conntrack --ctstate` differ only in how they print; null: any state, or none */
  | {
      readonly kind: 'conntrack';
      readonly via: 'conntrack' | 'state';
      readonly states: readonly CtStateName[] | null;
      readonly not: boolean;
      readonly tests?: readonly CtTest[];
    }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly not: boolean }
  | { readonly kind: 'connmark'; readonly value: number; readonly mask: number; readonly not: boolean }
  /** one packet every `avg` tenths of a millisecond on average; `shown` is the rate as iptables prints it: '3/hour' */
  | { readonly kind: 'limit'; readonly avg: number; readonly burst: number; readonly shown: string }
  | { readonly kind: 'comment'; readonly text: string }
  | {
      readonly kind: 'addrtype';
      readonly src: readonly AddrType[] | null;
      readonly srcNot: boolean;
      readonly dst: readonly AddrType[] | null;
      readonly dstNot: boolean;
    }
  | { readonly kind: 'mac'; readonly mac: Mac; readonly not: boolean }
  | { readonly kind: 'tos'; readonly value: number; readonly mask: number; readonly not: boolean }
  | { readonly kind: 'dscp'; readonly value: number; readonly not: boolean }
  | { readonly kind: 'ttl'; readonly op: 'eq' | 'ne' | 'lt' | 'gt'; readonly value: number }
  | { readonly kind: 'length'; readonly first: number; readonly last: number; readonly not: boolean }
  | {
      readonly kind: 'iprange';
      readonly src: { readonly first: Ipv4; readonly last: Ipv4 } | null;
      readonly srcNot: boolean;
      readonly dst: { readonly first: Ipv4; readonly last: Ipv4 } | null;
      readonly dstNot: boolean;
    }
  | { readonly kind: 'pkttype'; readonly type: 'unicast' | 'broadcast' | 'multicast'; readonly not: boolean }
  /** random: chance in units of 2^-31, `shown` as iptables prints it; nth: every n-th packet, the first of them number `packet`, counted from 0 */
  | {
      readonly kind: 'statistic';
      readonly mode: 'random';
      readonly probability: number;
      readonly shown: string;
      readonly not: boolean;
    }
  | {
      readonly kind: 'statistic';
      readonly mode: 'nth';
      readonly every: number;
      readonly packet: number;
      readonly not: boolean;
    };

export type RejectWith =
  | 'icmp-net-unreachable'
  | 'icmp-host-unreachable'
  | 'icmp-proto-unreachable'
  | 'icmp-port-unreachable'
  | 'icmp-net-prohibited'
  | 'icmp-host-prohibited'
  | 'icmp-admin-prohibited'
  | 'tcp-reset';

/** Addresses and ports to translate to; nulls leave that part as it is. */
export interface NatRange {
  readonly addrFirst: Ipv4 | null;
  readonly addrLast: Ipv4 | null;
  readonly portFirst: number | null;
  readonly portLast: number | null;
  readonly random: boolean;
  readonly persistent: boolean;
}

export type XtTarget =
  /** a rule without target counts and goes on */
  | { readonly kind: 'none' }
  | { readonly kind: 'verdict'; readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'jump'; readonly chain: string; readonly goto: boolean }
  | { readonly kind: 'REJECT'; readonly with: RejectWith }
  /** new mark = (mark & ~mask) ^ value: --set-mark, --set-xmark, --and-mark, --or-mark, --xor-mark all come to this */
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number }
  | { readonly kind: 'CONNMARK'; readonly op: 'set'; readonly value: number; readonly mask: number }
  | {
      readonly kind: 'CONNMARK';
      readonly op: 'save' | 'restore';
      readonly ctMask: number;
      readonly nfMask: number;
    }
  | { readonly kind: 'MASQUERADE'; readonly range: NatRange }
  | { readonly kind: 'SNAT'; readonly range: NatRange }
  | { readonly kind: 'DNAT'; readonly range: NatRange }
  | { readonly kind: 'REDIRECT'; readonly range: NatRange }
  | { readonly kind: 'LOG'; readonly level: number; readonly prefix: string }
  | { readonly kind: 'CT'; readonly notrack: boolean; readonly shownAs: 'NOTRACK' | 'CT' }
  | { readonly kind: 'TOS'; readonly value: number; readonly mask: number }
  | { readonly kind: 'DSCP'; readonly value: number }
  | { readonly kind: 'TTL'; readonly op: 'set' | 'dec' | 'inc'; readonly value: number }
  | { readonly kind: 'TCPMSS'; readonly mss: number | 'clamp' };

/** What a rule asks for, without its counters: what the command hands in. */
export interface XtSpec {
  readonly src: AddrMask | null;
  readonly dst: AddrMask | null;
  readonly inIface: IfaceMatch | null;
  readonly outIface: IfaceMatch | null;
  /** IPPROTO_…; null is any */
  readonly proto: { readonly proto: number; readonly not: boolean } | null;
  /** -f: second and further fragments */
  readonly fragment: { readonly not: boolean } | null;
  readonly matches: readonly XtMatch[];
  readonly target: XtTarget;
}

/** A rule as it stands in a chain. */
export interface XtRule {
  readonly spec: XtSpec;
  packets: number;
  bytes: number;
  /** memory of matches that have one (limit: tokens in ms and when filled; statistic nth: packets seen), by index of the match */
  memory: Record<number, { a: number; b: number }>;
}

export const ANY_SPEC: XtSpec = {
  src: null,
  dst: null,
  inIface: null,
  outIface: null,
  proto: null,
  fragment: null,
  matches: [],
  target: { kind: 'none' },
};

export const NO_NAT_RANGE: NatRange = {
  addrFirst: null,
  addrLast: null,
  portFirst: null,
  portLast: null,
  random: false,
  persistent: false,
};

export function createXtRule(spec: XtSpec): XtRule {
  return { spec, packets: 0, bytes: 0, memory: {} };
}

export type XtTableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security';
export type XtHook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';
export type XtPolicy = 'ACCEPT' | 'DROP';

export interface XtChain {
  readonly name: string;
  /** null for a chain the user made */
  policy: XtPolicy | null;
  packets: number;
  bytes: number;
  rules: XtRule[];
}

export interface XtTable {
  readonly name: XtTableName;
  /** built-in chains in the kernel's order, then the user's in order of creation */
  chains: XtChain[];
}

export interface ArpSpec {
  /** sender and target protocol address */
  readonly src: AddrMask | null;
  readonly dst: AddrMask | null;
  readonly srcMac: { readonly mac: Mac; readonly mask: Mac; readonly not: boolean } | null;
  readonly dstMac: { readonly mac: Mac; readonly mask: Mac; readonly not: boolean } | null;
  readonly inIface: IfaceMatch | null;
  readonly outIface: IfaceMatch | null;
  readonly opcode: { readonly op: number; readonly not: boolean } | null;
  readonly target: ArpTarget;
}

export type ArpTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'verdict'; readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'jump'; readonly chain: string }
  | {
      readonly kind: 'mangle';
      readonly ipSrc: Ipv4 | null;
      readonly ipDst: Ipv4 | null;
      readonly macSrc: Mac | null;
      readonly macDst: Mac | null;
      /** --mangle-target, default ACCEPT */
      readonly mangleTarget: 'ACCEPT' | 'DROP' | 'CONTINUE';
    };

export interface ArpRule {
  spec: ArpSpec;
  packets: number;
  bytes: number;
}

export interface ArpChain {
  name: string;
  policy: XtPolicy | null;
  /** the policy counts what it decides: only once it has been set by hand */
  counts: boolean;
  packets: number;
  bytes: number;
  rules: ArpRule[];
}

export const ANY_ARP_SPEC: ArpSpec = {
  src: null,
  dst: null,
  srcMac: null,
  dstMac: null,
  inIface: null,
  outIface: null,
  opcode: null,
  target: { kind: 'none' },
};
