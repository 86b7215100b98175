/**
 * The arguments of records, packed: as objects they would be most of a trace's memory, and most of the time
 * that it takes to send one to another thread.
 * Comes from: trace.ts.  Goes to: whoever reads a record, as an equal object again.
 *
 * A row is the number of its shape (which names, in which order, number or text) and a value for each name;
 * texts stand in a list of their own, each once.
 */
import { float64Page } from './page-memory.ts';
import type { TraceArgs } from './trace.ts';

interface Shape {
  readonly names: readonly string[];
  readonly isText: readonly boolean[];
}

/** How far a store has come: where another one may go on in its place. Plain data. */
export interface ArgsMark {
  readonly shapes: readonly Shape[];
  readonly texts: number;
}

/** Arguments that were stored elsewhere; plain data that can be sent to another thread. */
export interface ArgsStretch {
  readonly pages: readonly Float64Array[];
  /** all shapes that rows name by number */
  readonly shapes: readonly Shape[];
  readonly texts: readonly string[];
}

const PAGE_WORDS = 8192;
/** No reason has more values than this. */
const ROW_MAX = 64;

export class ArgsStore {
  private pages: Float64Array[] = [];
  private used = PAGE_WORDS;
  private shapes: Shape[] = [];
  /** the shapes that records of a kind have had */
  private byKind: number[][] = [];
  private texts: string[] = [];
  private numbers = new Map<string, number>();
  /** texts that have been given away by take() */
  private given = 0;
  private textBytes = 0;

  /** Bytes held, unused capacity included. */
  get bytes(): number {
    return 8 * PAGE_WORDS * this.pages.length + this.textBytes;
  }

  /**
   * @param kind records of one kind have arguments of few shapes
   * @returns the place under which get() finds them
   */
  put(kind: number, args: TraceArgs): number {
    if (this.used + ROW_MAX > PAGE_WORDS) {
      this.pages.push(float64Page(PAGE_WORDS));
      this.used = 0;
    }
    const page = this.pages[this.pages.length - 1] as Float64Array;
    const place = (this.pages.length - 1) * PAGE_WORDS + this.used;
    page[this.used++] = this.shapeOf(kind, args);
    for (const name in args) {
      const value = args[name] as string | number;
      page[this.used++] = typeof value === 'number' ? value : this.numberOf(value);
    }
    return place;
  }

  get(place: number): TraceArgs {
    const page = this.pages[Math.floor(place / PAGE_WORDS)] as Float64Array;
    let at = place % PAGE_WORDS;
    const { names, isText } = this.shapes[page[at++] as number] as Shape;
    const args: Record<string, string | number> = {};
    for (let i = 0; i < names.length; i++) {
      const word = page[at++] as number;
      args[names[i] as string] = isText[i] === true ? (this.texts[word] as string) : word;
    }
    return args;
  }

  private shapeOf(kind: number, args: TraceArgs): number {
    const known = this.byKind[kind];
    if (known !== undefined) for (const number of known) if (fits(this.shapes[number] as Shape, args)) return number;
    let number = this.shapes.findIndex((shape) => fits(shape, args));
    if (number < 0) {
      const names = Object.keys(args);
      if (names.length >= ROW_MAX) throw new RangeError(`${names.length} arguments are too many for a record`);
      number = this.shapes.push({ names, isText: names.map((name) => typeof args[name] === 'string') }) - 1;
    }
    if (known !== undefined) known.push(number);
    else {
      while (this.byKind.length < kind) this.byKind.push([]);
      this.byKind[kind] = [number];
    }
    return number;
  }

  private numberOf(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
      this.textBytes += 2 * text.length + 60;
    }
    return number;
  }

  get mark(): ArgsMark {
    return { shapes: this.shapes.slice(), texts: this.texts.length };
  }

  /** A store that goes on where another has come to; what lies before it cannot be read here. */
  static after({ shapes, texts }: ArgsMark): ArgsStore {
    const store = new ArgsStore();
    store.shapes = shapes.slice();
    store.texts.length = texts;
    store.given = texts;
    return store;
  }

  /** Gives away what was stored since the last call, and forgets it. */
  take(): ArgsStretch {
    const pages = this.pages.map((page, i) => page.slice(0, i === this.pages.length - 1 ? this.used : PAGE_WORDS));
    const texts = this.texts.slice(this.given);
    this.pages = [];
    this.used = PAGE_WORDS;
    this.given = this.texts.length;
    return { pages, shapes: this.shapes.slice(), texts };
  }

  /**
   * Takes in what a store gave that went on where this one had come to.
   * @returns what has to be added to its places
   */
  append({ pages, shapes, texts }: ArgsStretch): number {
    const base = this.pages.length * PAGE_WORDS;
    for (const page of pages) this.pages.push(page);
    // pages of another store are full: the next row begins a page of its own
    this.used = PAGE_WORDS;
    for (const shape of shapes.slice(this.shapes.length)) this.shapes.push(shape);
    for (const text of texts) {
      const number = this.texts.push(text) - 1;
      if (!this.numbers.has(text)) this.numbers.set(text, number);
      this.textBytes += 2 * text.length + 60;
    }
    return base;
  }

  /** A store of its own with the same rows. Pages are shared: nobody writes to them again. */
  branch(): ArgsStore {
    const copy = new ArgsStore();
    copy.pages = this.pages.slice();
    copy.shapes = this.shapes.slice();
    copy.texts = this.texts.slice();
    copy.numbers = new Map(this.numbers);
    copy.textBytes = this.textBytes;
    return copy;
  }
}

function fits({ names, isText }: Shape, args: TraceArgs): boolean {
  let i = 0;
  for (const name in args) {
    if (names[i] !== name || isText[i] !== (typeof args[name] === 'string')) return false;
    i++;
  }
  return i === names.length;
}
