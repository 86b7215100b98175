import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ipvsReasons } from './reasons.ts';
import { schedulers } from './schedulers/index.ts';

const FOLDER = import.meta.dirname;

function sources(): string {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/reasons|timer-rows/.test(name))
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
    .join('\n');
}

/** What a sentence wants filled in. */
function holes(text: string): string[] {
  return [...text.matchAll(/\{(\w+)/g)].map((m) => m[1] as string);
}

describe('reasons', () => {
  it('exist for everything that the code gives as one, and none is left over', () => {
    const used = new Set([...sources().matchAll(/'(ipvs\.[a-z0-9-]+)'/g)].map((m) => m[1] as string));
    expect([...used].toSorted()).toEqual(Object.keys(ipvsReasons).toSorted());
  });

  it.each(Object.entries(ipvsReasons))('%s needs nothing in Chinese that it does not need in English', (_id, row) => {
    const known = new Set([...holes(row.en), 'node', 'dev']);
    expect(holes(row.zh).filter((hole) => !known.has(hole))).toEqual([]);
  });

  it('tell the pick of every scheduler', () => {
    for (const scheduler of schedulers) expect(ipvsReasons).toHaveProperty([scheduler.pickReason]);
  });
});
