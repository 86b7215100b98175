/** Every frame of the shipped labs as bytes: rewritten, wrapped and cut ones included. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FrameId } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { emit, parse } from '../wire/index.ts';
import { fromScenario } from './from-scenario.ts';
import { createRun } from './run.ts';

const FOLDER = join(import.meta.dirname, '../../scenarios');

describe('the bytes of every frame', () => {
  it.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))('%s: read back as they were, with right checksums', (file) => {
    const loaded = loadScenario(readFileSync(join(FOLDER, file), 'utf8'));
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
    const run = createRun(fromScenario(loaded.scenario));
    run.finish();
    expect(run.trace.frameCount).toBeGreaterThan(10);
    for (let id = 0; id < run.trace.frameCount; id++) {
      const { layers } = run.trace.frame(id as FrameId);
      if (layers[0]?.kind !== 'eth') continue;
      const read = parse(emit(layers));
      expect(read.faults, `frame ${id}`).toEqual([]);
      expect(read.layers, `frame ${id}`).toEqual(layers);
    }
  });

  it('a changed byte is noticed', () => {
    const loaded = loadScenario(readFileSync(join(FOLDER, 'nat-demo.yaml'), 'utf8'));
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message.en);
    const run = createRun(fromScenario(loaded.scenario));
    run.finish();
    const ids = Array.from({ length: run.trace.frameCount }, (_, id) => id as FrameId);
    const tcp = ids.map((id) => run.trace.frame(id).layers).find((layers) => layers[0]?.kind === 'eth' && layers[2]?.kind === 'tcp');
    const bytes = emit(tcp ?? []);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    expect(parse(bytes).faults.length).toBeGreaterThan(0);
  });
});
