/**
 * `lab docs`: writes docs/fidelity.md, reasons.md, lab-files.md and playback.md, which are made from the sources
 * and the tables.
 * Comes from: main.ts, docs.test.ts.  Goes to: docs-fidelity.ts, docs-reasons.ts, docs-lab-files.ts, docs-playback.ts.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Case } from '../sim/index.ts';
import { parseArgs, UsageError } from './args.ts';
import { fidelityText, type SourceHeader } from './docs-fidelity.ts';
import { labFilesText } from './docs-lab-files.ts';
import { playbackText } from './docs-playback.ts';
import { reasonsText } from './docs-reasons.ts';
import { print, printError } from './print.ts';
import { sourceRoot } from './source-root.ts';

export interface Page {
  /** path from the root of the project */
  readonly path: string;
  readonly text: string;
}

export function docs(words: readonly string[]): number {
  const args = parseArgs(words, { flags: ['check'], values: [] });
  const root = sourceRoot();
  if (root === null) throw new UsageError('the sources are not here');
  const stale = docsPages(root).filter(({ path, text }) => text !== readOrEmpty(join(root, path)));
  for (const { path, text } of stale) {
    if (args.has('check')) printError(`${path} is stale: run "npm run -s lab -- docs"\n`);
    else {
      writeFileSync(join(root, path), text);
      print(`${path} written\n`);
    }
  }
  return args.has('check') && stale.length > 0 ? 1 : 0;
}

/** The pages as they should be. */
export function docsPages(root: string): Page[] {
  return [
    { path: 'docs/fidelity.md', text: fidelityText(headersOf(root), casesOf(root)) },
    { path: 'docs/reasons.md', text: reasonsText() },
    { path: 'docs/lab-files.md', text: labFilesText() },
    { path: 'docs/playback.md', text: playbackText() },
  ];
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The comment at the head of each source file that models something. */
function headersOf(root: string): SourceHeader[] {
  const rooms = ['wire', 'engine', 'switch', 'host', 'ipvs', 'world', 'shell', 'scenario', 'sim', 'capture'];
  return rooms
    .flatMap((room) => sourcesBelow(join(root, 'src', room)))
    .map((path) => ({
      path: relative(join(root, 'src'), path),
      comment: headerComment(readFileSync(path, 'utf8')),
    }));
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path);
      return entry.name.endsWith('.ts') && !/\.(?:test|test-kit|bench)\.ts$/.test(entry.name) ? [path] : [];
    });
}

/** Its lines without the stars. */
export function headerComment(text: string): string[] {
  const found = /^\/\*\*([\s\S]*?)\*\//.exec(text);
  return found === null ? [] : (found[1] as string).split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
}

function casesOf(root: string): Case[] {
  const folder = join(root, 'src/sim/conform/fixtures/kernel');
  return readdirSync(folder)
    .toSorted()
    .map((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { case: Case }).case);
}
