import { describe, expect, it } from 'vitest';
import { mended } from './mend.ts';

describe('mended', () => {
  it.each([
    ['dash', 'ipvsadm \u2013Ln', 'ipvsadm -Ln'],
    ['quote', 'echo \u201crs1\u201d', 'echo "rs1"'],
    ['full-width', 'ipvsadm -A -t 10.0.0.1\uff1a80', 'ipvsadm -A -t 10.0.0.1:80'],
    ['unknown-command', 'foo \u2013x', 'foo \u2013x'],
  ] as const)('%s', (kind, command, meant) => {
    expect(mended({ command, doubts: [{ kind, text: '' }] })).toBe(meant);
  });
});
