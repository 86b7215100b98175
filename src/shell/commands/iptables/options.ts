/**
 * Words of an iptables or arptables line as getopt_long() hands them out: options with their values,
 * clusters of letters, long names cut short, and words that belong to no option.
 * Comes from: rule-parse.ts, arptables/parse.ts.
 * Source: iptables 1.8.9 iptables/xshared.c, do_parse() (option string and table).
 * Differs: nothing known.
 */
import { badParameter, type Speaker } from './complain.ts';

export interface OptionTable {
  /** letter → words behind it; `?` takes a next word that is no option */
  readonly short: Readonly<Record<string, 0 | 1 | '?'>>;
  /** long name → the letter, or its own name */
  readonly long: Readonly<Record<string, string>>;
}

export type Word =
  | { readonly kind: 'option'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'plain'; readonly text: string };

export class OptionScanner {
  private readonly words: readonly string[];
  private readonly who: Speaker;
  private readonly table: OptionTable;
  /** long options that extensions added, with the number of their words */
  readonly extra = new Map<string, number>();
  /** asked when a long option is unknown: may add to `extra`, and says whether it did */
  loadMore: () => boolean = () => false;
  private at = 0;
  /** rest of a cluster such as -nvL */
  private cluster = '';

  constructor(who: Speaker, table: OptionTable, words: readonly string[]) {
    this.who = who;
    this.table = table;
    this.words = words;
  }

  get done(): boolean {
    return this.cluster === '' && this.at >= this.words.length;
  }

  /** The next word if it is no option and no `!`: what -L, -I and the like take behind their value. */
  optional(): string | null {
    const word = this.words[this.at];
    if (this.cluster !== '' || word === undefined || word === '!' || word.startsWith('-')) return null;
    this.at++;
    return word;
  }

  /** The next word whatever it is. */
  value(option: string): string {
    const word = this.words[this.at++];
    if (word === undefined) throw badParameter(this.who, `option "${option}" requires an argument`);
    return word;
  }

  next(): Word {
    if (this.cluster !== '') return this.letter();
    const word = this.words[this.at++] ?? '';
    if (word.startsWith('--') && word.length > 2) return this.longOption(word);
    if (!word.startsWith('-') || word.length < 2) return { kind: 'plain', text: word };
    this.cluster = word.slice(1);
    return this.letter();
  }

  private letter(): Word {
    const name = this.cluster.slice(0, 1);
    this.cluster = this.cluster.slice(1);
    const takes = this.table.short[name];
    if (takes === undefined) throw badParameter(this.who, `unknown option "-${name}"`);
    if (takes === 0) return { kind: 'option', name, value: null };
    if (this.cluster !== '') {
      const value = this.cluster;
      this.cluster = '';
      return { kind: 'option', name, value };
    }
    return { kind: 'option', name, value: takes === '?' ? this.optional() : this.value(`-${name}`) };
  }

  private longOption(word: string): Word {
    const equals = word.indexOf('=');
    const typed = word.slice(2, equals < 0 ? undefined : equals);
    const inline = equals < 0 ? null : word.slice(equals + 1);
    const names = [...Object.keys(this.table.long), ...this.extra.keys()];
    const begins = names.filter((name) => name.startsWith(typed));
    const full = names.includes(typed) ? typed : begins.length === 1 ? begins[0] : undefined;
    if (full === undefined) {
      if (this.loadMore()) return this.longOption(word);
      throw badParameter(this.who, `unknown option "${word}"`);
    }
    const extra = this.extra.get(full);
    if (extra !== undefined && !Object.hasOwn(this.table.long, full)) return { kind: 'option', name: `--${full}`, value: inline };
    const letter = this.table.long[full] ?? full;
    const takes = this.table.short[letter] ?? 0;
    if (takes === 0) return { kind: 'option', name: letter, value: null };
    if (inline !== null) return { kind: 'option', name: letter, value: inline };
    return { kind: 'option', name: letter, value: takes === '?' ? this.optional() : this.value(`--${full}`) };
  }
}
