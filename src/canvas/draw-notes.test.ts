import { expect, it } from 'vitest';
import { namesTold } from './draw-notes.ts';
import { namesIn } from './note-names.ts';
import type { NodeNote } from './scene.ts';

it('a table that changed twice in one step is named once where there is only room for names', () => {
  const changes = (['conn', 'neigh', 'conn'] as const).map((table) => ({ table })) as unknown as NodeNote['changes'];
  const rewrites = [{ what: 'dstMac' }] as unknown as NodeNote['rewrites'];
  const names = namesIn('en');
  expect(namesTold({ rewrites, changes }, names)).toEqual([names.fields.dstMac, names.table('conn'), names.table('neigh')]);
});
