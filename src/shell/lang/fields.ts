/**
 * The fields that come of one word, and how an expansion gives up.
 * Comes from: expand.ts.  Goes to: glob.ts.
 * Source: bash 5.2 manual, "Word Splitting".
 */
import { quotePattern } from './pattern.ts';

/** A person's mistake in an expansion. */
export class ExpandError extends Error {
  /** the shell ends even where others would go on: ${x:?}, set -u */
  readonly ends: boolean;
  constructor(message: string, ends: boolean) {
    super(message);
    this.ends = ends;
  }
}

const FIELDS_MAX = 20_000;

export interface Field {
  value: string;
  /** the same with quoted characters marked, for globbing */
  pattern: string;
}

/** Collects the fields that come of one word. */
export class Fields {
  readonly done: Field[] = [];
  private open: Field | null = null;
  readonly split: boolean;
  readonly ifs: string;

  constructor(split: boolean, ifs: string) {
    this.split = split;
    this.ifs = ifs;
  }

  private get current(): Field {
    this.open ??= { value: '', pattern: '' };
    return this.open;
  }

  quoted(text: string): void {
    const field = this.current;
    field.value += text;
    field.pattern += quotePattern(text);
  }

  /** Text that stood unquoted in the source: it may be a pattern. */
  bare(text: string): void {
    const field = this.current;
    field.value += text;
    field.pattern += text;
  }

  end(): void {
    if (this.open !== null) this.done.push(this.open);
    this.open = null;
    if (this.done.length > FIELDS_MAX) throw new ExpandError('too many words come of one expansion', true);
  }

  /** What came of an unquoted expansion: split at IFS. */
  expanded(text: string): void {
    if (!this.split) {
      if (text !== '') this.bare(text.replaceAll('\\', '\\\\'));
      return;
    }
    let start = 0;
    for (let i = 0; i <= text.length; i++) {
      const char = text[i];
      if (char !== undefined && !this.ifs.includes(char)) continue;
      if (i > start) this.bare(text.slice(start, i).replaceAll('\\', '\\\\'));
      else if (char !== undefined && !/\s/.test(char)) this.quoted('');
      if (char !== undefined) this.end();
      start = i + 1;
    }
  }
}
