import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Case, Truth } from './case.ts';
import { reportText, runCase } from './run-case.ts';

const FOLDER = join(import.meta.dirname, 'fixtures', 'kernel');

/** No frame tells when IPVS last counted, every two seconds: figures of its counters may need another phase. */
const COUNTS = /--(stats|rate)\b|ip_vs_stats/;

describe('the lab does what Linux 6.1 did', () => {
  it.each(readdirSync(FOLDER).map((file) => file.replace('.json', '')))('%s', (name) => {
    const { case: item, truth } = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as {
      case: Case;
      truth: Truth;
    };
    const report = runCase(item, truth);
    // A known difference must still be one: otherwise its entry is to be removed.
    const wanted = report.known === null;
    expect(report.passed === wanted ? '' : reportText(report, false)).toBe('');
    // What a recording shows of the kernel's clock decides; nothing is to be chosen so that a case fits.
    if (wanted && !item.steps.some((step) => 'run' in step && COUNTS.test(step.run))) expect(report.needed).toBeNull();
  });
});
