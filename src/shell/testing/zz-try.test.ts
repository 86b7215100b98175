import { it } from 'vitest';
import { execFileSync, spawnSync } from 'node:child_process';
import { createFakeNode } from '/work/main/src/shell/testing/fake-node.test-kit.ts';
it('x', () => {
  const cases = (process.env.CASES ?? '').split('\n@@\n').filter(Boolean);
  let bad = 0;
  for (const c of cases) {
    const n = createFakeNode();
    let r: any; try { r = n.script(c); } catch (e) { r = { out: 'EXC ' + (e as Error).stack, code: -9 }; }
    const b = spawnSync('bash', ['-c', '{ eval "$0" ; } 2>&1', c], { encoding: 'utf8', cwd: '/tmp/shtest' });
    const b2 = spawnSync('bash', ['-c', c], { encoding: 'utf8', cwd: '/tmp/shtest', input: '' });
    const exp = b2.stdout + b2.stderr;
    if (r.code !== b2.status || (r.out !== exp && r.out !== b.stdout)) { bad++; console.log('CASE ' + c + '\n  ours [' + r.code + '] ' + JSON.stringify(r.out) + '\n  bash [' + b2.status + '] ' + JSON.stringify(exp)); }
  }
  console.log('cases', cases.length, 'bad', bad);
});
