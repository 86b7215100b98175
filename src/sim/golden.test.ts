/**
 * Golden traces: what every shipped lab does, as text to be read in a diff: each frame that a host puts on a
 * cable, and the sentences that matter. `UPDATE_GOLDEN=1 npm test -- unit src/sim/golden` writes them anew.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTcpdumpState, TCPDUMP_DEFAULTS, tcpdumpText, type TcpdumpState } from '../capture/index.ts';
import { formatSeconds, type TraceId } from '../engine/index.ts';
import { shipped } from './desk.test-kit.ts';
import { fromScenario, storyBegins } from './from-scenario.ts';
import { createRun, type Run } from './run.ts';
import { notabilityOf } from './story.ts';
import { namesOf, tell } from './tell.ts';

const SCENARIOS = join(import.meta.dirname, '../../scenarios');
const FOLDER = join(SCENARIOS, 'golden');
const LABS = readdirSync(SCENARIOS).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -'.yaml'.length)] : []));
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
/** Sentences from this notability on. */
const NOTABLE = 2;

function goldenText(run: Run): string {
  const { nodes } = run.worldAt(run.head);
  const names = namesOf(nodes);
  const captures = new Map<string, TcpdumpState>();
  const lines: string[] = [];
  for (let id = run.trace.firstOf(storyBegins(run)); id < run.trace.length; id = (id + 1) as TraceId) {
    const record = run.trace.get(id);
    const { at, node, dev, stage, verdict, frame, args } = record;
    const time = formatSeconds(at);
    if (stage === 'link:tx' && verdict === 'pass') {
      if (nodes[node]?.kind !== 'linux') continue;
      const key = `${node}:${dev}`;
      const capture = captures.get(key) ?? createTcpdumpState();
      captures.set(key, capture);
      const packet = { at, layers: run.trace.frame(frame).layers };
      const text = tcpdumpText(capture, { ...TCPDUMP_DEFAULTS, ether: true, time: 'none' }, packet);
      lines.push(`${time} ${names.node(node)}:${names.dev(node, dev)} ${text}`);
    } else if (notabilityOf(record) >= NOTABLE) lines.push(`${time}   ${tell(record, names, 'en')}`);
    else if (stage === 'tty')
      lines.push(
        ...String(args?.['text'])
          .trimEnd()
          .split('\n')
          .map((line) => `${time}   | ${line}`),
      );
  }
  return `${lines.join('\n')}\n`;
}

describe('golden traces', () => {
  it.each(LABS)('%s', (lab) => {
    const run = createRun(fromScenario(shipped(lab)));
    run.finish();
    const text = goldenText(run);
    const path = join(FOLDER, `${lab}.txt`);
    if (UPDATE) writeFileSync(path, text);
    const golden = existsSync(path) ? readFileSync(path, 'utf8') : '';
    expect(text, 'UPDATE_GOLDEN=1 npm test -- unit src/sim/golden').toBe(golden);
  });

  it('belong to labs that are there', () => {
    for (const file of readdirSync(FOLDER)) {
      const known = LABS.includes(file.replace(/\.txt$/, ''));
      if (UPDATE && !known) rmSync(join(FOLDER, file));
      else expect(known, file).toBe(true);
    }
  });
});
