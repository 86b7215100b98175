/**
 * Whether two records of two runs say the same, whatever numbers they have there.
 * Comes from: traces.  Goes to: divergence.ts.
 *
 * Numbers of records and frames, process ids and sequence numbers shift when something is done more in one
 * run; nodes, stages, reasons, verdicts and headers do not.
 */
import type { FrameId, TraceReader, TraceRecord } from '../../engine/index.ts';
import type { Layer, Layers } from '../../wire/index.ts';

/** Arguments that may differ between records that say the same; `value` is the setting that was looked at. */
const FREE: ReadonlySet<string> = new Set(['pid', 'value', 'seq', 'ack', 'ackSeq', 'isn', 'id', 'timer', 'child']);

/** A trace whose frames are read as text once. */
export class Likeness {
  private readonly trace: TraceReader;
  private readonly known = new Map<FrameId, string>();

  constructor(trace: TraceReader) {
    this.trace = trace;
  }

  /** A frame as its headers, without what no learner would call a difference: identifiers, sequence numbers. */
  frame(id: FrameId): string {
    if (id < 0) return '';
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const made = headersText(this.trace.frame(id).layers);
    this.known.set(id, made);
    return made;
  }

  /** Everything that counts about a record, but its time. */
  text(record: TraceRecord): string {
    const { node, dev, stage, verdict, reason, args } = record;
    return `${node} ${dev} ${stage} ${verdict} ${reason} ${this.frame(record.frame)} ${this.frame(record.frameOut)} ${argsText(args)}`;
  }
}

function argsText(args: TraceRecord['args']): string {
  if (args === null) return '';
  let text = '';
  for (const name in args) if (!FREE.has(name)) text += `${name}=${args[name]} `;
  return text;
}

export function headersText(layers: Layers): string {
  return layers.map(layerText).join('|');
}

function layerText(layer: Layer): string {
  switch (layer.kind) {
    case 'eth':
      return `${layer.src}>${layer.dst}`;
    case 'arp':
      return `arp${layer.op} ${layer.sha} ${layer.spa}>${layer.tha} ${layer.tpa}`;
    case 'ipv4':
      return `${layer.src}>${layer.dst} ${layer.proto} ${layer.ttl} ${layer.fragOffset}`;
    case 'tcp':
      return `${layer.sport}>${layer.dport} ${layer.flags}`;
    case 'udp':
      return `${layer.sport}>${layer.dport}`;
    case 'icmp':
      return `icmp${layer.type}.${layer.code}`;
    case 'payload':
      return `${layer.bytes.length}`;
    default:
      return layer.kind;
  }
}
