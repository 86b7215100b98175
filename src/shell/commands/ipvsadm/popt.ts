/**
 * Walks the words of a command line as the popt library does.
 * Comes from: parse.ts.
 * Source: popt 1.19, poptGetNextOpt(): bundled short options, `--long=value`, leftovers, optional arguments.
 * Differs: aliases are not read.
 */
import type { OptionRow } from './options.ts';

export type PoptStep =
  | { readonly kind: 'opt'; readonly row: OptionRow; readonly arg: string | null }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly text: string };

export class Popt {
  /** words that are no options */
  readonly leftovers: string[] = [];
  private next = 1;
  private rest = '';
  private onlyLeftovers = false;
  private readonly words: readonly string[];
  private readonly options: readonly OptionRow[];

  /** @param words words[0] is the name of the command */
  constructor(words: readonly string[], options: readonly OptionRow[]) {
    this.words = words;
    this.options = options;
  }

  /** The word that the last step was about. */
  get badWord(): string {
    return this.words[this.next - 1] ?? '';
  }

  step(): PoptStep {
    if (this.rest === '') {
      const found = this.nextWord();
      if (found !== null) return found;
    }
    return this.shortOption();
  }

  /** Finds the next word with options. @returns a step, or null when short options wait in `rest` */
  private nextWord(): PoptStep | null {
    while (this.next < this.words.length) {
      const word = this.words[this.next++] as string;
      if (this.onlyLeftovers || !word.startsWith('-') || word === '-') {
        this.leftovers.push(word);
      } else if (word === '--') {
        this.onlyLeftovers = true;
      } else if (word.startsWith('--')) {
        return this.longOption(word);
      } else {
        this.rest = word.slice(1);
        return null;
      }
    }
    return { kind: 'end' };
  }

  private longOption(word: string): PoptStep {
    const at = word.indexOf('=');
    const name = at < 0 ? word.slice(2) : word.slice(2, at);
    const row = this.options.find((o) => o.long === name);
    if (row === undefined) return this.error('unknown option');
    if (at >= 0 && row.arg === 'none') return this.error('option does not take an argument');
    return this.withArg(row, at < 0 ? null : word.slice(at + 1));
  }

  private shortOption(): PoptStep {
    const letter = this.rest[0] as string;
    const row = this.options.find((o) => o.short === letter);
    if (row === undefined) return this.error('unknown option');
    this.rest = this.rest.slice(1);
    if (row.arg === 'none' || this.rest === '') return this.withArg(row, null);
    const inline = this.rest.startsWith('=') ? this.rest.slice(1) : this.rest;
    this.rest = '';
    return this.withArg(row, inline);
  }

  private withArg(row: OptionRow, inline: string | null): PoptStep {
    if (row.arg === 'none') return { kind: 'opt', row, arg: null };
    if (inline !== null) return { kind: 'opt', row, arg: inline };
    const word = this.words[this.next];
    if (row.arg === 'optional' && (word === undefined || word.startsWith('-'))) return { kind: 'opt', row, arg: null };
    if (word === undefined) return this.error('missing argument');
    this.next++;
    return { kind: 'opt', row, arg: word };
  }

  private error(what: string): PoptStep {
    return { kind: 'error', text: `${this.badWord}: ${what}` };
  }
}
