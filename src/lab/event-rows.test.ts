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
    let seen = rows.upToNow().length;
    for (let limit = run.head + 40, more = 0; more < 5; more++, limit += 40) {
      finish(growing(branch, limit));
      expect(rows.upToNow().length).toBeGreaterThanOrEqual(seen);
      seen = rows.upToNow().length;
    }
    finish(growing(branch));
    expect(rows.upToNow()).toEqual(filterRecords(branch, branch.run.trace.firstOf(branch.begin), filter, 'en'));
    expect(rows.upToNow().length).toBeGreaterThan(20);
  },
);
