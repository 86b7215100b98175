/**
 * IPVS as one director knows it: virtual services, real servers, connections.
 * Source: Linux 6.1 include/net/ip_vs.h (ip_vs_service, ip_vs_dest, ip_vs_conn, netns_ipvs).
 */
import type { Nanos, RowIndex, Rows } from '../engine/index.ts';
import type { Ipv4 } from '../wire/index.ts';
import type { Ipv6 } from './ipv6.ts';

/** How packets get to the real server (IP_VS_CONN_F_FWD_MASK); fullnat is outside the mainline kernel. */
export type FwdMethod = 'masq' | 'local' | 'tunnel' | 'droute' | 'bypass' | 'fullnat';

export type SvcId = number & { readonly __unit: 'svc' };
export type DestId = number & { readonly __unit: 'dest' };
export type ConnId = number & { readonly __unit: 'conn' };

export interface IpvsCounters {
  conns: number;
  inPkts: number;
  outPkts: number;
  inBytes: number;
  outBytes: number;
}

/** What the estimator has made of the counters; refreshed every 2 s (ip_vs_est.c). */
export interface IpvsEstimate {
  /** counters as of the last estimation: `ipvsadm --stats` shows these */
  shown: IpvsCounters;
  /** fixed-point averages: packets and connections scaled by 2^10, bytes by 2^5 */
  cps: number;
  inPps: number;
  outPps: number;
  inBps: number;
  outBps: number;
}

export interface IpvsStats {
  now: IpvsCounters;
  est: IpvsEstimate;
  /** values at the last `ipvsadm -Z` are subtracted by it, as in the kernel */
  zeroed: IpvsCounters;
}

/** A real server of a service. */
export interface Dest {
  readonly id: DestId;
  readonly addr: Ipv4;
  /** an IPv6 server's address, `addr` is 0 then; null for IPv4 */
  readonly addr6: Ipv6 | null;
  readonly port: number;
  fwd: FwdMethod;
  weight: number;
  /** the latest weight that was not 0 (mh keeps its shares by it) */
  lastWeight: number;
  uThreshold: number;
  lThreshold: number;
  activeConns: number;
  inactConns: number;
  persistConns: number;
  /** IP_VS_DEST_F_OVERLOAD */
  overload: boolean;
  /** IP_VS_DEST_F_AVAILABLE: false once deleted */
  available: boolean;
  tunType: 'ipip' | 'gue' | 'gre';
  tunPort: number;
  tunFlags: 'nocsum' | 'csum' | 'remcsum';
  stats: IpvsStats;
  /** path MTU of the route that was used last (dest_dst); 0: none yet */
  routeMtu: number;
  /** that route already followed something learnt from ICMP */
  routeLearnt: boolean;
  /** in the trash: since when nothing refers to it any more, or null */
  idleSince: Nanos | null;
}

export interface Svc {
  readonly id: SvcId;
  /** IPPROTO_…; 0 for a firewall-mark service */
  readonly proto: number;
  readonly addr: Ipv4;
  /** an IPv6 service's address ('::' with a firewall mark), `addr` is 0 then; null for IPv4 */
  readonly addr6: Ipv6 | null;
  readonly port: number;
  /** 0 unless it is a firewall-mark service */
  readonly fwmark: number;
  scheduler: string;
  /** the scheduler's own memory: plain data that only it reads */
  schedData: unknown;
  /** sh-fallback, sh-port, … as bits IP_VS_SVC_F_SCHED1 (8), SCHED2 (16), SCHED3 (32) */
  schedFlags: number;
  /** seconds; null: not persistent */
  persistTimeout: number | null;
  /** a netmask; the length of a prefix for an IPv6 service */
  persistMask: Ipv4;
  onePacket: boolean;
  /** persistence engine, e.g. 'sip'; null for none */
  pe: string | null;
  /** the kernel's order: newest first */
  dests: Dest[];
  stats: IpvsStats;
  /** FullNAT: pool of local addresses, and the next one to use */
  laddrs: Ipv4[];
  nextLaddr: number;
}

export type ConnState =
  | 'NONE'
  | 'ESTABLISHED'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'FIN_WAIT'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'LISTEN'
  | 'SYNACK'
  | 'UDP'
  | 'ASSURED'
  | 'INIT1'
  | 'INIT'
  | 'C-SENT'
  | 'C-REPLIED'
  | 'C-WAIT'
  | 'COOKIE'
  | 'C-ECHOED'
  | 'S-SENT'
  | 'S-RECEIVED'
  | 'S-ACK-SENT'
  | 'REJECTED'
  | 'CLOSED';

/** FullNAT, outside mainline: what the director puts in place of the client. */
export interface FullnatEnd {
  readonly addr: Ipv4;
  readonly port: number;
  /** added to the client's sequence numbers, modulo 2^32; null before its SYN */
  seqDelta: number | null;
  /** the sequence number with which the server's data begins; null before its SYN|ACK */
  dataSeq: number | null;
}

/** An entry, as the code sees it: a hand that reaches into its row (conn-row.ts), good for the event under way. */
export interface Conn {
  readonly id: ConnId;
  readonly proto: number;
  readonly caddr: Ipv4;
  cport: number;
  readonly vaddr: Ipv4;
  vport: number;
  readonly daddr: Ipv4;
  dport: number;
  /** the director's own end of a FullNAT connection */
  readonly local: FullnatEnd | null;
  readonly fwmark: number;
  state: ConnState;
  fwd: FwdMethod;
  /** the dest it is bound to, also one in the trash; null for synchronised ones without a dest */
  dest: DestId | null;
  svc: SvcId | null;
  /** counted as inactive at its dest (IP_VS_CONN_F_INACTIVE) */
  inactive: boolean;
  /** no packet of the server's is expected to pass here (IP_VS_CONN_F_NOOUTPUT) */
  noOutput: boolean;
  readonly template: boolean;
  readonly onePacket: boolean;
  /** came by synchronisation */
  synced: boolean;
  /** the persistence template that controls it */
  control: ConnId | null;
  /** connections that it, being a template, controls */
  nControl: number;
  inPkts: number;
  /** length of the timeout in force */
  timeoutMs: number;
  /** when it is to expire; moved on by every packet */
  expires: Nanos;
  /** number of the timer under way; see Net.arm() */
  timer: number | null;
  /** when the kernel's timer wheel would fire for `expires`: a little later */
  fireAt: Nanos;
  /** when the timer under way will fire: at fireAt, or before it and is then armed again */
  timerAt: Nanos;
  /** keeps its entry of connection tracking (IP_VS_CONN_F_NFCT), because net.ipv4.vs.conntrack was 1 */
  nfct: boolean;
  /** state told to the backup last */
  oldState: ConnState;
  /** until when the backup, as told last, will keep it; in jiffies, see sync/master.ts */
  syncEnd: number;
}

/** The entries, as rows; changed by conn-table.ts only. */
export interface ConnTable {
  readonly rows: Rows;
  /**
   * Look-up of packets of clients, of replies to clients and of templates, by the client's address and port.
   * The newest comes first: one that is on its way out must not be found any more.
   */
  readonly byClient: RowIndex;
  /** the director's own ends of FullNAT connections */
  readonly locals: Map<ConnId, FullnatEnd>;
  /** look-up of replies to a FullNAT director, by its local address and port */
  readonly byLocal: Map<number, ConnId | ConnId[]>;
  /** entries that there are */
  count: number;
  /** number of the next entry */
  next: number;
}

/** Modified by `ipvsadm --set` (seconds); the others are fixed in the protocol's table. */
export interface IpvsTimeouts {
  tcp: number;
  tcpFin: number;
  udp: number;
}

export interface SyncDaemon {
  role: 'master' | 'backup';
  mcastInterface: string;
  syncId: number;
  maxlen: number;
  group: Ipv4;
  /** a group of IPv6, which nothing is ever sent to; `group` does not count then */
  group6: Ipv6 | null;
  port: number;
  ttl: number;
}

/** The defence against floods; see defence.ts. */
export interface IpvsDefence {
  /** number of its beat's timer, while a setting asks for a defence */
  timer: number | null;
  /** of so many new connections one is thrown away; 0: none */
  packetRate: number;
  /** counts down to that one */
  packetCounter: number;
  dropsEntries: boolean;
  /** the same countdown for entries, by the packets that they had */
  entryCounters: number[];
}

export interface IpvsState {
  /** in the order in which they were made */
  services: Svc[];
  /** deleted real servers that connections still hold on to, with the service they belonged to */
  trash: { svc: { proto: number; addr: Ipv4; addr6: Ipv6 | null; port: number; fwmark: number }; dest: Dest; svcId: SvcId }[];
  conns: ConnTable;
  nextSvc: number;
  nextDest: number;
  timeouts: IpvsTimeouts;
  daemons: SyncDaemon[];
  /** net.ipv4.vs.* by the last part of the name */
  sysctl: Record<string, number | string>;
  total: IpvsStats;
  /** number of the estimator's timer while a service exists */
  estimator: number | null;
  /** number of the timer that looks through the trash */
  trashTimer: number | null;
  defence: IpvsDefence;
  /** state that sync.ts keeps: plain data */
  sync: unknown;
}
