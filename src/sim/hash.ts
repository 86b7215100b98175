/**
 * The fingerprint of a run: equal for equal runs on every machine.
 * Source: FIPS 180-4 (SHA-256).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { FrameId, TraceId, TraceReader, TraceRecord } from '../engine/index.ts';
import { emit } from '../wire/index.ts';

/** One record as a line of text: everything in it, arguments in alphabetical order. */
export function recordLine(record: TraceRecord): string {
  const { id, at, event, node, dev, frame, frameOut, stage, verdict, reason, cause, args } = record;
  const named =
    args === null
      ? ''
      : Object.keys(args)
          .toSorted()
          .map((key) => `${key}=${args[key]}`)
          .join(',');
  return `${id} ${at} ${event} ${node} ${dev} ${frame} ${frameOut} ${stage} ${verdict} ${reason} ${cause} ${named}\n`;
}

export function hashTrace(trace: TraceReader): string {
  const hash = sha256.create();
  const encoder = new TextEncoder();
  for (let id = 0; id < trace.length; id++) hash.update(encoder.encode(recordLine(trace.get(id as TraceId))));
  for (let id = 0; id < trace.frameCount; id++) {
    const frame = trace.frame(id as FrameId);
    hash.update(encoder.encode(`${frame.id} ${frame.bornFrom} `));
    hash.update(emit(frame.layers));
  }
  return bytesToHex(hash.digest());
}
