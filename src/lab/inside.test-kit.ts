/** Runs of shipped labs, and moments in them by what is said there. */
import { readFileSync } from 'node:fs';
import type { TraceRecord } from '../engine/index.ts';
import { createRun, type Run } from '../sim/index.ts';
import { readLab } from './open.ts';

/** @param extra lines put at the end of a node's setup */
export function runOf(file: string, extra: { readonly after: string; readonly lines: string } | null = null): Run {
  let text = readFileSync(new URL(`../../scenarios/${file}`, import.meta.url), 'utf8');
  if (extra !== null) {
    const at = text.indexOf(extra.after);
    if (at < 0) throw new Error(`${file} has no line ${extra.after}`);
    const end = text.indexOf('\n', at) + 1;
    const indent = ' '.repeat(at - text.lastIndexOf('\n', at) - 1);
    text = text.slice(0, end) + extra.lines.replace(/^/gm, indent) + '\n' + text.slice(end);
  }
  const read = readLab(file, file, text);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  const run = createRun(read.lab.input);
  run.finish();
  return run;
}

/** The first record with a reason, at a node if one is named. */
export function recordOf(run: Run, reason: string, node: string | null = null): TraceRecord {
  for (let id = 0; id < run.trace.length; id++) {
    const record = run.trace.get(id as TraceRecord['id']);
    if (record.reason === reason && (node === null || run.nodeName(record.node) === node)) return record;
  }
  throw new Error(`nobody says ${reason}`);
}
