/**
 * The trace as text, one line for each record, in tcpdump's manner.
 * Comes from: a trace.  Goes to: the command line, golden traces.
 *
 *     1.000605 director eth0 ipvs:schedule pass ipvs.picked-wlc #5 wlc picks 172.18.20.125: …
 */
import { createTcpdumpState, TCPDUMP_DEFAULTS, tcpdumpText, type TcpdumpState } from '../capture/index.ts';
import { formatSeconds, NO_FRAME, type TraceId, type TraceReader, type TraceRecord } from '../engine/index.ts';
import { tell, type Names } from './tell.ts';

/** What the writer remembers from line to line. */
export interface TraceTextState {
  /** sequence numbers are relative for each cable and direction by itself */
  readonly captures: Map<string, TcpdumpState>;
}

export function createTraceTextState(): TraceTextState {
  return { captures: new Map() };
}

/** One record, without a newline at the end. */
export function traceLine(state: TraceTextState, trace: TraceReader, record: TraceRecord, names: Names): string {
  const { node, dev, stage, verdict, reason, frame, frameOut, at } = record;
  const where = `${names.node(node)} ${dev === 0 ? '-' : names.dev(node, dev)}`;
  const about = frame === NO_FRAME ? '' : ` #${frame}${frameOut === NO_FRAME ? '' : `->#${frameOut}`}`;
  return `${formatSeconds(at)} ${where} ${stage} ${verdict} ${reason}${about}${tail(state, trace, record, names)}`;
}

/** The packet where one is put on a cable, the text where some is printed, elsewhere the sentence. */
function tail(state: TraceTextState, trace: TraceReader, record: TraceRecord, names: Names): string {
  if (record.stage === 'link:tx' && record.verdict === 'pass') return ` ${packetText(state, trace, record)}`;
  if (record.stage === 'tty') return ` ${JSON.stringify(record.args?.['text'] ?? '')}`;
  return ` ${tell(record, names, 'en')}`;
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
  for (let id = 0; id < trace.length; id++) yield `${traceLine(state, trace, trace.get(id as TraceId), names)}\n`;
}
