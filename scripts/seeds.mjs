/**
 * `npm test -- seeds 20`: all property tests with twenty new seeds, and how to see each failure again.
 * Further words narrow the files: `npm test -- seeds 50 src/ipvs`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { bin, root } from './setup.mjs';

const SEEDS_USUAL = 10;
/** Somebody who looks for rare examples does so beside other work. */
const TIMEOUT_MS = 120_000;
const report = join(process.env.LVS_LAB_REPORTS ?? tmpdir(), 'seeds.json');

/** Test files that import fast-check, by themselves or through a kit. */
function propertyFiles() {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => join(root, 'src', name));
  /** @param {string} path */
  const draws = (path) => /from 'fast-check'/.test(readFileSync(path, 'utf8'));
  const kits = files.filter((path) => path.endsWith('.test-kit.ts') && draws(path)).map((path) => path.slice(path.lastIndexOf(sep) + 1));
  return files
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => draws(path) || kits.some((kit) => readFileSync(path, 'utf8').includes(kit)))
    .map((path) => relative(root, path).replaceAll(sep, '/'));
}

/** @param {number} seed @param {readonly string[]} files @returns {string[]} one line per test that failed */
function failuresOf(seed, files) {
  rmSync(report, { force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      bin('vitest', 'vitest.mjs'),
      'run',
      '--project',
      'unit',
      `--testTimeout=${TIMEOUT_MS}`,
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...files,
    ],
    { cwd: root, encoding: 'utf8', env: { ...process.env, LVS_LAB_SEED: String(seed) } },
  );
  /** @type {any} */ let told;
  try {
    told = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return [`no report, exit status ${status}\n${stdout}${stderr}`];
  }
  /** @type {string[]} */
  const failures = told.testResults.flatMap((/** @type {any} */ file) => {
    const path = relative(root, file.name).replaceAll(sep, '/');
    const tests = file.assertionResults.filter((/** @type {any} */ test) => test.status === 'failed');
    if (file.status === 'failed' && tests.length === 0) return [`${path}: ${file.message}`];
    return tests.map(
      (/** @type {any} */ test) =>
        `${test.fullName}\n    LVS_LAB_SEED=${seed} npm test -- unit ${path}\n    ${test.failureMessages.join('\n').split('\n').slice(0, 12).join('\n    ')}`,
    );
  });
  return failures.length === 0 && status !== 0 ? [`exit status ${status}\n${stderr}`] : failures;
}

const [count = String(SEEDS_USUAL), ...words] = process.argv.slice(2);
if (!/^[1-9]\d{0,3}$/.test(count)) {
  console.error(`How many seeds? ${count} is no number: npm test -- seeds 20`);
  process.exit(2);
}
const files = propertyFiles().filter((path) => words.length === 0 || words.some((word) => path.includes(word)));
if (files.length === 0) {
  console.error(`No property tests in: ${words.join(' ')}`);
  process.exit(2);
}
console.log(`${files.length} files with property tests`);
let failed = 0;
for (let i = 1; i <= Number(count); i++) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const failures = failuresOf(seed, files);
  console.log(`${i}/${count} seed ${seed}: ${failures.length === 0 ? 'ok' : `${failures.length} failed`}`);
  for (const failure of failures) console.log(`  ${failure}`);
  if (failures.length > 0) failed++;
}
console.log(failed === 0 ? `No counter-example with ${count} seeds` : `Counter-examples with ${failed} of ${count} seeds`);
process.exit(failed === 0 ? 0 : 1);
