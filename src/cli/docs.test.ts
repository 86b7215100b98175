import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TraceId } from '../engine/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { createRun, fromScenario } from '../sim/index.ts';
import { labelled } from './docs-fidelity.ts';
import { EXAMPLE } from './docs-lab-files.ts';
import { docsPages, headerComment } from './docs.ts';
import { sourceRoot } from './source-root.ts';

const ROOT = sourceRoot() as string;

describe('generated pages', () => {
  it.each(docsPages(ROOT))('$path is fresh (otherwise: npm run -s lab -- docs)', ({ path, text }) => {
    expect(readFileSync(join(ROOT, path), 'utf8') === text).toBe(true);
  });

  it('hold what they promise', () => {
    const [fidelity, reasons] = docsPages(ROOT).map(({ text }) => text) as [string, string];
    for (const part of ['arp_ignore', '`wlc`', 'ipvsadm', 'no VLANs', 'nftables is not modelled', 'net/ipv4/arp.c'])
      expect(fidelity).toContain(part);
    expect(reasons).toContain('arp.ignored-not-on-interface');
    expect(Math.max(...[fidelity, reasons].map((text) => text.length))).toBeLessThan(400_000);
  });

  it('show a lab that is valid and does what it says', () => {
    const loaded = loadScenario(EXAMPLE);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const run = createRun(fromScenario(loaded.scenario));
    run.finish();
    const printed = Array.from({ length: run.trace.length }, (_, id) => run.trace.get(id as TraceId)).filter(
      ({ stage }) => stage === 'tty',
    );
    expect(printed.at(-1)?.args?.['text']).toBe('hello from web\n');
  });

  it('read the header of a file', () => {
    const comment = headerComment(
      '/**\n * What it is.\n * Source: Linux 6.1 net/ipv4/arp.c,\n *   net/core/neighbour.c.\n * Differs: no x;\n *   no y.\n *\n *  a drawing\n */\ncode',
    );
    expect(labelled(comment, 'Source')).toBe('Linux 6.1 net/ipv4/arp.c, net/core/neighbour.c.');
    expect(labelled(comment, 'Differs')).toBe('no x; no y.');
    expect(labelled(comment, 'Comes from')).toBeNull();
  });
});
