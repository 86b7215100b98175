/** Command lines replayed against what Debian 12's tools printed for them; see fixtures/. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createLab } from './config.test-kit.ts';

interface Fixture {
  readonly about: string;
  /** the recording brings its interfaces up by itself */
  readonly bare?: boolean;
  readonly steps: readonly { readonly run: string; readonly out: string; readonly rc: number }[];
}

const folder = new URL('./fixtures/config/', import.meta.url);

describe('recorded command lines', () => {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
    const fixture = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture;
    it(`prints what the real tools printed: ${name}`, () => {
      const lab = createLab(fixture.bare === true ? 1 : 2);
      if (fixture.bare !== true) for (const dev of ['eth0', 'eth1']) lab.run(`ip link set ${dev} up`);
      for (const step of fixture.steps) {
        const { out, code } = lab.run(step.run);
        expect({ run: step.run, out, rc: code }).toEqual(step);
      }
    });
  }
});
