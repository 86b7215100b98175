import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { lab, openLab, setCursor } from '../../lab/index.ts';
import { playback, startPlayback } from '../../playback/index.ts';
import { runUntil } from './run-until.tsx';

beforeEach(async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: true }));
  vi.stubGlobal('requestAnimationFrame', () => 0);
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  const file = join(import.meta.dirname, '../../../scenarios/dr-lab.yaml');
  openLab('dr-lab.yaml', readFileSync(file, 'utf8'), 'dr-lab');
  await vi.waitUntil(() => lab.getState().phase === 'ready', { timeout: 50_000 });
  const stop = startPlayback();
  return () => {
    stop();
    vi.unstubAllGlobals();
  };
});

async function aWhile(): Promise<void> {
  for (let i = 0; i < 100; i++) await new Promise((done) => setTimeout(done, 0));
}

it('goes to where it happens', async () => {
  const { cursor } = lab.getState();
  runUntil({ kind: 'drop' });
  await aWhile();
  expect(lab.getState().cursor.executed).toBeGreaterThan(cursor.executed);
});

it('whoever has gone elsewhere before it was found is left there', async () => {
  runUntil({ kind: 'drop' });
  const elsewhere = { executed: 30, at: lab.getState().branch?.run.trace.timeOf(29) as never };
  setCursor(elsewhere);
  await aWhile();
  expect(lab.getState().cursor).toEqual(elsewhere);
  expect(playback.getSnapshot().value).toBe('paused');
});
