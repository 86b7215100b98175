/**
 * The records of a branch that pass a filter, as the branch grows: a long run has millions of them, so they
 * are not listed anew each time it has grown, and not looked at all at once.
 * Comes from: event-filter.ts.  Goes to: panels/dock.
 */
import type { Branch, Cast } from './branch.ts';
import { Column } from './column.ts';
import { filterRecords } from './event-filter.ts';
import type { Language } from './settings.ts';
import type { Filter } from './store.ts';

/** Records looked at between two looks at the clock. */
const SLICE = 200;
/** So long the list is read while it is drawn; of a long run the rest comes afterwards, in slices. */
const HERE_MS = 8;

export class EventRows {
  private readonly branch: Branch | null;
  private readonly filter: Filter;
  private readonly lang: Language;
  private found = new Column(Int32Array);
  /** records looked at */
  private end = 0;
  /** the names in what was looked at */
  private cast: Cast | null = null;

  constructor(branch: Branch | null, filter: Filter, lang: Language) {
    this.branch = branch;
    this.filter = filter;
    this.lang = lang;
  }

  /** Numbers of records, in order, as far as they have been looked at. */
  get rows(): Column {
    return this.found;
  }

  /** Looks at records for as long as a drawing may wait for them. @returns whether that was all of them */
  readSome(): boolean {
    const begin = performance.now();
    const work = this.reading();
    while (work.next().done !== true) if (performance.now() - begin > HERE_MS) return false;
    return true;
  }

  /** Looks at all records up to the present end of the branch; yields now and then. */
  *reading(): Generator<undefined, void> {
    const { branch, filter, lang } = this;
    if (branch === null) return;
    const { trace } = branch.run;
    // Words are looked for in sentences, and those name what may get its name later.
    if (this.cast === null || (filter.text !== '' && this.cast !== branch.cast)) {
      this.found = new Column(Int32Array);
      this.end = trace.firstOf(branch.begin);
    }
    this.cast = branch.cast;
    while (this.end < trace.length) {
      const end = Math.min(trace.length, this.end + SLICE);
      for (const row of filterRecords(branch, this.end, filter, lang, end)) this.found.push(row);
      this.end = end;
      yield undefined;
    }
  }
}
