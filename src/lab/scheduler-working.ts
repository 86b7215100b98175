/**
 * How a scheduler came to its choice: every server with the numbers compared, as they were before it.
 * Comes from: the record of a choice, the world before its event.  Goes to: panels/inspector/scheduler-working.tsx.
 */
import { NO_FRAME, type TraceId, type TraceReader, type TraceRecord } from '../engine/index.ts';
import { schedulerOf, type ExplainRow, type IpvsNet, type PacketFacts } from '../ipvs/index.ts';
import type { WorldView } from '../sim/index.ts';
import type { Layers } from '../wire/index.ts';
import type { Both } from './branch.ts';
import { nodeView } from './pins.ts';

/** Why a server was not chosen, or that it was. */
export type WorkingVerdict = 'chosen' | 'tied' | 'more' | 'not' | Exclude<ExplainRow['fitness'], 'fit'>;

export interface WorkingRow extends ExplainRow {
  readonly verdict: WorkingVerdict;
}

export interface Working {
  readonly scheduler: string;
  readonly title: Both;
  readonly record: TraceId;
  readonly rows: readonly WorkingRow[];
  /** names of the numbers, in the order of columns */
  readonly numbers: readonly string[];
  /** a server was as good as the chosen one and stands behind it */
  readonly tie: boolean;
}

/** Schedulers that choose the smallest of what is computed. */
const SMALLEST = new Set(['lc', 'wlc', 'sed', 'nq', 'lblcr', 'twos']);

/** The record of an event in which a server was picked; null when there was none. */
export function pickRecord(trace: TraceReader, event: number): TraceRecord | null {
  for (let id = trace.firstOf(event); id < trace.firstOf(event + 1); id++) {
    const record = trace.get(id as TraceId);
    if (record.stage === 'ipvs:schedule' && record.reason.startsWith('ipvs.picked-')) return record;
  }
  return null;
}

/** @param before the world as it was before the event of the pick */
export function workingOf(trace: TraceReader, pick: TraceRecord, before: WorldView): Working | null {
  const node = before.nodes[pick.node];
  const { args } = pick;
  const scheduler = schedulerOf(String(args?.['scheduler'] ?? ''));
  if (node?.kind !== 'linux' || scheduler === null || pick.frame === NO_FRAME) return null;
  const chosen = Number(args?.['dest']);
  const svc = node.ipvs.services.find(({ dests }) => dests.some((dest) => dest.id === chosen));
  const facts = factsOf(trace.frame(pick.frame).layers);
  if (svc === undefined || facts === null) return null;
  const explained = scheduler.explain(looker(nodeView(node) as unknown as IpvsNet, pick.at), svc, facts);
  // The bar of wrr falls while it looks: what the servers were held against is where it stopped.
  const bar = scheduler.name === 'wrr' ? Number(args?.['cw']) : null;
  const rows = explained.map((row): WorkingRow => {
    const shown = bar === null ? row : heldAgainst(row, bar);
    const won = row.dest === chosen;
    return { ...shown, chosen: won, verdict: won ? 'chosen' : verdictOf(shown, scheduler.name) };
  });
  return {
    scheduler: scheduler.name,
    title: scheduler.title,
    record: pick.id,
    rows,
    numbers: rows[0]?.numbers.map((number) => number.name) ?? [],
    tie: rows.some((row) => row.verdict === 'tied'),
  };
}

function verdictOf(row: ExplainRow, scheduler: string): WorkingVerdict {
  if (row.fitness !== 'fit') return row.fitness;
  if (row.tied) return 'tied';
  return SMALLEST.has(scheduler) ? 'more' : 'not';
}

function heldAgainst(row: ExplainRow, cw: number): ExplainRow {
  const reaches = row.weight >= cw;
  const fitness =
    row.fitness === 'fit' || row.fitness === 'below-current-weight' ? (reaches ? 'not-in-turn' : 'below-current-weight') : row.fitness;
  const numbers = row.numbers.map((number) => (number.name === 'cw' ? { ...number, value: cw } : number));
  return { ...row, fitness, numbers, formula: `${row.weight} ${reaches ? '≥' : '<'} ${cw}` };
}

/** A node that can be looked at: what is armed or written by a trial goes nowhere. */
function looker(net: IpvsNet, now: TraceRecord['at']): IpvsNet {
  const idle = { now, tracing: false, arm: () => 0, trace: () => 0, random: () => 0, randomBelow: () => 0 };
  return { ...net, ...idle } as unknown as IpvsNet;
}

/** Addresses and ports that a scheduler goes by. */
function factsOf(layers: Layers): PacketFacts | null {
  const ip = layers.find((layer) => layer.kind === 'ipv4');
  if (ip?.kind !== 'ipv4') return null;
  const ports = layers.find((layer) => layer.kind === 'tcp' || layer.kind === 'udp');
  const known = ports?.kind === 'tcp' || ports?.kind === 'udp' ? ports : { sport: 0, dport: 0 };
  return { proto: ip.proto, saddr: ip.src, daddr: ip.dst, sport: known.sport, dport: known.dport };
}
