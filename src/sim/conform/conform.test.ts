import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Case, Truth } from './case.ts';
import { reportText, runCase } from './run-case.ts';

const FOLDER = new URL('./fixtures/kernel/', import.meta.url);

describe('the lab does what Linux 6.1 did', () => {
  for (const file of readdirSync(FOLDER)) {
    it(file.replace('.json', ''), () => {
      const { case: item, truth } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { case: Case; truth: Truth };
      const report = runCase(item, truth);
      // A known difference must still be one: otherwise its entry is to be removed.
      if (report.known !== null) expect(report.passed, `${report.name} passes now`).toBe(false);
      else expect(report.passed ? '' : reportText(report, false)).toBe('');
    });
  }
});
