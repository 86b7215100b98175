import { beforeEach, expect, it } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import { act } from './actions.ts';
import type { Branch } from './branch.ts';
import { openShipped, settled } from './lab.test-kit.ts';
import { lab } from './store.ts';
import { idleTerminal, isBusy, transcript } from './typing.ts';

let branch: Branch;
let node: NodeId;

async function done(what: () => void): Promise<void> {
  what();
  await settled();
  branch = lab.getState().branch as Branch;
}

beforeEach(() => {
  lab.setState({ lab: null, branch: null });
  branch = openShipped('dr-lab');
  node = branch.run.nodeId('client') as NodeId;
});

it('a terminal is free again after its machine was switched off', async () => {
  await done(() => act(node, { kind: 'exec', tty: 'tty1', text: 'sleep 1000' }, { en: '', zh: '' }));
  const end = branch.run.trace.length;
  expect(isBusy(branch, node, 'tty1', end)).toBe(true);
  expect(idleTerminal(branch, node, end)).toBe('tty2');
  await done(() => act(node, { kind: 'power', on: false }, { en: '', zh: '' }));
  const later = branch.run.trace.length;
  expect(isBusy(branch, node, 'tty1', later)).toBe(false);
  expect(transcript(branch, node, later).at(-1)?.kind).toBe('ended');
});
