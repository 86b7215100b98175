/**
 * `npm test`: installs what is missing and runs every check. `npm test -- unit e2e` runs only those
 * steps (and what they need); with one step, further words go to its tool (`npm test -- unit src/wire`).
 * The last line counts all tests; a step without tests of its own counts as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin, ensureBrowser, ensureDependencies, ensureNode, root } from './setup.mjs';

const reports = join(root, 'node_modules', '.cache', 'lvs-lab');
const tsc = bin('typescript', 'bin/tsc');
const vite = bin('vite', 'bin/vite.js');
const vitest = bin('vitest', 'vitest.mjs');
const programs = ['core', 'page', 'node', 'test'].map((name) => [tsc, '--project', `tsconfig.${name}.json`]);

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 * @typedef {{ name: string, calls: string[][], needs?: string[], browser?: true, optional?: boolean,
 *   report?: string, count?: (report: any) => Count }} Step
 */

/** @param {string} project @param {string} report */
const vitestCall = (project, report) => [
  vitest,
  'run',
  '--project',
  project,
  '--passWithNoTests',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(reports, report)}`,
];

/** @param {any} report @returns {Count} */
const countVitest = (report) => ({
  // A file that cannot be loaded has no tests in it, but is a failure all the same.
  failed:
    report.numFailedTests +
    report.testResults.filter((/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0).length,
  passed: report.numPassedTests,
  skipped: report.numPendingTests + report.numTodoTests,
});

/** @param {any} report @returns {Count} */
const countPlaywright = ({ stats }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected,
  skipped: stats.skipped,
});

const hasComponentTests = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).some((name) =>
  /\.browser\.test\.tsx?$/.test(name),
);

/** An optional step runs only when it is named. @type {Step[]} */
const steps = [
  { name: 'types', calls: programs },
  {
    name: 'lint',
    calls: [[bin('oxlint', 'bin/oxlint'), '--type-aware', '--deny-warnings', '--report-unused-disable-directives']],
  },
  { name: 'format', calls: [[bin('oxfmt', 'bin/oxfmt'), '--check']] },
  { name: 'boundaries', calls: [[join(root, 'scripts', 'boundaries.mjs')]] },
  { name: 'deadcode', calls: [[bin('knip', 'bin/knip.js')]], optional: true },
  { name: 'unit', calls: [vitestCall('unit', 'unit.json')], report: 'unit.json', count: countVitest },
  { name: 'seeds', calls: [[join(root, 'scripts', 'seeds.mjs')]], optional: true },
  {
    name: 'component',
    calls: [vitestCall('component', 'component.json')],
    browser: true,
    report: 'component.json',
    count: countVitest,
    optional: !hasComponentTests,
  },
  { name: 'build', calls: [[vite, 'build', '--logLevel', 'warn']] },
  { name: 'cli', calls: [[vite, 'build', '--config', 'vite.cli.config.ts', '--logLevel', 'warn']] },
  {
    name: 'e2e',
    calls: [[bin('@playwright/test', 'cli.js'), 'test']],
    needs: ['build', 'cli'],
    browser: true,
    report: 'e2e.json',
    count: countPlaywright,
  },
];

const words = process.argv.slice(2);
const named = steps.filter((step) => words.includes(step.name));
const rest = words.filter((word) => !steps.some((step) => step.name === word));
if (rest.length > 0 && named.length !== 1) {
  console.error(`Unknown: ${rest.join(' ')}. Steps: ${steps.map((step) => step.name).join(' ')}.`);
  process.exit(2);
}
const needed = new Set(named.flatMap((step) => step.needs ?? []));
const chosen = steps.filter((step) => (named.length > 0 ? named.includes(step) || needed.has(step.name) : !step.optional));

ensureNode();
ensureDependencies();
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, LVS_LAB_REPORTS: reports };
if (chosen.some((step) => step.browser)) env.LVS_LAB_CHROME = ensureBrowser();
mkdirSync(reports, { recursive: true });

/** @type {Set<string>} */ const broken = new Set();
const total = { passed: 0, failed: 0, skipped: 0 };

for (const step of chosen) {
  const missing = step.needs?.filter((name) => broken.has(name)) ?? [];
  if (missing.length > 0) {
    console.error(`[test] ${step.name}: not run, because ${missing.join(' and ')} failed`);
    broken.add(step.name);
    total.failed += 1;
    continue;
  }
  const reportFile = step.report && join(reports, step.report);
  if (reportFile) rmSync(reportFile, { force: true });
  const begin = performance.now();
  // Every call is made even when one fails: type errors of all programs are worth seeing at once.
  const failures = step.calls.filter(
    (call) =>
      spawnSync(process.execPath, [...call, ...(named[0] === step ? rest : [])], {
        cwd: root,
        stdio: 'inherit',
        env,
      }).status !== 0,
  );
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const ok = failures.length === 0;
  if (!ok) broken.add(step.name);
  const count = counted(step, reportFile, ok);
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  console.error(`[test] ${step.name}: ${ok ? 'ok' : 'FAILED'} (${seconds} s)`);
}

/** @param {Step} step @param {string | undefined} reportFile @param {boolean} ok @returns {Count} */
function counted(step, reportFile, ok) {
  /** @type {Count} */ let count = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (!reportFile || !step.count) return count;
  try {
    count = step.count(JSON.parse(readFileSync(reportFile, 'utf8')));
  } catch {
    return count; // the tool stopped before it could write a report
  }
  // A tool may fail for a reason that is no test, an error outside of any test for instance.
  return !ok && count.failed === 0 ? { ...count, failed: 1 } : count;
}

if (broken.size > 0) console.log(`Failed: ${[...broken].join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(broken.size > 0 ? 1 : 0);
