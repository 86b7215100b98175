/** A branch of a shipped lab for the tests of this room. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Nanos } from '../engine/index.ts';
import { createBranch, type Branch } from './branch.ts';
import { growing, setUp } from './grow.ts';
import { readLab, type Lab } from './open.ts';
import { lab, NO_FILTER } from './store.ts';

export function readShipped(name: string): Lab {
  const text = readFileSync(join(import.meta.dirname, `../../scenarios/${name}.yaml`), 'utf8');
  const read = readLab(name, `${name}.yaml`, text);
  if (!read.ok) throw new Error(read.problem.lines[0]?.message.en);
  return read.lab;
}

/** Opens a lab and runs it to its end, all at once. */
export function openShipped(name: string): Branch {
  const open = readShipped(name);
  const run = finish(setUp(open.input));
  const branch = createBranch(0, { en: 'from the start', zh: '初始' }, null, 0 as Nanos, run);
  finish(growing(branch));
  lab.setState({
    phase: 'ready',
    lab: open,
    branches: [branch],
    branch,
    cursor: { executed: run.head, at: run.trace.timeOf(run.head - 1) },
    filter: NO_FILTER,
    selection: null,
    focus: null,
    grain: 'hop',
  });
  return branch;
}

/** Until what is under way has come to its end, however long the machine takes for it. */
export function settled(): Promise<void> {
  return until(() => lab.getState().phase === 'ready');
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 0));
}

export function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
