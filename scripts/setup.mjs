/**
 * Makes a fresh clone ready: checks Node, installs the npm packages, finds or installs a browser.
 * Every other script calls this first, so that each npm script works straight after `git clone`.
 * Only Node's own modules here: this runs before node_modules exists. All messages go to stderr.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const windows = process.platform === 'win32';

/** @param {string} text */
const say = (text) => console.error(`[setup] ${text}`);

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 */
function run(command, args, options = {}) {
  // Standard output belongs to the command that the person asked for, so ours goes to stderr.
  return spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 2], ...options });
}

/**
 * The JavaScript entry of an installed package, `bin('vite', 'bin/vite.js')`, to be run with Node.
 * @param {string} packageName
 * @param {string} file
 */
export const bin = (packageName, file) => join(root, 'node_modules', packageName, file);

export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (fits) return;
  say(`Node ${process.versions.node} does not fit: install Node 20.19+, 22.12+ or 24+ (https://nodejs.org).`);
  process.exit(1);
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean,
 *   os?: string[], cpu?: string[], libc?: string[] }} Locked
 * @typedef {{ packages: Record<string, Locked> }} Lockfile
 */

/** True when node_modules holds what package-lock.json asks for on this platform. */
function dependenciesFit() {
  // npm writes this inner lockfile as the last act of an install, so a broken-off install has none.
  const inner = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(inner)) return false;
  /** @type {Lockfile} */ const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {Lockfile} */ const present = JSON.parse(readFileSync(inner, 'utf8'));
  const libc = existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
  return Object.entries(wanted.packages).every(([path, locked]) => {
    if (path === '' || locked.link) return true;
    const found = present.packages[path];
    if (found) {
      const sameContent = !found.integrity || !locked.integrity || found.integrity === locked.integrity;
      return found.version === locked.version && sameContent;
    }
    if (!locked.optional) return false;
    // A missing optional package is right when it is built for another platform.
    const platformed = locked.os !== undefined || locked.cpu !== undefined;
    const ours =
      (locked.os?.includes(process.platform) ?? true) &&
      (locked.cpu?.includes(process.arch) ?? true) &&
      (process.platform !== 'linux' || (locked.libc?.includes(libc) ?? true));
    return !(platformed && ours);
  });
}

/** @param {readonly string[]} args */
function npm(args) {
  // Under `npm run` this names npm's own script; otherwise npm is looked up in PATH.
  const cli = process.env.npm_execpath;
  const env = { ...process.env };
  delete env.npm_config_ignore_scripts;
  return cli && /npm-cli\.c?js$/.test(cli)
    ? run(process.execPath, [cli, ...args], { env })
    : run(windows ? 'npm.cmd' : 'npm', args, { env, shell: windows });
}

export function ensureDependencies() {
  if (dependenciesFit()) return;
  say(existsSync(join(root, 'node_modules')) ? 'bringing the npm packages up to date…' : 'installing the npm packages (first run)…');
  // --include=dev: NODE_ENV=production or `omit=dev` in a person's npmrc would leave out the build tools.
  const result = npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.status === 0) return;
  say('npm ci failed, see above. The first run needs the network.');
  process.exit(result.status ?? 1);
}

/** @returns {readonly string[]} */
function browserPlaces() {
  switch (process.platform) {
    case 'linux':
      return ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'microsoft-edge-stable']
        .map((name) => `/usr/bin/${name}`)
        .concat('/opt/google/chrome/chrome');
    case 'darwin':
      return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
    case 'win32':
      return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
        .flatMap((name) => process.env[name] ?? [])
        .flatMap((folder) => [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Microsoft/Edge/Application/msedge.exe')]);
    default:
      return [];
  }
}

/** @param {string} path */
function starts(path) {
  if (!existsSync(path)) return false;
  if (windows) return true; // chrome.exe prints no version
  // Ubuntu's /usr/bin/chromium-browser may only advise to install a snap.
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 15_000 }).status === 0;
}

/** Start options of the test browser: no graphics card, no shared memory, no talk with the outside. */
export const browserArgs = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** Path of a browser that starts, or undefined. */
export function findBrowser() {
  if (process.env.LVS_LAB_CHROME) return process.env.LVS_LAB_CHROME;
  const places = [...browserPlaces()];
  try {
    const playwright = createRequire(join(root, 'package.json'))('playwright-core');
    places.push(playwright.chromium.executablePath());
  } catch {
    // The npm packages are not installed yet.
  }
  return places.find(starts);
}

function isDebian() {
  try {
    return /^ID=("?)(debian|raspbian)\1$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Path of a browser that starts; installs one when there is none. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  if (isDebian() && process.getuid?.() === 0) {
    // First here, because it brings the shared libraries too, which Playwright's download does not.
    say('no browser found: installing chromium and fonts-noto-cjk with apt-get…');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = /** @type {const} */ (['ignore', 'ignore', 2]);
    run('apt-get', ['update', '-qq'], { env, stdio: [...quiet] });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], {
      env,
      stdio: [...quiet],
    });
    const installed = findBrowser();
    if (installed) return installed;
  }
  say('no browser found: downloading Chromium with Playwright…');
  run(process.execPath, [bin('playwright-core', 'cli.js'), 'install', 'chromium'], { timeout: 300_000 });
  const downloaded = findBrowser();
  if (downloaded) return downloaded;
  say('no Chromium or Chrome that starts. Install one, or set LVS_LAB_CHROME=/path/to/chrome.');
  process.exit(1);
}
