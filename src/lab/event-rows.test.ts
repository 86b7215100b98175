import { expect, it } from 'vitest';
import { filterRecords } from './event-filter.ts';
import { EventRows } from './event-rows.ts';
import { createBranch } from './branch.ts';
import { finish, readShipped } from './lab.test-kit.ts';
import { growing, setUp } from './grow.ts';
import { NO_FILTER, type Filter } from './store.ts';

it.each<Filter>([NO_FILTER, { ...NO_FILTER, kind: 'arp' }, { ...NO_FILTER, text: 'director' }])(
  'rows of a branch that grows are those of the whole branch: %j',
  (filter) => {
    const run = finish(setUp(readShipped('dr-lab').input));
    const branch = createBranch(0, { en: '', zh: '' }, null, run.trace.timeOf(0), run);
    const rows = new EventRows(branch, filter, 'en');
    const upToNow = (): number[] => {
      finish(rows.reading());
      return [...rows.rows];
    };
    let seen = upToNow().length;
    for (let limit = run.head + 40, more = 0; more < 5; more++, limit += 40) {
      finish(growing(branch, limit));
      expect(upToNow().length).toBeGreaterThanOrEqual(seen);
      seen = upToNow().length;
    }
    finish(growing(branch));
    expect(upToNow()).toEqual(filterRecords(branch, branch.run.trace.firstOf(branch.begin), filter, 'en'));
    expect(upToNow().length).toBeGreaterThan(20);
  },
);

it('a long list is read in pieces, and two who read it in turn miss nothing and list nothing twice', () => {
  const run = finish(setUp(readShipped('dr-lab').input));
  const branch = createBranch(0, { en: '', zh: '' }, null, run.trace.timeOf(0), run);
  finish(growing(branch));
  const list = new EventRows(branch, NO_FILTER, 'en');
  const one = list.reading();
  const other = list.reading();
  one.next();
  const first = list.rows.length;
  expect(first).toBeGreaterThan(0);
  other.next();
  one.next();
  finish(other);
  expect(one.next().done).toBe(true);
  const all = filterRecords(branch, branch.run.trace.firstOf(branch.begin), NO_FILTER, 'en');
  expect(all.length).toBeGreaterThan(2 * first);
  expect([...list.rows]).toEqual(all);
});
