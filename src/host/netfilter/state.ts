/**
 * The packet filter's state: tables with chains of rules, and tracked connections.
 * Source: Linux 6.1 net/netfilter/x_tables.c, include/net/netfilter/nf_conntrack.h (struct nf_conn).
 */
import { createIntMap, type IntMap, type Nanos } from '../../engine/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { ArpChain, XtTable } from './rule.ts';

/** One direction of a connection (nf_conntrack_tuple); for ICMP sport is the identifier, dport type × 256 + code. */
export interface CtTuple {
  readonly proto: number;
  readonly src: Ipv4;
  readonly dst: Ipv4;
  readonly sport: number;
  readonly dport: number;
}

export type CtTcpState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

/** What one side of a TCP connection has said (struct ip_ct_tcp_state). */
export interface CtTcpSide {
  /** sequence number behind the last byte it sent */
  end: number;
  /** the other side has not acknowledged all of it */
  unacked: boolean;
  /** it sent the first FIN */
  closeInit: boolean;
}

export interface CtTcp {
  state: CtTcpState;
  /** of the original direction, then of the reply */
  sides: [CtTcpSide, CtTcpSide];
  /** the last packet: direction (0, 1), kind, numbers */
  lastDir: number;
  lastKind: string;
  lastSeq: number;
  lastAck: number;
  lastEnd: number;
  lastWindow: number;
  /** how often it came again */
  retrans: number;
}

/** A tracked connection. */
export interface CtEntry {
  readonly id: number;
  orig: CtTuple;
  reply: CtTuple;
  /** of each direction: what follows in its chain of the table */
  next: [number, number];
  /** in the table: its first packet has left the host or reached a socket */
  confirmed: boolean;
  /** a packet of the reply direction was seen */
  seenReply: boolean;
  assured: boolean;
  /** the entry whose packets made this one expected, or null */
  master: number | null;
  /** translation was decided for source and destination, even if to nothing */
  srcNatDone: boolean;
  dstNatDone: boolean;
  /** the packets' source or destination is rewritten */
  srcNat: boolean;
  dstNat: boolean;
  mark: number;
  tcp: CtTcp | null;
  /** UDP: still talked both ways after this moment, it is a stream and lives longer */
  streamAfter: number;
  createdAt: Nanos;
  /** seconds of the timeout in force */
  timeoutS: number;
  /** gone after this moment; entries are swept out when somebody looks or the table grows */
  expires: number;
  /** counters for `conntrack -L` with accounting */
  packets: [number, number];
  bytes: [number, number];
  /** nf_conntrack_acct was on when it began */
  readonly counted: boolean;
  /** somebody listened when it began: events are told of it */
  watched: boolean;
  /** something has changed that has not been told yet */
  changed: boolean;
}

/** What a listener is told about an entry: as it was then. */
export interface CtEvent {
  readonly what: 'NEW' | 'UPDATE' | 'DESTROY';
  readonly entry: CtEntry;
  readonly leftS: number;
  /** the process that did it, when it was done by hand */
  readonly by: number | null;
}

export interface NetfilterState {
  /**
   * How much there is for hooks to do: tables in use, users of tracking, silent addresses, services of IPVS. Packets of a
   * host that has nothing of it pass its hooks unseen, as through those of a kernel whose nf_hooks_needed is off.
   */
  hooksNeeded: number;
  /** tables that somebody has looked at or filled, in the order of creation; the kernel makes them on first use */
  tables: XtTable[];
  /** null until arptables is first used */
  arp: ArpChain[] | null;
  /** a rule (or another room, see ctHolds) needs connections tracked */
  ctNeeded: boolean;
  /** number of users of tracking that are no rules: IPVS for FTP */
  ctHolds: number;
  /** sockets that listen to what becomes of entries */
  ctListeners: number[];
  /** packets that belonged to no connection */
  ctInvalid: number;
  /** own addresses that no packet may come to or go from, as keepalived keeps them in an nftables table of its own */
  silent: Ipv4[];
  conns: IntMap<CtEntry>;
  /** hash of a tuple of either direction → the first of its chain, see ct-table.ts */
  byTuple: IntMap<number>;
  nextCt: number;
  /** ids of entries whose first packet is still under way (or was dropped) */
  unconfirmed: number[];
}

export function createNetfilter(): NetfilterState {
  return {
    hooksNeeded: 0,
    tables: [],
    arp: null,
    ctNeeded: false,
    ctHolds: 0,
    ctListeners: [],
    ctInvalid: 0,
    silent: [],
    conns: createIntMap(),
    byTuple: createIntMap(),
    nextCt: 1,
    unconfirmed: [],
  };
}
