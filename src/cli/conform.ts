/** `lab conform`: plays recorded cases and compares with what Linux did. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reportText, runCase, type Case, type CaseReport, type Truth } from '../sim/index.ts';
import { parseArgs, UsageError } from './args.ts';
import { print } from './print.ts';

interface Recorded {
  readonly case: Case;
  readonly truth: Truth;
}

export function conform(words: readonly string[]): number {
  const args = parseArgs(words, { flags: ['verbose', 'json'], values: ['only', 'tag'] });
  if (args.operands.length === 0) throw new UsageError('conform needs a folder');
  const [only, tag] = [args.value('only'), args.value('tag')];
  const pattern = only === null ? null : new RegExp(`^${only.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  const reports: CaseReport[] = [];
  for (const path of args.operands.flatMap(filesBelow)) {
    const recorded = readRecorded(path);
    if (recorded === null) continue;
    if (pattern !== null && !pattern.test(recorded.case.name)) continue;
    if (tag !== null && !recorded.case.tags.includes(tag)) continue;
    const report = runCase(recorded.case, recorded.truth);
    reports.push(report);
    if (!args.has('json')) print(`${reportText(report, args.has('verbose'))}\n`);
  }
  const failed = reports.filter((report) => !report.passed).length;
  const passed = reports.length - failed;
  if (reports.length === 0) throw new UsageError('no case there');
  if (args.has('json')) print(`${JSON.stringify({ passed, failed, cases: reports }, null, 1)}\n`);
  else print(`${chosenText(reports)}${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** How many cases agreed only with a choice of what their recordings leave open; nothing if none did. */
function chosenText(reports: readonly CaseReport[]): string {
  const chosen = reports.filter(({ passed, needed }) => passed && needed !== null).length;
  if (chosen === 0) return '';
  return `${chosen} of them with a timer phase or random numbers chosen to fit, as noted on their lines\n`;
}

/** All JSON files below a folder, in order of their names. */
function filesBelow(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`no such folder: ${path}`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => {
      const inside = join(path, name);
      return statSync(inside).isDirectory() ? filesBelow(inside) : name.endsWith('.json') && name !== 'truth.json' ? [inside] : [];
    });
}

/** A case and its result: in two files side by side, or in one. Other JSON files are none. */
function readRecorded(path: string): Recorded | null {
  const data = JSON.parse(readFileSync(path, 'utf8')) as Partial<Recorded> & Partial<Case>;
  if (data.case !== undefined && data.truth !== undefined) return { case: data.case, truth: data.truth };
  if (data.nodes === undefined || data.steps === undefined) return null;
  const truth = join(dirname(path), 'truth.json');
  if (!existsSync(truth)) throw new UsageError(`${path} has no truth.json beside it`);
  return { case: data as Case, truth: JSON.parse(readFileSync(truth, 'utf8')) as Truth };
}
