/** Runs the linter with the project's configuration on bad samples: each ban must fire. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { coreRooms } from './boundaries.mjs';
import { bin, root } from './setup.mjs';

/** One sample per line; each must be reported. The sample's rule stands before it. */
const banned: readonly (readonly [rule: string, code: string])[] = [
  ...[
    'Date.now()',
    'new Date()',
    'performance.now()',
    'setTimeout(f, 1)',
    'setInterval(f, 1)',
    'queueMicrotask(f)',
    'requestAnimationFrame(f)',
    'Promise.resolve()',
    'crypto.randomUUID()',
    "new Intl.NumberFormat('en')",
    'globalThis.name',
    "fetch('/')",
  ].map((code) => ['no-restricted-globals', code] as const),
  ...['random', 'exp', 'log', 'log2', 'log10', 'sin', 'cos', 'tan', 'atan2', 'pow', 'sqrt', 'cbrt', 'hypot'].map(
    (name) => ['no-restricted-properties', `Math.${name}(x, x)`] as const,
  ),
  ['no-restricted-properties', "Math['random']()"],
  ['no-restricted-properties', 'a.localeCompare(a)'],
  ['no-restricted-properties', 'x.toLocaleString()'],
  ['no-async-await', 'async () => {}'],
  ['no-console', 'console.log(x)'],
];
const d3 = "import * as d3 from 'd3';";

function lint(files: Record<string, string>): { code: string; filename: string; line: number }[] {
  const folder = mkdtempSync(join(tmpdir(), 'lvs-lab-lint-'));
  try {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const result = spawnSync(process.execPath, [bin('oxlint', 'bin/oxlint'), '--format', 'json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const report: {
      diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[];
    } = JSON.parse(result.stdout);
    return report.diagnostics.map(({ code, filename, labels }) => ({
      code,
      filename,
      line: labels[0]?.span.line ?? 0,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sample = [
  d3,
  'export function sample(f: () => void, x: number, a: string): unknown[] { return [d3, ',
  ...banned.map(([, code]) => `${code},`),
  'f]; }',
].join('\n');

test('each ban fires in a core room', () => {
  const found = lint({ 'src/engine/sample.ts': sample });
  banned.forEach(([rule, code], i) => {
    const codes = found.filter(({ line }) => line === i + 3).map((diagnostic) => diagnostic.code);
    expect(codes, code).toContainEqual(expect.stringContaining(rule));
  });
  expect(found).toContainEqual(expect.objectContaining({ line: 1, code: expect.stringContaining('no-restricted-imports') }));
});

test('every core room is covered, a page room and a test are not', () => {
  const files = [...coreRooms, 'app'].map((room) => `src/${room}/deep/sample.ts`).concat('src/sim/sample.test.ts');
  const clock = 'export const now = () => Date.now();\n';
  const found = lint(Object.fromEntries(files.map((file) => [file, clock])));
  expect(found.map(({ filename }) => filename.replaceAll('\\', '/')).sort()).toEqual(
    coreRooms.map((room) => `src/${room}/deep/sample.ts`).sort(),
  );
});
