import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelled } from './docs-fidelity.ts';
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

  it('read the header of a file', () => {
    const comment = headerComment(
      '/**\n * What it is.\n * Source: Linux 6.1 net/ipv4/arp.c,\n *   net/core/neighbour.c.\n * Differs: no x;\n *   no y.\n *\n *  a drawing\n */\ncode',
    );
    expect(labelled(comment, 'Source')).toBe('Linux 6.1 net/ipv4/arp.c, net/core/neighbour.c.');
    expect(labelled(comment, 'Differs')).toBe('no x; no y.');
    expect(labelled(comment, 'Comes from')).toBeNull();
  });
});
