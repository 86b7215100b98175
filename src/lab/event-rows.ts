/**
 * The records of a branch that pass a filter, as the branch grows: a long run has millions of them, so they
 * are not listed anew each time it has grown.
 * Comes from: event-filter.ts.  Goes to: panels/dock.
 */
import type { Branch, Cast } from './branch.ts';
import { filterRecords } from './event-filter.ts';
import type { Language } from './settings.ts';
import type { Filter } from './store.ts';

export class EventRows {
  private readonly branch: Branch | null;
  private readonly filter: Filter;
  private readonly lang: Language;
  private readonly found: number[] = [];
  /** records looked at */
  private end = 0;
  /** the names in what was looked at */
  private cast: Cast | null = null;

  constructor(branch: Branch | null, filter: Filter, lang: Language) {
    this.branch = branch;
    this.filter = filter;
    this.lang = lang;
  }

  /** All rows up to the present end of the branch: numbers of records, in order. */
  upToNow(): readonly number[] {
    const { branch, filter, lang } = this;
    if (branch === null) return this.found;
    const { trace } = branch.run;
    // Words are looked for in sentences, and those name what may get its name later.
    if (this.cast === null || (filter.text !== '' && this.cast !== branch.cast)) {
      this.found.length = 0;
      this.end = trace.firstOf(branch.begin);
    }
    this.cast = branch.cast;
    if (trace.length > this.end) {
      for (const row of filterRecords(branch, this.end, filter, lang)) this.found.push(row);
      this.end = trace.length;
    }
    return this.found;
  }
}
