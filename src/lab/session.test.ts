/** What the start of the page does with a kept session. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openLab } from './actions.ts';
import { openShipped, readShipped } from './lab.test-kit.ts';
import { savedOf } from './saved.ts';
import { session, startSession } from './session.ts';
import { lab } from './store.ts';

const kept = vi.hoisted(() => ({ value: undefined as unknown }));

vi.mock('idb-keyval', () => ({
  createStore: () => ({}),
  get: () => Promise.resolve(kept.value),
  set: () => Promise.resolve(),
  del: () => Promise.resolve(),
}));

const TIMEOUT_MS = 60_000;

beforeEach(() => {
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('document', { addEventListener: () => undefined, visibilityState: 'visible' });
  openShipped('dr-lab');
  const state = lab.getState();
  kept.value = structuredClone(savedOf(state, state.cursor, null));
  lab.setState({ phase: 'empty', lab: null, branches: [], branch: null });
  session.setState({ found: 'nothing', why: '' });
});
afterEach(() => vi.unstubAllGlobals());

const settled = (): Promise<void> => vi.waitFor(() => expect(lab.getState().phase).toBe('ready'), { timeout: TIMEOUT_MS, interval: 5 });

it('brings it back', { timeout: TIMEOUT_MS }, async () => {
  await startSession(() => expect.unreachable('nothing is to be opened afresh'));
  await settled();
  expect(lab.getState().lab?.id).toBe('dr-lab');
  expect(session.getState().found).toBe('restored');
});

it('leaves a lab alone that somebody opens meanwhile', { timeout: TIMEOUT_MS }, async () => {
  await startSession(() => expect.unreachable('nothing is to be opened afresh'));
  const { file, text, id } = readShipped('nat-demo');
  openLab(file, text, id);
  await vi.waitFor(() => expect(lab.getState().lab?.id).toBe('nat-demo'), { timeout: TIMEOUT_MS, interval: 5 });
  await settled();
  // As long as the restoration would have taken, and longer.
  for (let i = 0; i < 500; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  expect(lab.getState().lab?.id).toBe('nat-demo');
  expect(session.getState().found).toBe('nothing');
});
