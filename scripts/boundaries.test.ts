import { expect, test } from 'vitest';
import { checkBoundaries, coreRooms, projectSources, table } from './boundaries.mjs';

const check = (sources: Record<string, string>) => checkBoundaries(new Map(Object.entries(sources))).problems;

/** Existing targets for the imports of the samples. */
const around = {
  'src/wire/index.ts': 'export const a = 1;',
  'src/wire/address.ts': 'export const a = 1;',
  'src/engine/index.ts': "export { a } from '../wire/index.ts';",
  'src/host/index.ts': "export { a } from '../engine/index.ts';",
  'src/lab/index.ts': "export { createStore } from 'zustand/vanilla';",
  'src/playback/chart.ts': "import '../lab/index.ts';",
};

test('the sound sample is accepted and its imports are counted', () => {
  expect(checkBoundaries(new Map(Object.entries(around)))).toEqual({ files: 6, imports: 4, problems: [] });
});

test.each([
  ['an upward arrow', 'src/wire/x.ts', "import { a } from '../engine/index.ts';", 'may import no other room'],
  ['an upward type', 'src/engine/x.ts', "import type { a } from '../host/index.ts';", 'may import only wire'],
  ['an upward import type', 'src/engine/x.ts', "let a: import('../host/index.ts').a;", 'may import only wire'],
  ['an upward export', 'src/engine/x.ts', "export * from '../host/index.ts';", 'may import only wire'],
  ['an upward dynamic import', 'src/engine/x.ts', "void import('../host/index.ts');", 'may import only wire'],
  ['a computed import', 'src/app/x.ts', 'void import(globalThis.name);', 'cannot be checked'],
  ['a sideways worker', 'src/host/x.ts', "new URL('../lab/index.ts', import.meta.url);", 'may import only engine, wire'],
  ['another room past its index', 'src/host/x.ts', "import '../wire/address.ts';", 'through their index.ts'],
  ['a command line that uses the page', 'src/cli/x.ts', "import '../lab/index.ts';", 'cli may import only'],
  ['a plain file that loads something', 'src/cli/x.ts', "import '../playback/chart.ts';", 'must load nothing'],
  ['a package in a core room', 'src/engine/x.ts', "import * as z from 'zod';", 'package that engine may not use'],
  ['React in the lab room', 'src/lab/x.ts', "import 'react';", 'package that lab may not use'],
  ['Node in a page room', 'src/app/x.ts', "import 'node:fs';", 'package that app may not use'],
  ['a named import of zod', 'src/lab/x.ts', "import { z } from 'zod';", "write import * as z from 'zod'"],
  ['a default import of zod', 'src/lab/x.ts', "import z from 'zod';", "write import * as z from 'zod'"],
  ['Node without its prefix', 'src/cli/x.ts', "import 'fs';", "write 'node:fs'"],
  ['a name without extension', 'src/host/x.ts', "import '../wire/index';", 'with its extension'],
  ['a file that is not there', 'src/host/x.ts', "import './y.ts';", 'does not exist'],
  ['a room that is not listed', 'src/attic/x.ts', '', 'is no room'],
  ['a file outside of src', 'src/sim/x.ts', "import '../../e2e/y.ts';", 'outside src/'],
  ['a glob outside of src', 'src/canvas/x.ts', "import.meta.glob('../../scenarios/*.yaml');", 'outside src/'],
  ['an async function', 'src/sim/x.ts', 'export async function f() {}', 'async is not allowed'],
  ['an async property', 'src/sim/x.ts', 'export const o = { f: async function () {} };', 'async is not'],
  ['await', 'src/sim/x.ts', 'await 1;', 'await is not allowed'],
  ['inexact powers', 'src/sim/x.ts', 'export const f = (x: number) => x ** 0.5;', 'operator ** is not'],
  ['a test that points upward', 'src/wire/x.test.ts', "import '../engine/index.ts';", 'no other room'],
])('finds %s', (_name, file, text, message) => {
  const problems = check({ ...around, [file]: text });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(file);
  expect(problems[0]).toContain(message);
});

test('a plain file may be loaded past its room, and by the command line only', () => {
  const chart = { 'src/playback/chart.ts': 'export const a = 1;' };
  const problems = (file: string) =>
    checkBoundaries(new Map(Object.entries({ ...chart, [file]: "import '../playback/chart.ts';" }))).problems;
  expect(problems('src/cli/x.ts')).toEqual([]);
  expect(problems('src/sim/x.ts')).toHaveLength(1);
});

test('finds a cycle, but not one of types only', () => {
  const a = { 'src/wire/a.ts': "import './b.ts';", 'src/wire/b.ts': "import './c.ts';" };
  expect(check({ ...a, 'src/wire/c.ts': "import './a.ts';" })).toEqual([
    expect.stringContaining('import cycle: src/wire/a.ts → src/wire/b.ts → src/wire/c.ts → src/wire/a.ts'),
  ]);
  expect(check({ ...a, 'src/wire/c.ts': "import type { x } from './a.ts';" })).toEqual([]);
});

test('lets zod be imported whole, and its types by name', () => {
  const text = "import * as z from 'zod'; import type { ZodError } from 'zod'; import { type output } from 'zod';";
  expect(check({ 'src/scenario/x.ts': text })).toEqual([]);
});

test('lets tests use Node and packages', () => {
  const text = "import 'node:fs'; import 'vitest'; await 1; import '../wire/address.test-kit.ts';";
  expect(check({ 'src/engine/x.test.ts': text, 'src/wire/address.test-kit.ts': '' })).toEqual([]);
});

test('the table has no cycle and the core rooms stay in the core', () => {
  const reaches = (from: string, to: string): boolean => table[from]?.rooms.some((next) => next === to || reaches(next, to)) ?? false;
  for (const room of Object.keys(table)) expect(reaches(room, room), room).toBe(false);
  for (const room of coreRooms) expect(coreRooms, room).toEqual(expect.arrayContaining(table[room]?.rooms ?? []));
});

test('every room of the project is read', () => {
  const sources = projectSources();
  expect(sources.size).toBeGreaterThan(0);
  expect(checkBoundaries(sources).files).toBe(sources.size);
});
