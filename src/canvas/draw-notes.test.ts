import { expect, it } from 'vitest';
import { namesTold } from './draw-notes.ts';
import { namesIn } from './note-names.ts';
import type { NodeNote } from './scene.ts';

it('a table that changed twice in one step is named once where there is only room for names', () => {
  const changes = (['conn', 'neigh', 'conn'] as const).map((table, i) => ({ table, text: `change ${i}` }));
  const rewrites: NodeNote['rewrites'] = [{ what: 'dstMac', old: 'a', now: 'b', oldRole: 'other', nowRole: 'other' }];
  const names = namesIn('en');
  expect(namesTold({ rewrites, changes }, names)).toEqual([names.fields.dstMac, names.table('conn'), names.table('neigh')]);
});
