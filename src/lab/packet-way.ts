/**
 * What one event did to packets at its node, one way for each packet: the one that came in, those made
 * here, those that had waited for a MAC, and the ARP packets between.
 * Comes from: the records of an event.  Goes to: packet-path.ts, which draws a way on the map of the node.
 *
 * Hosts write records for decisions, not for each function passed. A way therefore names what it knows
 * for certain: the stations with records; packet-path.ts fills in what lies between.
 */
import { NO_FRAME, type FrameId, type TraceId, type TraceReader, type TraceRecord } from '../engine/index.ts';

/**
 * Stations of a node. Hosts: in, pre, route, forward, local-in, here, route-out, local-out, post, neigh, out;
 * for ARP: in, arp-in, arp, neigh, arp-out, out. Switches: in, learn, lookup, out.
 */
export type StationId =
  | 'in'
  | 'pre'
  | 'route'
  | 'forward'
  | 'local-in'
  | 'here'
  | 'route-out'
  | 'local-out'
  | 'post'
  | 'neigh'
  | 'out'
  | 'arp-in'
  | 'arp'
  | 'arp-out'
  | 'learn'
  | 'lookup';

/** arrived: by a device. made: by this host. resumed: it had waited for a MAC. */
export type WayKind = 'arrived' | 'made' | 'resumed' | 'arp-arrived' | 'arp-made' | 'switched';

export interface WayRecord {
  readonly record: TraceRecord;
  readonly station: StationId;
}

export interface Way {
  readonly kind: WayKind;
  readonly records: readonly WayRecord[];
  /** as it came in, or as it left; NO_FRAME when it never was a frame */
  readonly frame: FrameId;
}

interface Growing {
  readonly kind: WayKind;
  readonly records: WayRecord[];
}

/** Stages at which a packet has arrived at its protocol, or is about a socket. */
const HERE = new Set([
  'ip_local_deliver',
  'igmp_rcv',
  'icmp_rcv',
  'raw_rcv',
  'ipip_rcv',
  'tcp_rcv',
  'tcp_err',
  'tcp_state',
  'tcp_timer',
  'tcp_xmit',
  'udp_rcv',
  'udp_err',
  'socket',
]);
/** Said about a packet, wherever it is just then. */
const IN_PASSING = new Set(['icmp_send', 'nf_reject', 'fib', 'sysctl', 'module']);
/** Terminals and their commands are no packets. */
const NO_PACKET = /^(?:sh:|tty$|sysctl$|module$|link$|ipvs:ctl$)/;

/** The ways of an event, in the order in which they began. */
export function waysOf(trace: TraceReader, event: number): readonly Way[] {
  const ways: Growing[] = [];
  const byRecord = new Map<TraceId, Growing>();
  /** said before any packet was there: it belongs to the first packet that is made */
  let before: TraceRecord[] = [];
  let current: Growing | null = null;
  const end = trace.firstOf(event + 1);
  for (let id = trace.firstOf(event); id < end; id++) {
    const record = trace.get(id as TraceId);
    if (NO_PACKET.test(record.stage)) continue;
    const begins = beginning(trace, record, byRecord.get(record.cause) ?? null);
    let way: Growing | null = byRecord.get(record.cause) ?? current;
    if (begins !== null) {
      way = { kind: begins, records: [] };
      ways.push(way);
      if (begins === 'made') for (const said of before) way.records.push({ record: said, station: 'here' });
      before = [];
    }
    if (way === null) {
      before.push(record);
      continue;
    }
    way.records.push({ record, station: stationOf(record, way) });
    byRecord.set(record.id, way);
    current = way;
  }
  return ways.map((way) => ({ ...way, frame: frameOf(way) }));
}

/** The way that a record belongs to; failing that, the first one. */
export function wayWith(ways: readonly Way[], record: TraceId): Way | null {
  return ways.find((way) => way.records.some((entry) => entry.record.id === record)) ?? ways[0] ?? null;
}

/** Whether a record is the first of another packet. */
function beginning(trace: TraceReader, record: TraceRecord, known: Growing | null): WayKind | null {
  const { stage, verdict, reason } = record;
  if (reason === 'ipv4.sent' || reason === 'tunnel.wrapped') return 'made';
  if (reason === 'neigh.released') return 'resumed';
  if (stage === 'arp' && verdict === 'state') return 'arp-made';
  if (known !== null) return null;
  if (stage === 'switch') return 'switched';
  // A program has put it on the cable by itself, past the stack: arping, keepalived.
  if (stage === 'link:tx') return trace.frame(record.frame).layers[1]?.kind === 'arp' ? 'arp-made' : 'made';
  if (stage === 'arp' || stage === 'nf:ARP_IN') return 'arp-arrived';
  // A host notes the sender of a question before it answers: there is no other record before it.
  if (reason === 'neigh.learnt' && record.dev !== 0) return 'arp-arrived';
  return isArrival(record) ? 'arrived' : null;
}

function isArrival({ stage, dev, frame, verdict }: TraceRecord): boolean {
  if (dev === 0 || frame === NO_FRAME) return false;
  if (stage === 'dev') return verdict === 'drop';
  if (stage === 'nf:PRE_ROUTING' || stage === 'nf:LOCAL_IN' || stage === 'nf:FORWARD') return true;
  if (stage === 'conntrack' || stage === 'ip_defrag' || stage === 'fib') return true;
  if (stage === 'ip_rcv' || stage === 'ip_route_input' || stage === 'ip_forward') return true;
  return stage.startsWith('ipvs:') || (HERE.has(stage) && stage !== 'tcp_state' && stage !== 'tcp_timer' && stage !== 'tcp_xmit');
}

/** Where a record was written, as far as its stage and what went before tell. */
function stationOf(record: TraceRecord, way: Growing): StationId {
  const { stage, reason, verdict } = record;
  if (way.kind === 'switched') return stage === 'switch' ? (verdict === 'state' ? 'learn' : 'lookup') : 'out';
  if (stage === 'link:tx') return 'out';
  if (stage === 'neigh') return 'neigh';
  if (stage.startsWith('nf:')) return HOOK_STATION[stage.slice(3)] ?? 'pre';
  if (stage === 'arp') return 'arp';
  if (IN_PASSING.has(stage) && verdict !== 'drop') return lastStation(way);
  switch (stage) {
    case 'dev':
      return reason.endsWith('-rx') || reason === 'dev.other-host' || reason === 'dev.no-protocol' ? 'in' : 'out';
    case 'ip_rcv':
      return reason === 'ipv4.other-host' ? 'in' : 'route';
    case 'ip_route_input':
    case 'fib':
      return 'route';
    case 'ip_forward':
      return 'forward';
    case 'ip_output':
      return verdict === 'drop' ? 'post' : 'route-out';
    case 'ip_fragment':
      return 'post';
    case 'ipip_xmit':
      return 'route-out';
    case 'conntrack':
      return trackStation(record, way);
    case 'ip_defrag':
      return way.kind === 'made' ? 'local-out' : has(way, 'route') ? 'local-in' : 'pre';
  }
  if (HERE.has(stage)) return 'here';
  if (stage.startsWith('ipvs:')) return ipvsStation(way);
  return lastStation(way);
}

const HOOK_STATION: Readonly<Record<string, StationId>> = {
  PRE_ROUTING: 'pre',
  LOCAL_IN: 'local-in',
  FORWARD: 'forward',
  LOCAL_OUT: 'local-out',
  POST_ROUTING: 'post',
  ARP_IN: 'arp-in',
  ARP_OUT: 'arp-out',
};

/** A connection enters conntrack's table at the last hook of its first packet's way. */
function trackStation({ reason }: TraceRecord, way: Growing): StationId {
  const first = reason !== 'netfilter.ct-new' && reason !== 'netfilter.ct-clash';
  if (first) return way.kind === 'made' ? 'local-out' : 'pre';
  return way.kind === 'made' || has(way, 'forward') || sentByIpvs(way) ? 'post' : 'local-in';
}

/** IPVS looks at requests in LOCAL_IN, at answers that are forwarded in FORWARD, at own packets in LOCAL_OUT. */
function ipvsStation(way: Growing): StationId {
  if (way.kind === 'made') return 'local-out';
  return has(way, 'forward') ? 'forward' : 'local-in';
}

function sentByIpvs(way: Pick<Way, 'records'>): boolean {
  return way.records.some(({ record }) => record.stage === 'ipvs:xmit' && record.verdict === 'mangle');
}

function has(way: Growing, station: StationId): boolean {
  return way.records.some((entry) => entry.station === station);
}

const FIRST_STATION: Readonly<Record<WayKind, StationId>> = {
  arrived: 'in',
  made: 'here',
  resumed: 'neigh',
  'arp-arrived': 'in',
  'arp-made': 'arp',
  switched: 'in',
};

function lastStation(way: Growing): StationId {
  return way.records[way.records.length - 1]?.station ?? FIRST_STATION[way.kind];
}

function frameOf({ kind, records }: Growing): FrameId {
  const sent = records.find(({ record }) => record.stage === 'link:tx')?.record.frame ?? NO_FRAME;
  const first = records.find(({ record }) => record.frame !== NO_FRAME)?.record.frame ?? NO_FRAME;
  return kind === 'made' || kind === 'arp-made' ? sent : first;
}
