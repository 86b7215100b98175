/**
 * `ipvsadm -R`: carries out rules read from standard input, line by line.
 * Comes from: index.ts.  Goes to: parse.ts, run.ts.
 * Source: ipvsadm 1.31, restore_table(), config_stream_read().
 */
import type { NodeNet } from '../../../world/index.ts';
import { hostsOf } from './names.ts';
import { parseIpvsadm } from './parse.ts';
import { runParsed, type Output } from './run.ts';

/** Words of a line; a leading `ipvsadm` does not count, a # begins a comment. */
export function ruleWords(line: string): string[] {
  const words = (line.split('#')[0] as string)
    .trim()
    .split(/\s+/)
    .filter((w) => w !== '');
  return words[0] === 'ipvsadm' ? words.slice(1) : words;
}

/** A failing line does not stop the others, a line that cannot be understood does. @returns the exit code of the last line */
export function restoreRules(net: NodeNet, text: string, io: Output): number {
  let code = 0;
  for (const line of text.split('\n')) {
    const words = ruleWords(line);
    if (words.length === 0) continue;
    const parsed = parseIpvsadm(['ipvsadm', ...words], hostsOf(net));
    if ('refusal' in parsed) {
      io.err(`${parsed.refusal.text}\n`);
      code = parsed.refusal.code;
      if (parsed.refusal.fatal) return code;
      continue;
    }
    if (parsed.ok.cmd === 'restore') {
      io.err("Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n");
      return 255;
    }
    code = runParsed(net, parsed.ok, io);
  }
  return code;
}
