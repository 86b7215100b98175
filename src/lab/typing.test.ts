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

it('what is typed for a program that reads stands where it was typed, as a terminal shows it', async () => {
  const type = (text: string): Promise<void> => done(() => act(node, { kind: 'exec', tty: 'tty1', text }, { en: '', zh: '' }));
  const from = branch.run.trace.length;
  await type('nc -u 172.18.20.126 99');
  await type('hello');
  await done(() => act(node, { kind: 'signal', tty: 'tty1', signal: 'INT' }, { en: '', zh: '' }));
  await type('read word; echo "[$word]"');
  await type('there');
  // What nothing reads waits for the prompt, and is a command then.
  await type('sleep 1');
  await type('echo ahead');
  const later = transcript(branch, node, branch.run.trace.length).filter(({ record }) => record >= from);
  expect(later.flatMap(({ kind, text }) => (kind === 'ended' ? [] : [`${kind} ${text.trimEnd()}`]))).toEqual([
    'typed nc -u 172.18.20.126 99',
    'input hello',
    'printed ^C',
    'typed read word; echo "[$word]"',
    'input there',
    'printed [there]',
    'typed sleep 1',
    'typed echo ahead',
    'printed ahead',
  ]);
});
