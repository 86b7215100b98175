/**
 * The trace as text, one line for each record, in tcpdump's manner.
 * Comes from: a trace.  Goes to: the command line, golden traces.
 *
 *     0.001250 director eth0 ipvs:schedule pass ipvs.scheduled #12 172.18.20.124 chosen
 */
import { createTcpdumpState, TCPDUMP_DEFAULTS, tcpdumpText, type TcpdumpState } from '../capture/index.ts';
import {
  formatSeconds,
  NO_FRAME,
  type TraceId,
  type TraceReader,
  type TraceRecord,
} from '../engine/index.ts';
import { formatIpv4, formatMac, type Ipv4, type Mac } from '../wire/index.ts';
import type { Names } from './tell.ts';
import { reasons } from './userland.ts';

/** What the writer remembers from line to line. */
export interface TraceTextState {
  /** sequence numbers are relative for each cable and direction by itself */
  readonly captures: Map<string, TcpdumpState>;
}

export function createTraceTextState(): TraceTextState {
  return { captures: new Map() };
}

/** One record, without a newline at the end. */
export function traceLine(
  state: TraceTextState,
  trace: TraceReader,
  record: TraceRecord,
  names: Names,
): string {
  const { node, dev, stage, verdict, reason, frame, frameOut, at } = record;
  const where = `${names.node(node)} ${dev === 0 ? '-' : names.dev(node, dev)}`;
  const about = frame === NO_FRAME ? '' : ` #${frame}${frameOut === NO_FRAME ? '' : `->#${frameOut}`}`;
  return `${formatSeconds(at)} ${where} ${stage} ${verdict} ${reason}${about}${tail(state, trace, record)}`;
}

/** The packet where one is put on a cable; elsewhere the values that decided. */
function tail(state: TraceTextState, trace: TraceReader, record: TraceRecord): string {
  if (record.stage === 'link:tx') return ` ${packetText(state, trace, record)}`;
  if (record.args === null) return '';
  const { args, reason } = record;
  return ` ${Object.keys(args)
    .toSorted()
    .map((key) => `${key}=${valueText(args[key], formOf(reason, key))}`)
    .join(' ')}`;
}

/** How the reason's sentence shows an argument: 'ip', 'mac', 'span'; null when as it is. */
function formOf(reason: string, key: string): string | null {
  const sentence = reasons[reason]?.en ?? '';
  const start = sentence.indexOf(`{${key}:`);
  return start < 0 ? null : sentence.slice(start + key.length + 2, sentence.indexOf('}', start));
}

function valueText(value: string | number | undefined, form: string | null): string {
  if (typeof value !== 'number') return /[\s"]/.test(value ?? '') ? JSON.stringify(value) : (value ?? '');
  if (form === 'ip') return formatIpv4(value as Ipv4);
  if (form === 'mac') return formatMac(value as Mac);
  return form === 'hex' ? `0x${value.toString(16)}` : String(value);
}

function packetText(state: TraceTextState, trace: TraceReader, record: TraceRecord): string {
  const key = `${record.node}:${record.dev}`;
  const capture = state.captures.get(key) ?? createTcpdumpState();
  state.captures.set(key, capture);
  const { layers } = trace.frame(record.frame);
  return tcpdumpText(capture, { ...TCPDUMP_DEFAULTS, ether: true, time: 'none' }, { at: record.at, layers });
}

/** The whole trace, each line with its newline. */
export function* traceLines(trace: TraceReader, names: Names): Generator<string> {
  const state = createTraceTextState();
  for (let id = 0; id < trace.length; id++)
    yield `${traceLine(state, trace, trace.get(id as TraceId), names)}\n`;
}
