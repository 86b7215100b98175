/** `lab fuzz`: mutated command lines at the hosts of a lab. Nothing may crash, hang, or fail without a word. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusOf, fromScenario, fuzzCommands, type Case, type Outcome } from '../sim/index.ts';
import { parseArgs, UsageError } from './args.ts';
import { print } from './print.ts';
import { loadOrTell } from './scenario-file.ts';
import { sourceRoot } from './source-root.ts';

export function fuzz(words: readonly string[]): number {
  const args = parseArgs(words, { flags: [], values: ['count', 'seed', 'scenario'] });
  const [count, seed] = [Number(args.value('count') ?? 10_000), Number(args.value('seed') ?? 1)];
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(seed)) throw new UsageError('--count and --seed want numbers');
  const scenario = loadOrTell(args.value('scenario') ?? 'dr-lab');
  if (scenario === null) return 1;
  const input = fromScenario(scenario);
  const corpus = corpusOf(recordedLines());
  const shown = new Set<string>();
  let succeeded = 0;
  let compared = 0;
  let troubled = 0;
  for (let done = 0; done < count; done += CHUNK) {
    const report = fuzzCommands(input, corpus, Math.min(CHUNK, count - done), seed + done);
    succeeded += report.succeeded;
    compared += report.compared;
    troubled += report.troubles.length;
    for (const outcome of report.troubles) tellOnce(shown, outcome);
  }
  print(`${count} lines, ${succeeded} ended with 0, ${compared} failed and were compared, ${troubled} in trouble\n`);
  return troubled === 0 ? 0 : 1;
}

/** Lines between two looks at what went wrong. */
const CHUNK = 2000;

/** One example of each kind. */
function tellOnce(shown: Set<string>, { line, code, output, trouble, detail }: Outcome): void {
  const kind = `${trouble} ${line.split(' ', 1)[0]} ${detail.split('\n', 2)[0]}`;
  if (shown.has(kind)) return;
  shown.add(kind);
  print(`${trouble} (exit code ${code}): ${JSON.stringify(line)}\n${output}${detail}\n\n`);
}

/** Every command of the cases recorded on Linux, where the sources are at hand. */
function recordedLines(): string[] {
  const root = sourceRoot();
  if (root === null) return [];
  const folder = join(root, 'src/sim/conform/fixtures/kernel');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) => {
    const item = (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { case: Case }).case;
    return [...item.nodes.flatMap((node) => node.setup ?? []), ...item.steps.flatMap((step) => ('run' in step ? [step.run] : []))];
  });
}
