import { beforeEach, describe, expect, it } from 'vitest';
import type { Nanos, NodeId } from '../engine/index.ts';
import type { Stimulus } from '../world/index.ts';
import { act } from './actions.ts';
import { toggleBookmark } from './bookmarks.ts';
import type { Branch } from './branch.ts';
import { history } from './deeds.ts';
import { redo, undo } from './history.ts';
import { finish, openShipped, settled } from './lab.test-kit.ts';
import { bookmarks } from './marks.ts';
import { isPast } from './present.ts';
import { rebuilding, savedBranch } from './saved-branch.ts';
import { lab, setCursor } from './store.ts';
import { isBusy, transcript } from './typing.ts';

function shown(): Branch {
  return lab.getState().branch as Branch;
}

function does(name: string, stimulus: Stimulus): boolean {
  return act(shown().run.nodeId(name) as NodeId, stimulus, { en: '', zh: '' });
}

function types(name: string, text: string, tty = 'tty1'): boolean {
  return does(name, { kind: 'exec', tty, text });
}

async function typed(name: string, text: string): Promise<void> {
  types(name, text);
  await settled();
}

function goTo(step: number): void {
  const { steps } = shown();
  setCursor({ executed: (steps.event.get(step) as number) + 1, at: steps.at.get(step) as Nanos });
}

function toEnd(): void {
  goTo(shown().steps.length - 1);
}

/** Everything printed at a node up to the moment shown. */
function printed(name: string): string {
  const branch = shown();
  const end = branch.run.trace.firstOf(lab.getState().cursor.executed);
  return transcript(branch, branch.run.nodeId(name) as NodeId, end)
    .map(({ text }) => text)
    .join('');
}

function stepsToCome(): number {
  const { steps } = shown();
  return steps.length - 1 - steps.stepBefore(lab.getState().cursor.executed);
}

describe('the present', () => {
  beforeEach(() => {
    lab.setState({ lab: null, branch: null });
    openShipped('dr-lab');
    toEnd();
  });

  it('is the answer to what was just typed, whatever the run has done by itself since', async () => {
    await typed('client', 'curl -s http://172.18.20.128/');
    // Where the answer is printed; the connection is still taken down then.
    const { steps, terminals, run } = shown();
    const records = terminals.records(run.nodeId('client') as NodeId, 'tty1');
    const done = run.trace.get(records.at(-1) as never).event;
    goTo(steps.stepBefore(done + 1));
    const { at } = lab.getState().cursor;
    expect(stepsToCome()).toBeGreaterThan(3);
    expect(isPast(shown(), lab.getState().cursor)).toBe(false);
    await typed('director', 'ipvsadm -Ln');
    await typed('director', 'ipvsadm -Lnc');
    expect(lab.getState().branches).toHaveLength(1);
    expect(shown().id).toBe(0);
    expect(lab.getState().cursor.at).toBe(at);
    expect(printed('director')).toMatch(/InActConn[\s\S]*pro expire state/);
    expect(stepsToCome()).toBeGreaterThan(0);
  });

  it('is past for whoever has seen what came after it', async () => {
    await typed('client', 'ping -c 3 172.18.20.1');
    const here = shown().steps.stepBefore(lab.getState().cursor.executed);
    goTo(here + 6);
    expect(isPast(shown(), lab.getState().cursor)).toBe(false);
    goTo(here + 5);
    expect(isPast(shown(), lab.getState().cursor)).toBe(true);
    const first = shown();
    await typed('client', 'echo again');
    expect(lab.getState().branches).toEqual([first, shown()]);
    expect(first.terminals.records(0 as NodeId, 'tty1').length).toBeGreaterThan(0);
  });

  it('does not come before what the file of the lab still has to do', async () => {
    openShipped('dr-lab');
    goTo(0);
    shown().seen = 0;
    expect(isPast(shown(), lab.getState().cursor)).toBe(true);
    expect(types('client', 'true')).toBe(true);
    await settled();
  });

  it('does not come before a bookmark or a future that was begun later', async () => {
    await typed('client', 'ping -c 3 172.18.20.1');
    const here = lab.getState().cursor;
    expect(isPast(shown(), here)).toBe(false);
    const { steps } = shown();
    const later = { executed: (steps.event.get(steps.length - 2) as number) + 1, at: steps.at.get(steps.length - 2) as Nanos };
    bookmarks.setState({ all: [{ id: 1, branch: 0, moment: later, name: null }] });
    expect(isPast(shown(), here)).toBe(true);
    bookmarks.setState({ all: [] });
    expect(isPast(shown(), here)).toBe(false);
    lab.setState({ branches: [shown(), { ...shown(), id: 7, parent: 0, began: later.at }] });
    expect(isPast(shown(), here)).toBe(true);
  });

  it('is at the time shown, though timers have fired in silence since', async () => {
    const { run } = shown();
    const { cursor } = lab.getState();
    expect(cursor.executed).toBeLessThan(run.head);
    expect(run.trace.timeOf(run.head - 1)).toBeGreaterThan(cursor.at);
    await typed('client', 'echo here');
    expect(lab.getState().branches).toHaveLength(1);
    expect(lab.getState().cursor.at).toBe(cursor.at);
    expect(printed('client')).toContain('here');
    // The same columns read on in another run: they are what reading it from its beginning gives.
    await typed('client', 'ping -c 1 172.18.20.1');
    const { steps } = shown();
    const anew = finish(rebuilding(lab.getState().lab?.input as never, savedBranch(shown()))).steps;
    for (const name of ['event', 'at', 'headline', 'marks', 'x'] as const) expect([...steps[name]]).toEqual([...anew[name]]);
    expect(steps.position(steps.length - 1, 'request')).toEqual(anew.position(steps.length - 1, 'request'));
  });

  it('moves with a running program: Ctrl-C ends it where it is seen', async () => {
    await typed('client', 'ping -c 30 172.18.20.1');
    const client = shown().run.nodeId('client') as NodeId;
    for (let step = shown().steps.stepBefore(lab.getState().cursor.executed); !/icmp_seq=3/.test(printed('client'));) goTo(++step);
    expect(isBusy(shown(), client, 'tty1', shown().run.trace.firstOf(lab.getState().cursor.executed))).toBe(true);
    expect(types('director', 'ipvsadm -Ln')).toBe(false);
    await settled();
    expect(does('client', { kind: 'signal', tty: 'tty1', signal: 'INT' })).toBe(false);
    await settled();
    expect(lab.getState().branches).toHaveLength(1);
    expect(printed('client')).toContain('3 packets transmitted, 3 received');
    toEnd();
    expect(printed('client')).not.toContain('icmp_seq=4');
  });

  it('comes after the outcome of what was done a moment ago', async () => {
    const heard: string[] = [];
    const client = shown().run.nodeId('client') as NodeId;
    const say = (text: string): void =>
      void act(client, { kind: 'exec', tty: 'tty1', text: `echo ${text}` }, { en: '', zh: '' }, () => heard.push(text));
    say('one');
    say('two');
    say('three');
    expect(heard).toEqual(['one', 'two']);
    await settled();
    expect(heard).toEqual(['one', 'two', 'three']);
    expect(printed('client')).toMatch(/one[\s\S]*two[\s\S]*three/);
    expect(lab.getState().branches).toHaveLength(1);
  });

  it('shows the outcome at once, however long the run goes on', async () => {
    let phase = '';
    act(
      shown().run.nodeId('client') as NodeId,
      { kind: 'exec', tty: 'tty1', text: 'ping -f -c 3000 172.18.20.1' },
      { en: '', zh: '' },
      () => ({ phase } = lab.getState()),
    );
    await settled();
    expect(phase).toBe('advancing');
    expect(stepsToCome()).toBeGreaterThan(3000);
  });

  it('can be undone and done again, deed by deed', async () => {
    await typed('client', 'ping -c 2 172.18.20.1');
    await typed('director', 'ipvsadm -Ln');
    toggleBookmark();
    toggleBookmark();
    await typed('director', 'echo done');
    const hash = shown().run.hash();
    const lines = (): string[] =>
      shown().run.journal.flatMap(({ after, what }) =>
        after > 0 && what.kind === 'stimulus' && what.stimulus.kind === 'exec' ? [what.stimulus.text] : [],
      );
    const walk = async (step: () => void): Promise<void> => {
      const { walks } = history.getState();
      step();
      while (history.getState().walks === walks) await new Promise((done) => setTimeout(done, 0));
      await settled();
      // Two futures of one number would be the same one in the tree.
      const { branches } = lab.getState();
      expect(new Set(branches.map(({ id }) => id)).size).toBe(branches.length);
    };
    await walk(undo);
    expect(lines()).toEqual(['ping -c 2 172.18.20.1', 'ipvsadm -Ln']);
    for (let i = 0; i < 3; i++) await walk(undo);
    expect(lines()).toEqual(['ping -c 2 172.18.20.1']);
    for (let i = 0; i < 4; i++) await walk(redo);
    expect(shown().run.hash()).toBe(hash);
  });

  it('keeps the bookmarks of the future that goes on', async () => {
    await typed('client', 'ping -c 2 172.18.20.1');
    const all = [{ id: 1, branch: 0, moment: lab.getState().cursor, name: null }];
    bookmarks.setState({ all });
    await typed('client', 'echo on');
    expect(lab.getState().branches).toHaveLength(1);
    expect(bookmarks.getState().all).toBe(all);
  });

  it('is known after a reload too', async () => {
    await typed('client', 'ping -c 3 172.18.20.1');
    const { cursor } = lab.getState();
    const again = finish(rebuilding(lab.getState().lab?.input as never, savedBranch(shown())));
    expect(isPast(again, cursor)).toBe(false);
    toEnd();
    const all = finish(rebuilding(lab.getState().lab?.input as never, savedBranch(shown())));
    expect(isPast(all, cursor)).toBe(true);
  });
});
