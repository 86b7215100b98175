/**
 * The map of a node with the way of one packet on it: every station, what each hook row there is, which
 * of them the packet passed, what was written about it, and what changed in its headers.
 * Comes from: packet-way.ts and the state of the node.  Goes to: panels/inspector/packet-path.tsx.
 * Source: Linux 6.1 net/ipv4/ip_input.c, ip_forward.c, ip_output.c, net/ipv4/arp.c (order of the stations).
 */
import { NO_FRAME, type FrameId, type TraceId, type TraceRecord } from '../engine/index.ts';
import type { NfHook, NfHookRow } from '../host/index.ts';
import { notabilityOf } from '../sim/index.ts';
import type { NodeState } from '../world/index.ts';
import { nodeView } from './pins.ts';
import type { StationId, Way, WayKind, WayRecord } from './packet-way.ts';

/**
 * - acted: it wrote something about this packet     - passed: in force, and let it pass
 * - waiting: in force, but the packet did not come here     - idle: nothing is loaded there
 */
export type RowState = 'acted' | 'passed' | 'waiting' | 'idle';

export interface PathRow {
  readonly name: string;
  readonly en: string;
  readonly zh: string;
  readonly priority: number;
  readonly state: RowState;
  readonly records: readonly TraceRecord[];
}

/** A header before and after a station. */
export interface PathChange {
  readonly before: FrameId;
  readonly after: FrameId;
  /** only the MACs: the rest was shown where it happened */
  readonly macsOnly: boolean;
}

export interface Station {
  readonly id: StationId;
  /** the packet was here */
  readonly went: boolean;
  /** its way ended here: dropped, delivered, or waiting */
  readonly end: 'drop' | 'deliver' | 'queue' | null;
  /** the record that is told was written here */
  readonly here: boolean;
  readonly rows: readonly PathRow[];
  /** records that no hook row wrote, or that name none */
  readonly records: readonly TraceRecord[];
  readonly changes: readonly PathChange[];
  /** TTL before and after, where forwarding lowered it */
  readonly ttl: readonly [number, number] | null;
  /** what a click leads to; null where nothing was written */
  readonly chief: TraceId | null;
}

export interface PacketPath {
  readonly kind: WayKind;
  readonly stations: readonly Station[];
  /** stations in the order in which the packet was there */
  readonly went: readonly StationId[];
}

const IP_STATIONS: readonly StationId[] = [
  'in',
  'pre',
  'route',
  'forward',
  'local-in',
  'here',
  'route-out',
  'local-out',
  'post',
  'neigh',
  'out',
];
const ARP_STATIONS: readonly StationId[] = ['in', 'arp-in', 'arp', 'neigh', 'arp-out', 'out'];
const SWITCH_STATIONS: readonly StationId[] = ['in', 'learn', 'lookup', 'out'];

const HOOK_OF: Readonly<Partial<Record<StationId, NfHook>>> = {
  pre: 'PRE_ROUTING',
  'local-in': 'LOCAL_IN',
  forward: 'FORWARD',
  'local-out': 'LOCAL_OUT',
  post: 'POST_ROUTING',
  'arp-in': 'ARP_IN',
  'arp-out': 'ARP_OUT',
};

/** One hook of the node's tables with whether each row has something to do. */
export interface HookRow extends Pick<NfHookRow, 'name' | 'en' | 'zh' | 'priority'> {
  readonly active: boolean;
}
export type NodeHooks = Readonly<Partial<Record<NfHook, readonly HookRow[]>>>;

export function packetPath(way: Way, hooks: NodeHooks, told: TraceId | null): PacketPath {
  const went = wentThrough(way);
  const end = endOf(way);
  const ids = way.kind === 'switched' ? SWITCH_STATIONS : isArp(way.kind) ? ARP_STATIONS : IP_STATIONS;
  const stations = ids.map((id): Station => {
    const records = way.records.filter((entry) => entry.station === id).map((entry) => entry.record);
    const hook = HOOK_OF[id];
    const rows = hook === undefined ? [] : rowsOf(hooks[hook] ?? [], hook, records, went.includes(id), end !== null && end.station === id);
    return {
      id,
      went: went.includes(id),
      end: end !== null && end.station === id ? end.how : null,
      here: told !== null && records.some((record) => record.id === told),
      rows,
      records: records.filter((record) => !rows.some((row) => row.records.includes(record))),
      changes: changesAt(way, id, records),
      ttl: ttlOf(records),
      chief: chiefOf(records),
    };
  });
  return { kind: way.kind, stations, went };
}

function isArp(kind: WayKind): boolean {
  return kind === 'arp-arrived' || kind === 'arp-made';
}

/** The stations passed, in order: those with records, and those that lie between them in the kernel. */
function wentThrough(way: Way): readonly StationId[] {
  const seen = new Set(way.records.map((entry) => entry.station));
  const any = (...ids: readonly StationId[]): boolean => ids.some((id) => seen.has(id));
  switch (way.kind) {
    case 'switched':
      return SWITCH_STATIONS.filter((id) => id === 'in' || id === 'learn' || (id === 'lookup' && any('lookup', 'out')) || seen.has(id));
    case 'resumed':
      return any('out') ? ['neigh', 'out'] : ['neigh'];
    case 'arp-arrived':
      return [
        'in',
        ...(any('arp-in', 'arp', 'neigh', 'out') ? (['arp-in'] as const) : []),
        ...(any('arp', 'neigh', 'out') ? (['arp'] as const) : []),
        ...(any('neigh') ? (['neigh'] as const) : []),
        ...(any('out', 'arp-out') ? (['arp-out'] as const) : []),
        ...(any('out') ? (['out'] as const) : []),
      ];
    case 'arp-made':
      if (!any('arp')) return ['out'];
      return ['arp', ...(any('out', 'arp-out') ? (['arp-out'] as const) : []), ...(any('out') ? (['out'] as const) : [])];
    case 'made':
      if (!any('route-out', 'local-out')) return any('out') ? ['here', 'out'] : ['here'];
      // What leaves by lo or by a tunnel is on no cable: nothing says so but that it did not end.
      return ['here', 'route-out', 'local-out', ...(endOf(way) === null ? (['post', 'neigh', 'out'] as const) : wayOut(seen))];
    case 'arrived':
      return arrivedWay(way, seen);
  }
}

function arrivedWay(way: Way, seen: ReadonlySet<StationId>): readonly StationId[] {
  const went: StationId[] = ['in'];
  const last = furthest(seen);
  const reached = (id: StationId): boolean => last >= IP_STATIONS.indexOf(id);
  if (reached('pre')) went.push('pre');
  if (reached('route')) went.push('route');
  if (seen.has('forward')) return [...went, 'forward', ...wayOut(seen)];
  if (reached('local-in')) went.push('local-in');
  if (seen.has('here')) went.push('here');
  const sentOn = way.records.some(({ record }) => record.stage === 'ipvs:xmit' && record.verdict === 'mangle');
  if (sentOn || seen.has('local-out')) went.push('local-out');
  return [...went, ...(sentOn ? wayOut(new Set([...seen, 'post'])) : wayOut(seen))];
}

/** How far down the list of stations an IP packet came. */
function furthest(seen: ReadonlySet<StationId>): number {
  return IP_STATIONS.findLastIndex((id) => seen.has(id));
}

function wayOut(seen: ReadonlySet<StationId>): readonly StationId[] {
  const went: StationId[] = [];
  if (seen.has('post') || seen.has('neigh') || seen.has('out')) went.push('post');
  if (seen.has('neigh') || seen.has('out')) went.push('neigh');
  if (seen.has('out')) went.push('out');
  return went;
}

function endOf(way: Way): { readonly station: StationId; readonly how: 'drop' | 'deliver' | 'queue' } | null {
  const drop = way.records.findLast(({ record }) => record.verdict === 'drop');
  const last = drop ?? way.records.findLast(({ record }) => record.verdict === 'deliver' || record.verdict === 'queue');
  if (last === undefined) return null;
  // An ARP question is delivered and its answer leaves: that is no end of the way.
  if (last !== drop && way.records.some((entry) => entry.station === 'out')) return null;
  // What an ARP packet tells is written down after it was heard.
  const station =
    way.kind === 'arp-arrived' && last !== drop ? (way.records[way.records.length - 1]?.station ?? last.station) : last.station;
  return { station, how: last.record.verdict as 'drop' | 'deliver' | 'queue' };
}

/** Rows of a hook with the records that each wrote. A packet that ended at one did not reach those after it. */
function rowsOf(
  rows: readonly HookRow[],
  hook: NfHook,
  records: readonly TraceRecord[],
  went: boolean,
  endedHere: boolean,
): readonly PathRow[] {
  const writers = records.map((record) => rowOf(rows, hook, record));
  const stop = endedHere || records.some((record) => record.stage === 'ipvs:xmit') ? Math.max(...writers, -1) : rows.length;
  return rows.map((row, i): PathRow => {
    const own = records.filter((_, n) => writers[n] === i);
    const passed = went && (stop < 0 || i <= stop);
    const state: RowState = own.length > 0 ? 'acted' : !row.active ? 'idle' : passed ? 'passed' : 'waiting';
    return { name: row.name, en: row.en, zh: row.zh, priority: row.priority, state, records: own };
  });
}

/** The row that wrote a record: rules name their table, the rest is told by the stage. -1: none of them. */
function rowOf(rows: readonly HookRow[], hook: NfHook, { stage, reason, args }: TraceRecord): number {
  const named = (name: string): number => rows.findIndex((row) => row.name === name);
  if (stage === 'conntrack')
    return named(reason === 'netfilter.ct-new' || reason === 'netfilter.ct-clash' ? 'conntrack-confirm' : 'conntrack');
  if (stage === 'ip_defrag') return named('defrag');
  if (stage.startsWith('ipvs:')) return rows.findIndex((row) => row.name === ipvsRow(stage, hook));
  if (!stage.startsWith('nf:')) return -1;
  if (stage === 'nf:ARP_IN' || stage === 'nf:ARP_OUT') return named('arptables');
  const table = args?.['table'];
  if (typeof table === 'string') return named(table);
  if (reason.startsWith('netfilter.nat-') || reason.startsWith('netfilter.masquerade') || reason.startsWith('netfilter.redirect'))
    return named('nat');
  return reason === 'netfilter.marked' || reason.endsWith('-set') || reason === 'netfilter.mss-clamped' ? named('mangle') : -1;
}

function ipvsRow(stage: string, hook: NfHook): string {
  if (stage === 'ipvs:sync') return 'ip_vs_sync';
  if (hook === 'FORWARD') return stage === 'ipvs:icmp' ? 'ip_vs_forward_icmp' : 'ip_vs_reply4';
  if (hook === 'LOCAL_OUT') return stage === 'ipvs:out' ? 'ip_vs_local_reply4' : 'ip_vs_local_request4';
  return stage === 'ipvs:out' ? 'ip_vs_reply4' : 'ip_vs_remote_request4';
}

function changesAt(way: Way, id: StationId, records: readonly TraceRecord[]): readonly PathChange[] {
  const changes = records
    .filter((record) => record.verdict === 'mangle' && record.frameOut !== NO_FRAME && record.frame !== NO_FRAME)
    .map((record) => ({ before: record.frame, after: record.frameOut, macsOnly: false }));
  const sent = records.find((record) => record.stage === 'link:tx')?.frame;
  const came = firstFrame(way.records);
  // The link header is written last, when the neighbour is known.
  if (id === 'out' && sent !== undefined && came !== NO_FRAME && came !== sent && (way.kind === 'arrived' || way.kind === 'resumed')) {
    changes.push({ before: came, after: sent, macsOnly: true });
  }
  return changes;
}

function firstFrame(records: readonly WayRecord[]): FrameId {
  return records.find(({ record }) => record.frame !== NO_FRAME)?.record.frame ?? NO_FRAME;
}

function ttlOf(records: readonly TraceRecord[]): readonly [number, number] | null {
  const args = records.find((record) => record.reason === 'ipv4.forwarded')?.args;
  const [from, to] = [args?.['ttl'], args?.['ttlAfter']];
  return typeof from === 'number' && typeof to === 'number' ? [from, to] : null;
}

/** The record that tells most; of equals the later one, which tells how it ended. */
function chiefOf(records: readonly TraceRecord[]): TraceId | null {
  let chief: TraceRecord | null = null;
  for (const record of records) if (chief === null || notabilityOf(record) >= notabilityOf(chief)) chief = record;
  return chief?.id ?? null;
}

/** The hooks of a node with what is in force there; a switch has none. */
export function nodeHooks(node: Readonly<NodeState> | undefined): NodeHooks {
  if (node?.kind !== 'linux') return {};
  const view = nodeView(node);
  const hooks: Partial<Record<NfHook, readonly HookRow[]>> = {};
  for (const hook of Object.values(HOOK_OF)) {
    hooks[hook] = view.tables.hooks[hook].map((row) => ({
      name: row.name,
      en: row.en,
      zh: row.zh,
      priority: row.priority,
      active: row.active(view),
    }));
  }
  return hooks;
}
