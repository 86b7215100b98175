/** What a person does while something is still being worked out is not overwritten when that comes to its end. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import { act, goToBranch, onTakeWriting, openLab, restartLab } from './actions.ts';
import { compareCures, cures } from './cures.ts';
import { addNode, connectNodes, dragNode, edit, editText, removeSelected, startEditing, stopEditing } from './edit.ts';
import { editor } from './editor.ts';
import { history } from './deeds.ts';
import { redo, undo } from './history.ts';
import { finish, openShipped, readShipped, settled, until } from './lab.test-kit.ts';
import { emptyLab } from './library.ts';
import { restoring, savedOf } from './saved.ts';
import { putBack } from './session.ts';
import { settings } from './settings.ts';
import { lab, select, setCursor, setFilter } from './store.ts';
import { onePlan } from './what-if-plans.ts';
import { closeWhatIf, putBeside, startWhatIf, whatIf, type Doing } from './what-if.ts';

const SAID = { en: 'said', zh: '所述' };

function node(name: string): NodeId {
  return (lab.getState().lab?.scenario.nodes.findIndex((one) => one.name === name) ?? -1) as NodeId;
}

function names(): string[] {
  return lab.getState().lab?.scenario.nodes.map(({ name }) => name) ?? [];
}

function type(name: string, text: string, then?: () => void): void {
  act(node(name), { kind: 'exec', tty: 'tty1', text }, { en: text, zh: text }, then);
}

/** What was typed in the branch shown, apart from what the file says. */
function typed(): string[] {
  const journal = lab.getState().branch?.run.journal ?? [];
  return journal.flatMap(({ after, what }) =>
    after > 0 && what.kind === 'stimulus' && what.stimulus.kind === 'exec' ? [what.stimulus.text] : [],
  );
}

function open(name: string): void {
  const { file, text, id } = readShipped(name);
  openLab(file, text, id);
}

function toEnd(): void {
  const { branch } = lab.getState();
  if (branch !== null) setCursor({ executed: branch.run.head, at: branch.run.trace.timeOf(branch.run.head - 1) });
}

/** As long as anything could take that is still under way. */
async function aWhile(): Promise<void> {
  await settled();
  for (let i = 0; i < 200; i++) await new Promise((done) => setTimeout(done, 0));
  await settled();
}

/** As on a machine so slow that each slice of work is one thing only. */
function slices() {
  let clock = 0;
  return vi.spyOn(performance, 'now').mockImplementation(() => (clock += 20));
}

beforeEach(async () => {
  if (lab.getState().phase !== 'empty') await aWhile();
  closeWhatIf();
  lab.setState({ lab: null, branch: null });
  settings.setState({ places: {} });
  openShipped('dr-lab');
});

describe('while a lab is being built', () => {
  beforeEach(() => startEditing());

  it('what is selected stays selected, though it has another number in the lab that comes', async () => {
    select({ kind: 'node', node: node('client') });
    edit([{ kind: 'remove-node', name: 'router' }], SAID);
    expect(lab.getState().phase).toBe('loading');
    select({ kind: 'node', node: node('rs1') });
    await settled();
    expect(lab.getState().selection).toEqual({ kind: 'node', node: names().indexOf('rs1') });
  });

  it('and it is what was selected by the change, if nothing else was', async () => {
    addNode('host', [1, 2]);
    connectNodes('host1', 'sw1');
    await settled();
    expect(lab.getState().selection).toEqual({ kind: 'node', node: node('host1') });
  });

  it('a cable that was taken out is not there to be taken out again: another one stays', async () => {
    const links = lab.getState().lab?.scenario.links.length ?? 0;
    select({ kind: 'link', link: 1 });
    expect(removeSelected()).toBe(true);
    expect(removeSelected()).toBe(false);
    await settled();
    expect(lab.getState().lab?.scenario.links).toHaveLength(links - 1);
  });

  it('whoever ends the edit mode comes to where the story opens', async () => {
    addNode('host', [1, 2]);
    stopEditing();
    await settled();
    const { branch, cursor } = lab.getState();
    expect(cursor.executed).toBeGreaterThan(branch?.begin ?? Infinity);
  });

  it('what is typed at a terminal is typed in the lab that comes, and the change of the file stays', async () => {
    addNode('host', [1, 2]);
    type('rs1', 'echo hello');
    await aWhile();
    expect(names()).toContain('host1');
    expect(typed()).toEqual(['echo hello']);
    undo();
    await aWhile();
    expect(typed()).toEqual([]);
    expect(names()).toContain('host1');
  });

  it('a node that is dragged stays where it is let go', async () => {
    addNode('host', [1, 2]);
    stopEditing();
    dragNode('rs1', [777, 333]);
    await settled();
    expect(settings.getState().places['dr-lab']?.['rs1']).toEqual([777, 333]);
  });

  it('what is being written in the file is taken first: it is that which is undone', async () => {
    const first = lab.getState().lab?.text ?? '';
    onTakeWriting(() => {
      onTakeWriting(() => undefined);
      editText(`# mine\n${first}`);
    });
    undo();
    await aWhile();
    expect(lab.getState().lab?.text).toBe(first);
    redo();
    await aWhile();
    expect(lab.getState().lab?.text).toBe(`# mine\n${first}`);
  });

  it('what was undone is said, also when the lab it leads back to has come', async () => {
    addNode('host', [1, 2]);
    await settled();
    undo();
    await settled();
    expect(lab.getState().notice?.en).toBe('Undone: host1 added');
  });
});

describe('while another lab is being opened', () => {
  it('words that are sought stay in their field', async () => {
    open('nat-demo');
    setFilter({ text: 'arp', node: node('rs1') });
    await settled();
    expect(lab.getState().lab?.id).toBe('nat-demo');
    expect(lab.getState().filter).toEqual({ text: 'arp', kind: null, node: null });
  });

  it('the edit mode that is asked for is the one of the lab that comes', async () => {
    open('nat-demo');
    startEditing();
    await settled();
    expect(editor.getState().on).toBe(true);
    expect(lab.getState().cursor.executed).toBe(lab.getState().branch?.begin);
    stopEditing();
  });

  it('and a third one is the one that counts, not what was to be undone in the second', async () => {
    type('client', 'echo one');
    await settled();
    open('nat-demo');
    undo();
    open('tun-lab');
    await aWhile();
    expect(lab.getState().lab?.id).toBe('tun-lab');
  });

  it('begun anew it has what was selected meanwhile', async () => {
    restartLab();
    select({ kind: 'link', link: 2 });
    await settled();
    expect(lab.getState().selection).toEqual({ kind: 'link', link: 2 });
  });
});

describe('while a deed is being run', () => {
  it('whoever steps back is left there, and time does not begin to run', async () => {
    toEnd();
    let told = 0;
    type('client', 'echo one', () => told++);
    const elsewhere = { executed: 100, at: lab.getState().branch?.run.trace.timeOf(99) as never };
    setCursor(elsewhere);
    await settled();
    expect(lab.getState().cursor).toEqual(elsewhere);
    expect(told).toBe(0);
  });

  it('undo leads back at once, and the future that was gone to meanwhile stays on screen', async () => {
    type('client', 'echo one');
    await settled();
    toEnd();
    type('client', 'echo two');
    await settled();
    const [first] = lab.getState().branches;
    undo();
    expect(typed()).toEqual(['echo one']);
    goToBranch(first?.id ?? -1);
    await aWhile();
    expect(lab.getState().branch).toBe(first);
  });

  it('a future that is left on the way to its end goes on when it is shown again', async () => {
    toEnd();
    type('client', 'ping -i 0.05 172.18.20.1 > /dev/null &');
    const whole = lab.getState().branch;
    undo();
    expect(lab.getState().branch).not.toBe(whole);
    await settled();
    redo();
    await settled();
    expect(lab.getState().branch).toBe(whole);
    expect(whole?.run.nextAt === null || (whole?.run.trace.timeOf(whole.run.head - 1) ?? 0) > (whole?.run.endsAt ?? 0) - 1e9).toBe(true);
  });

  it('and so it does after a reload', async () => {
    toEnd();
    type('client', 'ping -i 0.05 172.18.20.1 > /dev/null &');
    const whole = lab.getState().branch;
    undo();
    await settled();
    const left = whole?.run.head ?? 0;
    const state = lab.getState();
    const saved = structuredClone(savedOf(state, state.cursor, null, [], history.getState()));
    putBack(finish(restoring(saved)));
    redo();
    await aWhile();
    const { branch } = lab.getState();
    expect(branch?.id).toBe(whole?.id);
    expect(branch?.run.head).toBeGreaterThan(left);
    expect(branch?.end).not.toBe('running');
    // What has come to its end is not run on again.
    const { version } = lab.getState();
    goToBranch(branch?.id ?? -1);
    expect(lab.getState()).toMatchObject({ phase: 'ready', version: version + 1 });
  });

  it('another lab that is opened while one goes back is the one that stays', async () => {
    toEnd();
    type('client', 'ping -c 300 -i 0.01 172.18.20.1 > /dev/null &');
    await settled();
    type('client', 'echo two');
    await settled();
    const slow = slices();
    undo();
    openLab(emptyLab.file, emptyLab.text, emptyLab.id);
    await aWhile();
    slow.mockRestore();
    expect(lab.getState().lab?.id).toBe(emptyLab.id);
    expect(lab.getState().branches).toHaveLength(1);
    expect(lab.getState().branch?.run.input.world.nodes).toEqual([]);
  });
});

describe('while two futures are being worked out', () => {
  function begin(both: readonly Doing[] = []): void {
    const { branch } = lab.getState();
    if (branch === null) throw new Error('there is no lab');
    startWhatIf(onePlan([{ node: node('client'), stimulus: { kind: 'exec', tty: 'tty1', text: 'ip link set eth0 down' } }], SAID, both));
  }

  it('whoever goes back is left there: they do not come over it', async () => {
    type('client', 'echo one');
    await settled();
    begin();
    undo();
    const { branch } = lab.getState();
    await aWhile();
    expect(whatIf.getState().phase).toBe('closed');
    expect(lab.getState().branch).toBe(branch);
    expect(lab.getState().branches).toHaveLength(2);
  });

  it('half a pair that is given up leaves nothing behind', async () => {
    const slow = slices();
    const { branches } = lab.getState();
    begin([{ node: node('rs1'), stimulus: { kind: 'exec', tty: 'tty1', text: 'true' } }]);
    await until(() => lab.getState().branches.length > branches.length);
    expect(lab.getState().branches).toHaveLength(branches.length + 1);
    closeWhatIf();
    slow.mockRestore();
    expect(lab.getState().branches).toEqual(branches);
  });

  it('two that are put beside each other as soon as others were left are not put away with those', async () => {
    begin();
    await until(() => whatIf.getState().phase === 'open');
    const { pair } = whatIf.getState();
    if (pair === null) throw new Error('there is no pair');
    closeWhatIf();
    expect(whatIf.getState().phase).toBe('closing');
    putBeside(pair.b, pair.a);
    await aWhile();
    expect(whatIf.getState()).toMatchObject({ phase: 'open', pair: { a: pair.b, b: pair.a } });
  });

  it('the cures of one lab do not go on in another', async () => {
    compareCures(lab.getState().cursor);
    expect(cures.getState().phase).toBe('working');
    open('nat-demo');
    await aWhile();
    expect(cures.getState().phase).toBe('closed');
    expect(lab.getState().branches).toHaveLength(1);
  });
});
