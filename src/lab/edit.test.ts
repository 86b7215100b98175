import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import { act, dropBranch } from './actions.ts';
import { canRedo, canUndo, history } from './deeds.ts';
import { addNode, connectNodes, dragNode, edit, editKey, editText, layCable, pickNode, startEditing, stopEditing } from './edit.ts';
import { editor } from './editor.ts';
import { redo, undo } from './history.ts';
import { finish, openShipped, settled } from './lab.test-kit.ts';
import { restoring, savedOf } from './saved.ts';
import { settings } from './settings.ts';
import { lab, select } from './store.ts';

const SAID = { en: 'said', zh: '所述' };

function names(): string[] {
  return lab.getState().lab?.scenario.nodes.map((node) => node.name) ?? [];
}

function text(): string {
  return lab.getState().lab?.text ?? '';
}

function placeOf(name: string): readonly [number, number] | undefined {
  const { lab: open } = lab.getState();
  return settings.getState().places[open?.id ?? '']?.[name] ?? open?.places.get(name);
}

/** Undoes or redoes, and waits until the lab stands. */
async function walk(step: () => void): Promise<void> {
  const before = history.getState().present;
  step();
  expect(history.getState().present).not.toBe(before);
  await settled();
}

beforeEach(() => {
  lab.setState({ lab: null, branch: null });
  settings.setState({ places: {} });
  openShipped('dr-lab');
  startEditing();
});

describe('editing a lab', () => {
  it('stands where the file has set the lab up, and nothing has happened', () => {
    const { branch, cursor } = lab.getState();
    expect(cursor).toEqual({ executed: branch?.begin, at: 0 });
    stopEditing();
    expect(lab.getState().cursor.executed).toBeGreaterThan(branch?.begin ?? 0);
  });

  it('writes the text and builds the lab from it, with what was selected', async () => {
    select({ kind: 'node', node: names().indexOf('rs2') as never });
    expect(edit([{ kind: 'remove-node', name: 'router' }], SAID)).toBe(true);
    expect(edit([{ kind: 'rename-node', name: 'rs2', to: 'web' }], SAID)).toBe(true);
    await settled();
    expect(names()).not.toContain('router');
    expect(lab.getState().selection).toEqual({ kind: 'node', node: names().indexOf('web') });
    expect(lab.getState().branch?.run.nodeId('web')).toBe(names().indexOf('web'));
    expect(lab.getState().cursor.executed).toBe(lab.getState().branch?.begin);
  });

  it('changes that come faster than the lab is built are all there, and each is undone', async () => {
    const first = text();
    addNode('host', [1, 2]);
    addNode('host', [3, 4]);
    connectNodes('host1', 'host2');
    await settled();
    expect(names().slice(-2)).toEqual(['host1', 'host2']);
    expect(text()).toContain('[host1:eth0, host2:eth0]');
    await walk(undo);
    expect(text()).not.toContain('[host1:eth0, host2:eth0]');
    await walk(undo);
    expect(names()).toContain('host1');
    expect(names()).not.toContain('host2');
    await walk(undo);
    expect(text()).toBe(first);
    expect(canUndo(history.getState())).toBe(false);
    await walk(redo);
    await walk(redo);
    await walk(redo);
    expect(text()).toContain('[host1:eth0, host2:eth0]');
    expect(canRedo(history.getState())).toBe(false);
  });

  it('what was done in the lab before is there again when the change of the file is undone', async () => {
    stopEditing();
    act(0 as never, { kind: 'exec', tty: 'tty1', text: 'echo one' }, SAID);
    await settled();
    const { branches, branch } = lab.getState();
    expect(branches).toHaveLength(2);
    startEditing();
    addNode('host', [1, 2]);
    await settled();
    expect(lab.getState().branches).toHaveLength(1);
    await walk(undo);
    expect(lab.getState().branches).toEqual(branches);
    expect(lab.getState().branch).toBe(branch);
    await walk(undo);
    expect(lab.getState().branch).toBe(branches[0]);
    await walk(redo);
    await walk(redo);
    expect(names()).toContain('host1');
  });

  it('says why something cannot be done, and leaves all as it is', () => {
    const before = lab.getState();
    const entries = history.getState();
    expect(edit([{ kind: 'rename-node', name: 'rs1', to: 'rs2' }], SAID)).toBe(false);
    expect(editor.getState()).toMatchObject({ asked: 'form', problem: { file: 'dr-lab.yaml' } });
    expect(editText(`${text()}nonsense: 1\n`)).toBe(false);
    expect(editor.getState()).toMatchObject({ asked: 'text' });
    expect(editor.getState().problem?.lines[0]?.line).toBe(text().split('\n').length);
    expect(lab.getState()).toEqual(before);
    expect(history.getState()).toEqual(entries);
    // Whoever writes again what stood there has put it right.
    expect(editText(text())).toBe(true);
    expect(editor.getState().problem).toBe(null);
    expect(history.getState()).toEqual(entries);
  });

  it('a cable is laid between two nodes that are picked one after the other', async () => {
    layCable('client');
    pickNode(names().indexOf('sw1') as never);
    await settled();
    expect(text()).toMatch(/\[client:eth1, sw1:\d\]/);
    expect(editor.getState().from).toBe(null);
  });

  it('has keys', async () => {
    select({ kind: 'node', node: names().indexOf('rs2') as never });
    const [x, y] = placeOf('rs2') ?? [0, 0];
    expect(editKey('ArrowUp')).toBe(true);
    await settled();
    expect(placeOf('rs2')).toEqual([x, y - 20]);
    expect(text()).toContain(`at: [${x}, ${y - 20}]`);
    expect(editKey('c')).toBe(true);
    expect(editor.getState().from).toBe('rs2');
    expect(editKey('Escape')).toBe(true);
    expect(editKey('Escape')).toBe(false);
    expect(editKey('Delete')).toBe(true);
    await settled();
    expect(names()).not.toContain('rs2');
    expect(editKey('e')).toBe(true);
    expect(editor.getState().on).toBe(false);
    expect(editKey('Delete')).toBe(false);
  });

  it('has keys that mean the node with the keyboard, whatever is selected', async () => {
    const at = (name: string) => names().indexOf(name) as NodeId;
    select({ kind: 'node', node: at('rs2') });
    expect(editKey('c', at('rs1'))).toBe(true);
    expect(editor.getState().from).toBe('rs1');
    expect(editKey('Escape', at('rs1'))).toBe(true);
    select({ kind: 'node', node: at('rs2') });
    const [x, y] = placeOf('client') ?? [0, 0];
    expect(editKey('ArrowLeft', at('client'))).toBe(true);
    await settled();
    expect(placeOf('client')).toEqual([x - 20, y]);
    select({ kind: 'node', node: at('rs2') });
    expect(editKey('Delete', at('client'))).toBe(true);
    await settled();
    expect(names()).not.toContain('client');
    expect(names()).toContain('rs2');
    // Looked at, a lab has no such keys.
    stopEditing();
    select(null);
    expect(editKey('Delete', at('rs1'))).toBe(false);
    expect(lab.getState().selection).toBe(null);
  });
});

describe('places of nodes', () => {
  it('are remembered outside of the edit mode, and written in it; both are undone', async () => {
    const given = placeOf('rs1');
    const file = text();
    stopEditing();
    dragNode('rs1', [11.4, 12]);
    expect(placeOf('rs1')).toEqual([11, 12]);
    expect(text()).toBe(file);
    startEditing();
    dragNode('rs1', [21, 22]);
    await settled();
    expect(text()).toContain('at: [21, 22]');
    // The file's word counts now.
    expect(settings.getState().places['dr-lab']).toEqual({});
    expect(placeOf('rs1')).toEqual([21, 22]);
    await walk(undo);
    expect([placeOf('rs1'), text()]).toEqual([[11, 12], file]);
    await walk(undo);
    expect(placeOf('rs1')).toEqual(given);
    await walk(redo);
    expect(placeOf('rs1')).toEqual([11, 12]);
    await walk(redo);
    expect(placeOf('rs1')).toEqual([21, 22]);
  });

  it('go with a node that gets another name', async () => {
    stopEditing();
    dragNode('rs1', [11, 12]);
    startEditing();
    edit([{ kind: 'rename-node', name: 'rs1', to: 'web' }], SAID);
    await settled();
    expect(placeOf('web')).toEqual([11, 12]);
  });
});

describe('a future that was forgotten', () => {
  it('is there again after undo', async () => {
    stopEditing();
    act(0 as never, { kind: 'exec', tty: 'tty1', text: 'echo one' }, SAID);
    await settled();
    const { branches } = lab.getState();
    dropBranch(0);
    expect(lab.getState().branches).toHaveLength(1);
    await walk(undo);
    expect(lab.getState().branches).toEqual(branches);
    await walk(redo);
    expect(lab.getState().branches).toHaveLength(1);
  });
});

describe('a changed file', () => {
  it('is kept with the session, with the text as it was opened', async () => {
    const opened = text();
    addNode('host', [1, 2]);
    await settled();
    const saved = savedOf(lab.getState(), lab.getState().cursor, null);
    const back = finish(restoring(structuredClone(saved)));
    expect(back.lab.text).toBe(text());
    expect(back.lab.opened).toBe(opened);
  });
});
