import { describe, expect, it } from 'vitest';
import type { NodeId } from '../engine/index.ts';
import { finish, openShipped } from './lab.test-kit.ts';
import { findUntil } from './run-until.ts';
import { NO_FILTER } from './store.ts';

const branch = openShipped('dr-lab');
const { run } = branch;

describe('run until', () => {
  it('something drops: the first one after the moment, then the one after that', () => {
    const first = finish(findUntil(branch, branch.begin, { kind: 'drop' }));
    expect(first).not.toBeNull();
    const record = run.trace.get(first!.record);
    expect([record.verdict, record.reason]).toEqual(['drop', 'arp.ignored-not-on-interface']);
    expect(first!.moment.executed).toBe(record.event + 1);
    const second = finish(findUntil(branch, first!.moment.executed, { kind: 'drop' }));
    expect(second!.record).toBeGreaterThan(first!.record);
  });

  it('a frame reaches a node', () => {
    const director = run.nodeId('director') as NodeId;
    const found = finish(findUntil(branch, branch.begin, { kind: 'arrives', node: director }));
    const record = run.trace.get(found!.record);
    expect(record.node).toBe(director);
    expect(run.trace.get(record.cause).stage).toBe('link:tx');
  });

  it('an event passes the filter', () => {
    const found = finish(findUntil(branch, branch.begin, { kind: 'filter', filter: { ...NO_FILTER, kind: 'ipvs' }, lang: 'en' }));
    expect(run.trace.get(found!.record).reason).toMatch(/^ipvs\./);
  });

  it('nothing of the kind: null', () => {
    expect(finish(findUntil(branch, run.head, { kind: 'drop' }))).toBeNull();
    expect(
      finish(
        findUntil(branch, branch.begin, {
          kind: 'filter',
          filter: { ...NO_FILTER, text: 'no such words' },
          lang: 'en',
        }),
      ),
    ).toBeNull();
  });
});
