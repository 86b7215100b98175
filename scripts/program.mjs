/**
 * Builds one of the command-line programs when its sources changed, and runs it in this process.
 * Nothing but the program's own output reaches stdout, so that it can be piped.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './fresh.mjs';
import { bin, ensureDependencies, ensureNode, root } from './setup.mjs';

const sources = ['src', 'package.json', 'package-lock.json', 'vite.cli.config.ts'];

/** @param {'lab' | 'bench'} name */
export async function runProgram(name) {
  ensureNode();
  ensureDependencies();
  const output = name === 'bench' ? 'dist-bench/bench.js' : 'dist-cli/main.js';
  const built = await buildIfStale(output, sources, () => {
    const args = [bin('vite', 'bin/vite.js'), 'build', '--config', 'vite.cli.config.ts', '--mode', name, '--logLevel', 'warn'];
    return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
  });
  if (!built) process.exit(1);
  const entry = join(root, output);
  process.argv = [process.execPath, entry, ...process.argv.slice(2)];
  await import(pathToFileURL(entry).href);
}
