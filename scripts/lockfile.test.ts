import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingEntries } from './lockfile.mjs';
import { root } from './setup.mjs';

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

test('the lockfile knows the native packages of every platform', () => {
  expect(Object.keys(missingEntries(packages)), 'run: node scripts/lockfile.mjs').toEqual([]);
});

test('the lockfile names no registry', () => {
  expect(Object.keys(packages).filter((path) => packages[path].resolved)).toEqual([]);
});

test('missing native packages are found, with their platform', () => {
  const tool = {
    version: '1.2.3',
    dev: true,
    optionalDependencies: { '@t/b-linux-x64-musl': '1.2.3', '@t/win32-arm64': '1.2.3' },
  };
  expect(missingEntries({ 'node_modules/tool': tool })).toEqual({
    'node_modules/@t/b-linux-x64-musl': {
      version: '1.2.3',
      dev: true,
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    },
    'node_modules/@t/win32-arm64': {
      version: '1.2.3',
      dev: true,
      optional: true,
      os: ['win32'],
      cpu: ['arm64'],
    },
  });
});
