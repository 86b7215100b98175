import { beforeEach, describe, expect, it } from 'vitest';
import type { FrameId, NodeId, TraceId } from '../engine/index.ts';
import { act, restartLab } from './actions.ts';
import { canRedo, canUndo, history } from './deeds.ts';
import { redo, undo } from './history.ts';
import { openShipped, settled } from './lab.test-kit.ts';
import { lab, select } from './store.ts';

/** Types at the moment shown. */
async function type(node: string, text: string): Promise<void> {
  const id = lab.getState().branch?.run.nodeId(node) as NodeId;
  act(id, { kind: 'exec', tty: 'tty1', text }, { en: text, zh: text });
  await settled();
}

/** What was done in the branch shown, apart from what the file says. */
function typed(): string[] {
  const journal = lab.getState().branch?.run.journal ?? [];
  return journal.flatMap(({ after, what }) =>
    after > 0 && what.kind === 'stimulus' && what.stimulus.kind === 'exec' ? [what.stimulus.text] : [],
  );
}

function goTo(executed: number): void {
  const { branch } = lab.getState();
  if (branch !== null) lab.setState({ cursor: { executed, at: branch.run.trace.timeOf(executed - 1) } });
}

async function walk(step: () => void): Promise<void> {
  step();
  await settled();
}

describe('undo and redo', () => {
  beforeEach(() => {
    // The first lab of a visit.
    lab.setState({ lab: null, branch: null });
    openShipped('dr-lab');
  });

  it('deeds at the end of a run are undone one after the other, and done again', async () => {
    await type('client', 'echo one');
    goTo(lab.getState().branch?.run.head ?? 0);
    await type('client', 'echo two');
    goTo(lab.getState().branch?.run.head ?? 0);
    await type('client', 'echo three');
    const hash = lab.getState().branch?.run.hash();
    await walk(undo);
    expect(typed()).toEqual(['echo one', 'echo two']);
    await walk(undo);
    expect(typed()).toEqual(['echo one']);
    await walk(undo);
    expect(typed()).toEqual([]);
    expect(canUndo(history.getState())).toBe(false);
    await walk(redo);
    expect(typed()).toEqual(['echo one']);
    await walk(redo);
    await walk(redo);
    expect(typed()).toEqual(['echo one', 'echo two', 'echo three']);
    expect(lab.getState().branch?.run.hash()).toBe(hash);
    expect(canRedo(history.getState())).toBe(false);
  });

  it('a deed in the past is undone by going back to the branch it left, at the moment it was left', async () => {
    const first = lab.getState().branch;
    goTo(200);
    const cursor = lab.getState().cursor;
    await type('rs1', 'sysctl -w net.ipv4.conf.all.arp_ignore=0');
    const second = lab.getState().branch;
    expect(second).not.toBe(first);
    await walk(undo);
    expect(lab.getState().branch).toBe(first);
    expect(lab.getState().cursor).toEqual(cursor);
    await walk(redo);
    expect(lab.getState().branch).toBe(second);
  });

  it('after something else was done, what was undone is reachable in the tree only', async () => {
    goTo(200);
    await type('rs1', 'echo one');
    const one = lab.getState().branch;
    await walk(undo);
    await type('rs1', 'echo two');
    expect(canRedo(history.getState())).toBe(false);
    expect(lab.getState().branches).toContain(one);
    await walk(undo);
    expect(typed()).toEqual([]);
  });

  it('opening another lab is undone too: what was done in the first is there again', async () => {
    goTo(200);
    await type('client', 'echo one');
    const { lab: first, branch, branches } = lab.getState();
    openShipped('nat-demo');
    expect(canUndo(history.getState())).toBe(true);
    await walk(undo);
    expect(lab.getState()).toMatchObject({ lab: first, branch, branches });
    expect(typed()).toEqual(['echo one']);
    await walk(undo);
    expect(typed()).toEqual([]);
    await walk(redo);
    await walk(redo);
    await settled();
    expect(lab.getState().lab?.id).toBe('nat-demo');
  });

  it('a node selected while an undo is being worked out stays selected; a frame of the future that was left does not', async () => {
    await type('client', 'echo one');
    goTo(lab.getState().branch?.run.head ?? 0);
    await type('client', 'echo two');
    const node = lab.getState().branch?.run.nodeId('rs1') as NodeId;
    await walk(() => {
      undo();
      expect(lab.getState().phase).not.toBe('ready');
      select({ kind: 'node', node });
    });
    expect(typed()).toEqual(['echo one']);
    expect(lab.getState().selection).toEqual({ kind: 'node', node });
    select({ kind: 'frame', frame: 1 as FrameId, record: 1 as TraceId });
    await walk(undo);
    expect(lab.getState().selection).toBeNull();
  });

  it('a fresh start is undone too', async () => {
    goTo(200);
    await type('client', 'echo one');
    await walk(restartLab);
    await settled();
    expect(lab.getState().branches).toHaveLength(1);
    await walk(undo);
    expect(typed()).toEqual(['echo one']);
    expect(lab.getState().branches).toHaveLength(2);
  });
});
