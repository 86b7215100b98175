/**
 * The packet filter's state: tables with chains of rules, and tracked connections.
 * Source: Linux 6.1 net/netfilter/x_tables.c, include/net/netfilter/nf_conntrack.h (struct nf_conn).
 */
import { createRowIndex, createRows, type Nanos, type RowIndex, type Rows } from '../../engine/index.ts';
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
export interface CtSide {
  /** sequence number behind the last byte it sent */
  end: number;
  /** the other side has not acknowledged all of it */
  unacked: boolean;
  /** it sent the first FIN */
  closeInit: boolean;
}

/** Kind of a TCP segment; none: it has none of the flags that count. */
export type CtTcpKind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';

/** What TCP knows of a connection beside its sides (struct ip_ct_tcp). */
export interface CtTcp {
  state: CtTcpState;
  /** the last packet: direction (0, 1), kind ('': none yet), numbers */
  lastDir: number;
  lastKind: CtTcpKind | '';
  lastSeq: number;
  lastAck: number;
  lastEnd: number;
  /** -1: none yet */
  lastWindow: number;
  /** how often it came again */
  retrans: number;
}

/** What is told of a tracked connection, in listings and events. */
export interface CtShown {
  readonly id: number;
  readonly orig: CtTuple;
  readonly reply: CtTuple;
  /** a packet of the reply direction was seen */
  readonly seenReply: boolean;
  readonly assured: boolean;
  /** translation was decided for source and destination, even if to nothing */
  readonly srcNatDone: boolean;
  readonly dstNatDone: boolean;
  readonly mark: number;
  readonly tcp: { readonly state: CtTcpState } | null;
  /** counters of both directions for `conntrack -L` with accounting */
  readonly packets: readonly [number, number];
  readonly bytes: readonly [number, number];
  /** nf_conntrack_acct was on when it began */
  readonly counted: boolean;
}

/**
 * A tracked connection. There may be very many: the table keeps it as two rows of numbers, and code has a hand that
 * reaches into them (ct-row.ts), good for the event under way.
 */
export interface CtEntry extends CtShown {
  readonly orig: CtTuple;
  /** only before others can find it */
  reply: CtTuple;
  readonly proto: number;
  /** look-ups find it */
  hangs: boolean;
  /** its first packet has left the host or reached a socket */
  confirmed: boolean;
  seenReply: boolean;
  assured: boolean;
  /** another entry's packets made it expected */
  readonly expected: boolean;
  srcNatDone: boolean;
  dstNatDone: boolean;
  /** the packets' source or destination is rewritten */
  srcNat: boolean;
  dstNat: boolean;
  mark: number;
  readonly tcp: CtTcp | null;
  /** of TCP: 0 the side that began, 1 the other */
  side(dir: 0 | 1): CtSide;
  /** counts a packet of a direction: 0 that of the first one, 1 back */
  count(dir: 0 | 1, lenBytes: number): void;
  packets: readonly [number, number];
  bytes: readonly [number, number];
  readonly createdAt: Nanos;
  /** gone after this moment; entries are swept out when somebody looks or the table grows */
  expires: Nanos;
  /** somebody listened when it began: events are told of it */
  watched: boolean;
  /** something has changed that has not been told yet */
  changed: boolean;
}

/** What a listener is told about an entry: as it was then. */
export interface CtEvent {
  readonly what: 'NEW' | 'UPDATE' | 'DESTROY';
  readonly entry: CtShown;
  readonly leftS: number;
  /** the process that did it, when it was done by hand */
  readonly by: number | null;
}

/** Tracked connections as rows; changed by ct-table.ts only. */
export interface CtTable {
  /** rows 2 × number and 2 × number + 1 are the two directions of an entry */
  readonly rows: Rows;
  /** rows by their direction's tuple */
  readonly byTuple: RowIndex;
  /** entries, those included that nobody finds */
  count: number;
  /** number of the next one */
  next: number;
  /** none of them times out before this moment */
  earliest: number;
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
  conns: CtTable;
  /** ids of entries whose first packet is still under way (or was dropped) */
  unconfirmed: number[];
}

/** Words of a row of CtTable; see ct-row.ts. */
export const CT_WORDS = 16;
/** 16 entries of two rows to a page of 2 kB. */
const CT_SHIFT = 5;

function createCtTable(): CtTable {
  return { rows: createRows(CT_WORDS, CT_SHIFT), byTuple: createRowIndex(), count: 0, next: 1, earliest: Number.MAX_SAFE_INTEGER };
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
    conns: createCtTable(),
    unconfirmed: [],
  };
}
