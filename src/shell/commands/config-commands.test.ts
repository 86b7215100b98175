import { expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { createLab } from './config.test-kit.ts';
it('x', () => {
  const lab = createLab();
  for (const line of readFileSync(process.env['Q'] ?? '', 'utf8').split('\n')) {
    if (line.trim() === '') continue;
    let r: { out: string; code: number };
    try { r = lab.run(line); } catch (e) { r = { out: `THROWN ${(e as Error).stack}\n`, code: -1 }; }
    process.stdout.write(`$ ${line}\n${r.out}${r.code === 0 ? '' : `[${r.code}]\n`}`);
  }
  expect(1).toBe(1);
});
