/**
 * `ip -batch FILE`: lines without the word `ip`, one command each.
 * Comes from: index.ts.
 * Source: iproute2 6.1.0 lib/utils.c, do_batch(), getcmdline(), makeargs().
 * Differs: nothing known.
 */
import { ToolError } from '../tool-error.ts';
import type { IpRun } from './run.ts';

/** Words of a line: blanks separate, quotes hold together, # begins a remark. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s*(?:#.*|"([^"]*)"?|'([^']*)'?|([^\s"'#]\S*))/y;
  for (let found = pattern.exec(line); found !== null && found[0].trim() !== ''; found = pattern.exec(line)) {
    const word = found[1] ?? found[2] ?? found[3];
    if (word === undefined) break;
    words.push(word);
  }
  return words;
}

/** Mistakes on which the real tool ends at once, in the middle of its file. */
function endsAll(error: ToolError): boolean {
  return error.code === 255 || /is expected rather than|is not allowed in this context/.test(error.message);
}

/** @param file `-` is standard input */
export function runBatch(run: IpRun, file: string, command: (words: string[]) => number): number {
  const text = file === '-' ? (run.stdin ?? '') : run.file(file);
  if (text === null) throw new ToolError(`Cannot open file "${file}" for reading: No such file or directory\n`, 1);
  let code = 0;
  // a backslash at the end of a line joins the next one to it
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    let line = lines[at] ?? '';
    while (line.endsWith('\\') && at + 1 < lines.length) line = `${line.slice(0, -1)} ${lines[++at] ?? ''}`;
    const words = wordsOf(line);
    if (words.length === 0 || runLine(run, words, command) === 0) continue;
    run.err(`Command failed ${file}:${at + 1}\n`);
    code = 1;
    if (!run.opts.force) break;
  }
  return code;
}

function runLine(run: IpRun, words: string[], command: (words: string[]) => number): number {
  try {
    const code = command(words);
    if (code === 255) throw new ToolError('', 255);
    return code;
  } catch (error) {
    if (!(error instanceof ToolError) || endsAll(error)) throw error;
    run.err(error.message);
    return error.code;
  }
}
