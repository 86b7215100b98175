/**
 * Sockets: what each kind keeps, and the tables by which a packet finds its socket.
 * Comes from: api.ts (programs), tcp/ and udp/ (the stack).  Goes to: everything in socket/, udp/, tcp/.
 * Source: Linux 6.1 include/net/sock.h, inet_connection_sock.h, include/linux/tcp.h (tcp_sock),
 *   inet_timewait_sock.h, request_sock.h, net/packet/af_packet.c.
 * Differs: tables hold socket numbers, so that a copy of the state is a copy; buffers are counted by
 *   their payload, not by the memory they take.
 */
import type { NetlinkEvent, RtEvent } from './netlink.ts';
import type { CtEvent } from '../netfilter/state.ts';
import { createIntMap, createRowIndex, createRows, type IntMap, type Nanos, type RowIndex, type Rows } from '../../engine/index.ts';
import type { EthHdr, Ipv4, Layers } from '../../wire/index.ts';
import type { IfIndex, PktType, Skb } from '../skb.ts';
import type { Errno } from './errno.ts';

/** Number of a socket within its host, from 1; never used twice. 0 is none. */
export type SockId = number;

/** States as `ss` names them; SYN_RECV is a request that has no full socket yet. */
export type TcpState =
  | 'LISTEN'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'CLOSE_WAIT'
  | 'CLOSING'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE';

/** A piece of the stream, sent or waiting to be sent. Data is a value that nobody writes to. */
export interface TcpChunk {
  seq: number;
  bytes: Uint8Array;
  push: boolean;
  fin: boolean;
  syn: boolean;
  /** last transmission */
  sentAt: Nanos;
  /** retransmissions so far */
  retrans: number;
  /** the peer has said that it has it (SACK) */
  sacked: boolean;
  /** believed to be lost and not sent again yet */
  lost: boolean;
  /** what follows is kept apart from it, and not cut anew together with it (the end of an sk_buff) */
  ends: boolean;
}

/** Bytes that came before those in front of them. */
export interface TcpGap {
  seq: number;
  bytes: Uint8Array;
  fin: boolean;
}

/** Who uses which address: the same fields in the same order for every kind of TCP socket. */
interface Addressed {
  readonly id: SockId;
  /** next in the chain of the table by addresses; 0 ends it */
  hashNext: SockId;
  laddr: Ipv4;
  lport: number;
  raddr: Ipv4;
  rport: number;
}

/** A full TCP socket, listening ones included. */
export interface TcpSock extends Addressed {
  readonly kind: 'tcp';
  /** process it belongs to; 0 once the process has closed it and the kernel finishes alone */
  owner: number;
  state: TcpState;
  /** address given to bind(), or 0.0.0.0 */
  bound: Ipv4;
  reuseAddr: boolean;
  /** only by this interface, or NO_IF */
  oif: IfIndex;
  /** to be told to the program at its next call */
  error: Errno | null;
  /** ICMP has told of a trouble that may pass */
  softError: Errno | null;
  /** nothing more will be sent, or read, by the program */
  shutSend: boolean;
  shutRecv: boolean;

  // listening
  backlog: number;
  accept: SockId[];
  /** listener that this one waits at for accept(), or 0 */
  parent: SockId;

  // sending
  iss: number;
  sndUna: number;
  sndNxt: number;
  /** end of what the program has handed over, FIN included */
  writeSeq: number;
  /** window in bytes as the peer gave it last, and the segment that told it */
  sndWnd: number;
  sndWl1: number;
  /** largest window the peer ever gave */
  maxWnd: number;
  sndWscale: number;
  rcvWscale: number;
  sackOk: boolean;
  tsOk: boolean;
  /** added to the clock in timestamps */
  tsOffset: number;
  tsRecent: number;
  /** ack number of the last ACK sent: a timestamp counts only if its segment covers it */
  lastAckSent: number;
  /** path MTU known last, bytes */
  pmtu: number;
  advMss: number;
  /** largest segment the peer takes, without options */
  mssClamp: number;
  /** data bytes of a full segment at present */
  mss: number;
  /** end of the last segment shorter than full (Minshall's rule) */
  sndSml: number;
  unsent: TcpChunk[];
  /** sent and not acknowledged, by sequence number */
  rtx: TcpChunk[];
  cwnd: number;
  ssthresh: number;
  cwndCount: number;
  /** loss recovery is under way until this is acknowledged; null outside */
  highSeq: number | null;
  /** recovery was caused by a time-out */
  lossState: boolean;
  /** proportional rate reduction: pieces that arrived and that were sent in this recovery, and the window before it */
  prr: { delivered: number; out: number; priorCwnd: number } | null;
  dupAcks: number;

  // round-trip time, in microseconds (srtt8 is eight times the value, as in the kernel)
  srtt8: number;
  mdev: number;
  mdevMax: number;
  rttvar: number;
  rttSeq: number;
  /** shortest ever measured, or null */
  minRttUs: number | null;
  /** of what has arrived, the piece that was sent last: what left before it is late (rack.ts) */
  rack: { sentAt: Nanos; endSeq: number; rttUs: number; advanced: boolean } | null;
  rtoMs: number;
  backoff: number;
  /** time-outs in a row */
  retransmits: number;
  /** first transmission of what times out now */
  retransStamp: Nanos;
  /** pending timer: 'rto', 'tlp' (tail loss probe), 'reo' (was it only reordered?), 'probe' (zero window), its number, and when it is due */
  timer: { kind: 'rto' | 'tlp' | 'reo' | 'probe'; seq: number; expires: Nanos } | null;
  /** end of what a tail loss probe has sent, until it is acknowledged */
  tlpHigh: number | null;
  lastSendAt: Nanos | null;
  /** when a program last sent by it or closed it: until all that this set off is over, the program holds it */
  heldAt: Nanos | null;
  /**
   * While a program's write goes out in several bursts: the segments that wait until it is done (the kernel's
   * backlog), and whether its next burst is due. Else null.
   */
  busy: { readonly waiting: Skb[]; goesOn: boolean } | null;

  // receiving
  irs: number;
  rcvNxt: number;
  rcvWup: number;
  rcvWnd: number;
  rcvBuf: number;
  /** largest window ever told */
  rcvLimit: number;
  rcvMss: number;
  /** in order, not yet read */
  received: Uint8Array[];
  receivedBytes: number;
  finReceived: boolean;
  gaps: TcpGap[];
  /** to be told once: bytes that came twice */
  dsack: { left: number; right: number } | null;
  /** start of the gap block that grew last: SACK tells it first */
  lastGapSeq: number;
  /** an ACK is owed */
  ackPending: boolean;
  ackNow: boolean;
  /** data with PSH came since the last ACK, how often (2 is enough) */
  ackPushed: number;
  /** immediate ACKs still to be given */
  quickAcks: number;
  /** the program answers what it gets: ACKs wait for its answer */
  pingpong: boolean;
  atoMs: number;
  lastRcvAt: Nanos | null;
  delackTimer: number | null;
  challengeAt: Nanos | null;
  /** mtu told by ICMP while the sender was at work, 0 if none */
  mtuInfo: number;
  /** the next packet tells the neighbour table that the peer answers */
  confirm: boolean;
  /** IP id of the next packet */
  ipId: number;
  /** DF stands on what is sent, as path MTU discovery was on when the socket was made */
  df: boolean;
}

/** A connection between SYN and the ACK that completes it. */
export interface TcpRequest extends Addressed {
  readonly kind: 'request';
  readonly listener: SockId;
  /** DF stands on what is sent: as with the listener */
  readonly df: boolean;
  /** peer's and own initial number */
  readonly irs: number;
  readonly iss: number;
  readonly mssClamp: number;
  advMss: number;
  readonly pmtu: number;
  readonly initCwnd: number;
  readonly sndWscale: number;
  readonly wscaleOk: boolean;
  readonly sackOk: boolean;
  readonly tsOk: boolean;
  readonly tsOffset: number;
  tsRecent: number;
  readonly peerWnd: number;
  readonly rcvWnd: number;
  /** SYN|ACKs sent again because nothing came */
  timeouts: number;
  retransmitted: boolean;
  sentAt: Nanos;
  timer: number | null;
  expires: Nanos;
}

/**
 * What stays of a connection while late segments may still come: a hand that reaches into its row
 * (timewait-table.ts), good for the event under way.
 */
export interface TcpTimewait {
  readonly kind: 'timewait';
  readonly id: SockId;
  readonly laddr: Ipv4;
  readonly lport: number;
  readonly raddr: Ipv4;
  readonly rport: number;
  /** FIN_WAIT2 of a closed socket, or real TIME_WAIT */
  substate: 'FIN_WAIT2' | 'TIME_WAIT';
  rcvNxt: number;
  readonly sndNxt: number;
  readonly rcvWnd: number;
  readonly rcvWscale: number;
  readonly tsOk: boolean;
  tsRecent: number;
  readonly tsOffset: number;
  readonly reuseAddr: boolean;
  timer: number | null;
  expires: Nanos;
  lastOowAck: Nanos | null;
}

/** How DF is set: IP_MTU_DISCOVER as `ping -M` names it. */
export type PmtuDisc = 'dont' | 'want' | 'do' | 'probe';

/** What a new socket does about path MTUs (inet_create). */
export function defaultPmtuDisc(host: { readonly sysctl: Readonly<Record<string, number | string>> }): PmtuDisc {
  return Number(host.sysctl['net.ipv4.ip_no_pmtu_disc'] ?? 0) === 0 ? 'want' : 'dont';
}

export interface Datagram {
  readonly src: Ipv4;
  readonly sport: number;
  /** address it was sent to */
  readonly dst: Ipv4;
  readonly bytes: Uint8Array;
  readonly ttl: number;
  readonly at: Nanos;
}

export interface UdpSock extends Addressed {
  readonly kind: 'udp';
  owner: number;
  bound: Ipv4;
  connected: boolean;
  reuseAddr: boolean;
  broadcast: boolean;
  oif: IfIndex;
  pmtuDisc: PmtuDisc;
  ttl: number;
  tos: number;
  error: Errno | null;
  ipId: number;
  /** the datagram that is read next: mostly the only one, and a list is made anew each time it is no longer empty */
  first: Datagram | null;
  /** those behind it */
  queue: Datagram[];
  queuedBytes: number;
  /** ICMP errors are queued for a program that asked (traceroute) */
  recvErr: boolean;
  errors: QueuedError[];
}

/** An error as a program with IP_RECVERR reads it. */
export interface QueuedError {
  readonly origin: 'local' | 'icmp';
  readonly errno: Errno;
  readonly type: number;
  readonly code: number;
  /** MTU or gateway */
  readonly info: number;
  /** who sent the ICMP message */
  readonly from: Ipv4;
  /** the packet it is about */
  readonly about: Layers;
  readonly at: Nanos;
}

/** An ICMP message as a raw socket reads it, IPv4 header first. */
export interface RawMessage {
  readonly layers: Layers;
  readonly at: Nanos;
}

/** A raw socket: ping opens one for ICMP, a VRRP daemon one for protocol 112. */
export interface RawSock {
  readonly kind: 'raw';
  readonly id: SockId;
  owner: number;
  /** IPPROTO_… it sends and receives */
  readonly proto: number;
  bound: Ipv4;
  oif: IfIndex;
  pmtuDisc: PmtuDisc;
  ttl: number;
  tos: number;
  /** SO_MARK */
  mark: number;
  broadcast: boolean;
  error: Errno | null;
  queue: RawMessage[];
  errors: QueuedError[];
  /** it only sends: what comes in is for others */
  deaf: boolean;
  /** ICMP errors are kept for it (IP_RECVERR) */
  recvErr: boolean;
  /** the program writes the header (IP_HDRINCL) */
  headerIncluded: boolean;
  /** multicast groups that it has joined (IP_ADD_MEMBERSHIP); left when it is closed */
  groups: { readonly dev: IfIndex; readonly group: Ipv4 }[];
}

export interface TappedFrame {
  readonly dev: IfIndex;
  readonly eth: EthHdr | null;
  readonly layers: Layers;
  readonly pktType: PktType;
  readonly at: Nanos;
}

/** A packet socket: arping (ARP only) and tcpdump (everything). */
export interface PacketSock {
  readonly kind: 'packet';
  readonly id: SockId;
  owner: number;
  /** NO_IF: all interfaces */
  dev: IfIndex;
  /** ETH_P_ALL sees what leaves too; ETH_P_ARP only what comes in */
  protocol: 'all' | 'arp';
  queue: TappedFrame[];
}

/** A route netlink socket: hears of changes of interfaces and addresses. */
export interface NetlinkSock {
  readonly kind: 'netlink';
  readonly id: SockId;
  owner: number;
  queue: NetlinkEvent[];
  /** of a listener to the table of tracked connections */
  ctQueue: CtEvent[];
  /** of a listener to every change of interfaces, addresses, routes, neighbours and rules */
  rtQueue?: RtEvent[];
}

export type Sock = TcpSock | TcpRequest | TcpTimewait | UdpSock | RawSock | PacketSock | NetlinkSock;
export type TcpAny = TcpSock | TcpRequest | TcpTimewait;

/** Everything with a record of its own: all but TIME_WAIT. */
export type SockRecord = Exclude<Sock, TcpTimewait>;

/** Connections that rest, as rows; changed by timewait-table.ts only. */
export interface TimewaitTable {
  readonly rows: Rows;
  /** by all four addresses */
  readonly byAddresses: RowIndex;
  /** row of each socket number */
  readonly byId: Rows;
  /** first row of each local port */
  readonly byPort: Rows;
  /** how many there are */
  count: number;
  /** number of the next row */
  next: number;
}

export interface SocketState {
  nextId: SockId;
  /** see sockOf() and socksOf() for those that include TIME_WAIT */
  byId: IntMap<SockRecord>;
  timewaits: TimewaitTable;
  /** connections by all four: hash of the addresses → first of the chain */
  connections: IntMap<SockId>;
  /** TCP: everything that holds a local port, but for TIME_WAIT */
  tcpPorts: IntMap<SockId[]>;
  /** listeners by port */
  listeners: IntMap<SockId[]>;
  udpPorts: IntMap<SockId[]>;
  /** how often a socket for datagrams has begun, ended, or got another address */
  udpChanges: number;
  raws: SockId[];
  packets: SockId[];
  netlinks: SockId[];
  /** those that hear of every change */
  rtListeners: SockId[];
  /** drawn at the first use: makes initial numbers and timestamps differ between hosts */
  secret: number;
  /** counters as `netstat -s` knows them */
  mib: {
    activeOpens: number;
    passiveOpens: number;
    attemptFails: number;
    estabResets: number;
    inSegs: number;
    outSegs: number;
    retransSegs: number;
    outRsts: number;
    udpIn: number;
    udpNoPorts: number;
    udpOut: number;
  };
}

/** Words of a row of TimewaitTable; see timewait-table.ts. */
export const TIMEWAIT_WORDS = 18;
/** 32 of them to a page of 2.4 kB; numbers of sockets and ports stand 512 to a page. */
const TIMEWAIT_SHIFT = 5;
const NUMBERS_SHIFT = 9;

function createTimewaits(): TimewaitTable {
  return {
    rows: createRows(TIMEWAIT_WORDS, TIMEWAIT_SHIFT),
    byAddresses: createRowIndex(),
    byId: createRows(1, NUMBERS_SHIFT),
    byPort: createRows(1, NUMBERS_SHIFT),
    count: 0,
    next: 1,
  };
}

export function createSocketState(): SocketState {
  return {
    packets: [],
    byId: createIntMap(),
    connections: createIntMap(),
    udpPorts: createIntMap(),
    udpChanges: 0,
    listeners: createIntMap(),
    tcpPorts: createIntMap(),
    nextId: 1,
    timewaits: createTimewaits(),
    raws: [],
    netlinks: [],
    rtListeners: [],
    secret: 0,
    mib: {
      activeOpens: 0,
      passiveOpens: 0,
      attemptFails: 0,
      estabResets: 0,
      inSegs: 0,
      outSegs: 0,
      retransSegs: 0,
      outRsts: 0,
      udpIn: 0,
      udpNoPorts: 0,
      udpOut: 0,
    },
  };
}
