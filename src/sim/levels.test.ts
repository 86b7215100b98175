/** How much is written down changes nothing of what happens. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOP, type TraceId, type TraceLevel } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { emit } from '../wire/index.ts';
import { fromScenario } from './from-scenario.ts';
import { createRun, type Run } from './run.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

function finished(file: string, trace: TraceLevel): Run {
  const loaded = loadScenario(readFileSync(join(FOLDER, file), 'utf8'));
  if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
  const run = createRun({ ...fromScenario(loaded.scenario), trace });
  run.finish();
  return run;
}

/** Every frame on every cable and every line on every screen, in order. */
function seen(run: Run): string[] {
  const lines: string[] = [];
  for (let id = 0; id < run.trace.length; id++) {
    const { at, node, dev, stage, verdict, frame, args } = run.trace.get(id as TraceId);
    if (stage === HOP.stage)
      lines.push(`${at} ${node} ${dev} ${verdict} ${args?.['until']} ${emit(run.trace.frame(frame).layers).join(' ')}`);
    if (stage === 'tty') lines.push(`${at} ${node} ${args?.['text']}`);
  }
  return lines;
}

describe('a run at another trace level', () => {
  it.each(FILES)('%s: the same frames at the same times, the same text', (file) => {
    expect(seen(finished(file, 'full'))).toEqual(seen(finished(file, 'lab')));
  });

  it.each(FILES)('%s: as many frames where they are only counted', (file) => {
    const sent = (run: Run): number[] =>
      run
        .worldAt(run.head)
        .nodes.map((node) =>
          node.kind === 'switch'
            ? node.sw.ports.reduce((sum, port) => sum + port.txPackets, 0)
            : node.host.devs.reduce((sum, dev) => sum + (dev?.txPackets ?? 0), 0),
        );
    expect(sent(finished(file, 'count'))).toEqual(sent(finished(file, 'full')));
  });
});
