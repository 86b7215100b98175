/**
 * Cuts a node's setup into commands, each with the line it begins in, so that a failing one can be
 * named. Commands may go over several lines: backslashes, quotes, here-documents, compound commands.
 * Comes from: check.ts.  Goes to: sim/, one shell input for each command.
 */
import type { SetupCommand } from './types.ts';

const OPENERS: readonly string[] = ['{', '(', 'do', 'then', 'case'];
const CLOSERS: readonly string[] = ['}', ')', 'done', 'fi', 'esac'];

/** @param firstLine line of the file in which the text's first line stands */
export function splitSetup(text: string, firstLine: number): SetupCommand[] {
  const commands: SetupCommand[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (/^\s*(#|$)/.test(line)) continue;
    const start = i;
    let command = line;
    while (i + 1 < lines.length && isOpen(command)) command += `\n${lines[++i] as string}`;
    commands.push({ text: command, line: firstLine + start });
  }
  return commands;
}

/** Whether a shell would ask for more. */
function isOpen(command: string): boolean {
  const heredoc = /<<-?\s*(['"]?)(\w+)\1/.exec(command);
  if (heredoc !== null) {
    const after = command.slice(heredoc.index);
    if (!after.includes('\n')) return true;
    return !after
      .split('\n')
      .slice(1)
      .some((line) => line.replace(/^\t+/, '') === heredoc[2]);
  }
  const bare = withoutQuotes(command);
  if (bare === null || bare.endsWith('\\')) return true;
  let depth = 0;
  // `( ) { }` stand alone between words; a `)` behind a pattern of case closes nothing
  for (const word of bare.split(/[\s;&|]+/)) {
    if (OPENERS.includes(word)) depth++;
    else if (CLOSERS.includes(word)) depth--;
  }
  return depth > 0;
}

/** The text with quoted parts left out; null when a quote is not closed. */
function withoutQuotes(command: string): string | null {
  let out = '';
  let quote = '';
  for (let i = 0; i < command.length; i++) {
    const char = command[i] as string;
    if (quote === '') {
      if (char === '#' && (i === 0 || /\s/.test(command[i - 1] as string))) {
        const end = command.indexOf('\n', i);
        i = end < 0 ? command.length : end - 1;
      } else if (char === "'" || char === '"') quote = char;
      else out += char;
      if (char === '\\' && i + 1 < command.length) out += command[++i] === '\n' ? ' ' : '_';
    } else if (char === quote) quote = '';
    else if (char === '\\' && quote === '"') i++;
  }
  return quote === '' ? out : null;
}
