/** What the start of the page does with a kept session. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openLab } from './actions.ts';
import { openShipped, readShipped } from './lab.test-kit.ts';
import { savedOf } from './saved.ts';
import { session, startSession } from './session.ts';
import { lab, setFilter, setGrain } from './store.ts';

const kept = vi.hoisted(() => ({ value: undefined as unknown, storage: Promise.resolve() }));

vi.mock('idb-keyval', () => ({
  createStore: () => ({}),
  get: () => kept.storage.then(() => kept.value),
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
  kept.storage = Promise.resolve();
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

it('leaves a lab alone that somebody opens before the storage has answered', { timeout: TIMEOUT_MS }, async () => {
  for (const value of [kept.value, undefined]) {
    let answer = (): void => {};
    kept.value = value;
    kept.storage = new Promise((done) => (answer = done));
    const started = startSession(() => expect.unreachable('nothing is to be opened afresh'));
    const { file, text, id } = readShipped('nat-demo');
    openLab(file, text, id);
    answer();
    await started;
    await vi.waitFor(() => expect(lab.getState().lab?.id).toBe('nat-demo'), { timeout: TIMEOUT_MS, interval: 5 });
    await settled();
    expect(session.getState().found).toBe('nothing');
    lab.setState({ phase: 'empty', lab: null, branches: [], branch: null });
  }
});

it('keeps what is chosen while it is brought back', { timeout: TIMEOUT_MS }, async () => {
  await startSession(() => expect.unreachable('nothing is to be opened afresh'));
  setGrain('event');
  setFilter({ text: 'arp' });
  lab.setState({ problem: { file: 'broken.yaml', lines: [] } });
  await settled();
  expect(lab.getState()).toMatchObject({ grain: 'event', filter: { text: 'arp' }, problem: { file: 'broken.yaml' } });
});
