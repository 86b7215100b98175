import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import type { LinkId, Stimulus } from '../world/index.ts';
import { act, dropBranch, openLab, restartLab } from './actions.ts';
import { nameBookmark, removeBookmark, toggleBookmark } from './bookmarks.ts';
import { canRedo, canUndo, history } from './deeds.ts';
import { addNode, dragNode, edit } from './edit.ts';
import { redo, undo } from './history.ts';
import { finish, openShipped, readShipped } from './lab.test-kit.ts';
import { bookmarks } from './marks.ts';
import { restoring, savedOf, type Saved } from './saved.ts';
import { putBack } from './session.ts';
import { settings } from './settings.ts';
import { lab } from './store.ts';

const SAID = { en: 'x', zh: 'x' };

async function settled(): Promise<void> {
  await vi.waitFor(
    () => {
      const { phase, lab: shown } = lab.getState();
      const { entries, present } = history.getState();
      expect(phase).toBe('ready');
      if (present >= 0) expect(shown).toBe(entries[present]?.lab);
    },
    { timeout: 20_000 },
  );
}

function kept(): unknown {
  return structuredClone(savedOf(lab.getState(), lab.getState().cursor, null, bookmarks.getState().all, history.getState()));
}

/** The tab is closed and opened again. */
function reload(): void {
  const value = kept();
  history.setState({ entries: [], present: -1 });
  bookmarks.setState({ all: [] });
  lab.setState({ lab: null, branch: null, branches: [] });
  putBack(finish(restoring(value)));
}

async function at(executed: number, node: string, stimulus: Stimulus): Promise<void> {
  const { branch } = lab.getState();
  if (branch === null) throw new Error('no branch');
  lab.setState({ cursor: { executed, at: branch.run.trace.timeOf(executed - 1) } });
  act(branch.run.nodeId(node) as NodeId, stimulus, { en: stimulus.kind, zh: stimulus.kind });
  await settled();
}

const type = (text: string): Stimulus => ({ kind: 'exec', tty: 'tty1', text });

/** All that a person sees of what was done. */
function picture(): unknown {
  const { lab: open, branch } = lab.getState();
  return {
    text: open?.text,
    // A run that was lengthened may go on for longer after its last deed is undone.
    journal: branch?.run.journal.map(({ at, node, what }) => ({ at, node, what })),
    marks: bookmarks.getState().all.map(({ moment, name }) => ({ moment, name })),
    places: settings.getState().places[open?.id ?? ''] ?? {},
  };
}

async function walk(step: () => void): Promise<void> {
  step();
  await settled();
}

describe('the history of what was done', () => {
  beforeEach(() => {
    lab.setState({ lab: null, branch: null });
    settings.setState({ places: {} });
    openShipped('dr-lab');
  });

  it('of twelve different deeds is there after a reload: all are undone, and all are done again', async () => {
    const deeds: (() => void | Promise<void>)[] = [
      () => at(200, 'rs1', type('sysctl -w net.ipv4.conf.all.arp_ignore=0')),
      () => at(260, 'client', { kind: 'link', link: 0 as LinkId, delayNs: 5_000_000 }),
      () => at(lab.getState().branch?.run.head ?? 0, 'rs2', { kind: 'power', on: false }),
      () => void toggleBookmark(),
      () => nameBookmark(1, 'rs2 is off'),
      () => dragNode('rs1', [333, 222]),
      () => removeBookmark(1),
      () => dropBranch(0),
      () => void addNode('host', [10, 20]),
      () => void edit([{ kind: 'set-link', link: 0, delay: '9ms' }], SAID),
      () => {
        const { text } = readShipped('nat-demo');
        openLab('nat-demo.yaml', text, 'nat-demo');
      },
      () => restartLab(),
    ];
    const seen = [picture()];
    for (const deed of deeds) {
      await deed();
      await vi.waitFor(() => expect(history.getState().entries.length).toBe(seen.length + 1));
      await settled();
      seen.push(picture());
    }
    reload();
    expect(picture()).toEqual(seen.at(-1));
    for (const before of seen.slice(0, -1).toReversed()) {
      await walk(undo);
      expect(picture()).toEqual(before);
    }
    expect(canUndo(history.getState())).toBe(false);
    reload();
    for (const after of seen.slice(1)) {
      await walk(redo);
      expect(picture()).toEqual(after);
    }
    expect(canRedo(history.getState())).toBe(false);
  }, 120_000);

  it('that makes no sense is left out, and the lab comes back without it', async () => {
    await at(200, 'rs1', type('echo one'));
    toggleBookmark();
    const good = kept() as Saved;
    const done = good.history;
    if (done === null) throw new Error('no history');
    const [entry] = done.entries;
    const bad: unknown[] = [
      'text',
      { ...done, present: 7 },
      { ...done, labs: [] },
      { ...done, entries: [null] },
      { ...done, entries: done.entries.map((one) => ({ ...one, standing: { branch: 9, cursor: { executed: 1, at: 1 } } })) },
      { ...done, entries: done.entries.map((one) => ({ ...one, marks: [{ id: 'x' }] })) },
      { ...done, entries: done.entries.map(() => ({ ...entry, lab: 3 })) },
    ];
    for (const value of bad) {
      const restored = finish(restoring({ ...good, history: value }));
      expect(restored.history).toBeNull();
      expect(restored.branches).toHaveLength(2);
    }
    expect(finish(restoring(good)).history?.entries).toHaveLength(3);
  });

  it('is bounded: the oldest deeds are forgotten when the files they changed grow too large', async () => {
    const { lab: open } = lab.getState();
    if (open === null) throw new Error('no lab');
    const entries = Array.from({ length: 12 }, (_, i) => ({
      // Texts that have nothing in common.
      lab: i === 11 ? open : { ...open, text: String.fromCharCode(97 + i).repeat(900_000) },
      standing: null,
      cut: null,
      places: {},
      marks: [],
      branches: null,
      what: { en: `deed ${i}`, zh: `第 ${i} 步` },
    }));
    history.setState({ entries, present: 11 });
    const saved = (kept() as Saved).history;
    expect(saved?.entries.at(-1)?.what?.en).toBe('deed 11');
    expect(saved?.entries.length).toBeGreaterThan(1);
    expect(JSON.stringify(saved).length).toBeLessThan(4_200_000);
  });

  it('says which future it cannot run again, and keeps what lies on this side of it', async () => {
    await at(200, 'rs1', type('echo one'));
    const { text } = readShipped('nat-demo');
    openLab('nat-demo.yaml', text, 'nat-demo');
    await settled();
    toggleBookmark();
    const good = kept() as Saved;
    const done = good.history;
    if (done === null) throw new Error('no history');
    const labs = done.labs.map((one) => ({ ...one, branches: one.branches.map((branch) => ({ ...branch, head: branch.head + 1 })) }));
    putBack(finish(restoring({ ...good, history: { ...done, labs } })));
    await walk(undo);
    expect(bookmarks.getState().all).toEqual([]);
    undo();
    await vi.waitFor(() => expect(lab.getState().notice?.en).toContain('too long ago'));
    expect(lab.getState().lab?.id).toBe('nat-demo');
    expect(canUndo(history.getState())).toBe(false);
    await walk(redo);
    expect(bookmarks.getState().all).toHaveLength(1);
  });
});
