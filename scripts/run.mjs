/** The development commands of package.json: sets the clone up, then runs the tool. */
import { spawnSync } from 'node:child_process';
import { bin, ensureDependencies, ensureNode, root } from './setup.mjs';

const vite = bin('vite', 'bin/vite.js');
const vitest = bin('vitest', 'vitest.mjs');

/** Each command is a list of tool calls. What the person adds goes to the last one. @type {Record<string, string[][]>} */
const commands = {
  dev: [[vite]],
  build: [
    [vite, 'build'],
    [vite, 'build', '--config', 'vite.cli.config.ts'],
  ],
  check: [[`${root}/scripts/test.mjs`, 'types', 'lint', 'format', 'boundaries']],
  format: [[bin('oxfmt', 'bin/oxfmt')]],
  watch: [[vitest, 'watch', '--project', 'unit']],
  microbench: [[vitest, 'bench', '--run', '--project', 'unit']],
};

const [name = '', ...rest] = process.argv.slice(2);
const calls = commands[name];
if (!calls) {
  console.error(`Unknown command "${name}". Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
ensureNode();
ensureDependencies();
for (const [i, call] of calls.entries()) {
  const extra = i === calls.length - 1 ? rest : [];
  const { status } = spawnSync(process.execPath, [...call, ...extra], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
