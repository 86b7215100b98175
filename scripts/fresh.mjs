/** Tells whether a build output is older than what it was built from. Only Node's own modules. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup.mjs';

/**
 * A hash over name, size and time of every file below the given files and folders.
 * @param {readonly string[]} sources
 */
function fingerprint(sources) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const visit = (path) => {
    const full = join(root, path);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of readdirSync(full).sort()) visit(join(path, name));
    else hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  sources.forEach(visit);
  return hash.digest('hex');
}

/**
 * Calls `build` unless `output` was built from exactly these sources. `build` returns success.
 * @param {string} output a file that the build writes
 * @param {readonly string[]} sources
 * @param {() => boolean | Promise<boolean>} build
 * @returns {Promise<boolean>} false when the build failed
 */
export async function buildIfStale(output, sources, build) {
  const stamp = join(root, 'node_modules', '.cache', 'lvs-lab', `${output.replaceAll('/', '-')}.stamp`);
  const now = fingerprint(sources);
  if (existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return true;
  if (!(await build())) return false;
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}
