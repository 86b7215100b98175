/**
 * Sentences: what a record says to a person, in English or Chinese.
 * Comes from: a record and the reason tables.  Goes to: captions, event list, text trace.
 */
import { formatSpan, type NodeId, type TraceRecord } from '../engine/index.ts';
import type { ReasonRow } from '../host/index.ts';
import { formatIpv4, formatMac, type Ipv4, type Mac } from '../wire/index.ts';
import { timerNames, type NodeState } from '../world/index.ts';
import { reasons } from './userland.ts';

export type Lang = 'en' | 'zh';

/** What a sentence needs to know of the world: names of nodes and of their interfaces. */
export interface Names {
  node(id: NodeId): string;
  /** '' when there is no such interface */
  dev(node: NodeId, dev: number): string;
}

/** Names as they are in these nodes' states. */
export function namesOf(nodes: readonly Readonly<NodeState>[]): Names {
  return {
    node: (id) => nodes[id]?.name ?? `#${id}`,
    dev(id, dev) {
      const node = nodes[id];
      if (node === undefined || dev === 0) return '';
      return node.kind === 'linux' ? (node.host.devs[dev]?.name ?? `if${dev}`) : (node.sw.ports[dev - 1]?.name ?? `port ${dev}`);
    },
  };
}

/** The row of the reason table that a record names. */
export function reasonOf(record: TraceRecord): ReasonRow {
  const row = reasons[record.reason];
  if (row === undefined) throw new RangeError(`no reason ${record.reason}`);
  return row;
}

/** The sentence of a record. */
export function tell(record: TraceRecord, names: Names, lang: Lang): string {
  const row = reasonOf(record);
  return row[lang].replace(/\{(\w+)(?::(\w+))?\}/g, (whole, name: string, form: string | undefined) => {
    const value = record.args?.[name];
    if (value !== undefined)
      return form === 'timer' ? (timerNames[value]?.[lang] ?? String(value)) : show(value, form, names, record.node, lang);
    if (name === 'node') return names.node(record.node);
    if (name === 'dev') return names.dev(record.node, record.dev);
    return whole;
  });
}

const PLUGGED_IN = { en: 'plugged in', zh: '插着' } as const;
const PULLED_OUT = { en: 'pulled out', zh: '被拔掉' } as const;
const UNLIMITED = { en: 'unlimited', zh: '不限' } as const;

/** Bits per second in the largest unit that keeps the figure whole or above one: `10 Mbit/s`. */
export function rateText(bps: number): string {
  if (bps >= 1_000_000_000) return `${bps / 1_000_000_000} Gbit/s`;
  if (bps >= 1_000_000) return `${bps / 1_000_000} Mbit/s`;
  return bps >= 1_000 ? `${bps / 1_000} kbit/s` : `${bps} bit/s`;
}

function show(value: string | number, form: string | undefined, names: Names, node: NodeId, lang: Lang): string {
  if (typeof value === 'string') return value;
  switch (form) {
    case 'ip':
      return formatIpv4(value as Ipv4);
    case 'mac':
      return formatMac(value as Mac);
    case 'span':
      return formatSpan(value as Parameters<typeof formatSpan>[0]);
    case 'dev':
      return names.dev(node, value);
    case 'node':
      return names.node(value as NodeId);
    case 'plug':
      return value === 0 ? PULLED_OUT[lang] : PLUGGED_IN[lang];
    case 'rate':
      return value === 0 ? UNLIMITED[lang] : rateText(value);
    case 'share':
      return `${value / 10_000} %`;
    case 'hex':
      return `0x${value.toString(16)}`;
    default:
      return String(value);
  }
}
