import { expect, it, vi } from 'vitest';
import { lab } from '../../lab/index.ts';
import { openFile } from './file-choice.tsx';

function file(name: string, text: Promise<string>): File {
  return Object.assign(new File([''], name), { text: () => text });
}

function labOf(title: string): string {
  return `lvs-lab: 1\ntitle: ${title}\nabout: Nothing.\nnodes: { a: {} }\n`;
}

const shown = (): string | undefined => lab.getState().lab?.title.en;

it('of two files the one that was chosen last is opened, however long the other takes to be read', async () => {
  let read = (_text: string): void => {};
  const slow = openFile(file('slow.yaml', new Promise((done) => (read = done))));
  await openFile(file('quick.yaml', Promise.resolve(labOf('quick'))));
  await vi.waitUntil(() => shown() === 'quick' && lab.getState().phase === 'ready', { timeout: 50_000 });
  const { asked } = lab.getState();
  read(labOf('slow'));
  await slow;
  expect(lab.getState().asked).toBe(asked);
  // Nor is it told what is wrong with a file that nobody waits for any more.
  const late = openFile(file('broken.yaml', new Promise((done) => (read = done))));
  lab.setState({ asked: asked + 1 });
  read('nonsense');
  await late;
  expect(lab.getState().problem).toBeNull();
});
