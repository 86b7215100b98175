/**
 * `node scripts/lockfile.mjs`, after each change of the dependencies: completes package-lock.json.
 * npm drops the native packages of other platforms when the registry in use, a mirror perhaps, does
 * not have them, and `npm ci` then rejects the lockfile (https://github.com/npm/cli/issues/9846).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './setup.mjs';

/**
 * @typedef {{ version?: string, resolved?: string, optional?: boolean, dev?: boolean, os?: string[], cpu?: string[],
 *   libc?: string[], license?: string, optionalDependencies?: Record<string, string> }} Locked
 */

/**
 * The entries that are missing, by their path.
 * @param {Record<string, Locked>} packages
 * @returns {Record<string, Locked>}
 */
export function missingEntries(packages) {
  /** @type {Record<string, Locked>} */ const missing = {};
  for (const [path, { dev, license, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const place = `node_modules/${name}`;
      if (packages[`${path}/${place}`] || packages[place]) continue;
      const [, os, cpu, abi = ''] = /[/-]([a-z0-9]+)-(arm64|arm|x64|ia32|[a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
      if (!os || !cpu) throw new Error(`Cannot tell the platform of ${name}: add it to package-lock.json by hand.`);
      const libc = os !== 'linux' ? [] : abi.startsWith('musl') ? ['musl'] : ['glibc'];
      missing[place] = {
        version,
        cpu: [cpu],
        ...(dev ? { dev } : {}),
        ...(libc.length > 0 ? { libc } : {}),
        ...(license ? { license } : {}),
        optional: true,
        os: [os],
      };
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(root, 'package-lock.json');
  /** @type {{ packages: Record<string, Locked> }} */ const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingEntries(lock.packages);
  const entries = Object.entries({ ...lock.packages, ...missing });
  lock.packages = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${entries.length} entries, ${Object.keys(missing).length} added`);
}
