/** `npm start [-- --port 5000 --host 0.0.0.0]`: installs what is missing, builds, serves, prints the address. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { buildIfStale } from './fresh.mjs';
import { bin, ensureDependencies, ensureNode, root } from './setup.mjs';

const { values } = parseArgs({
  options: { host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '4173' } },
});

ensureNode();
ensureDependencies();
process.chdir(root);

const sources = ['src', 'public', 'scenarios', 'index.html', 'package-lock.json', 'vite.config.ts'];
const built = await buildIfStale('dist/index.html', sources, () => {
  console.error('[start] building…');
  const args = [bin('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'];
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
});
if (!built) process.exit(1);
const { preview } = await import('vite');
const server = await preview({ preview: { host: values.host, port: Number(values.port) } });
console.log('LVS Lab is running:');
server.printUrls();
console.log('Press Ctrl+C to stop.');
