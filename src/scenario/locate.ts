/**
 * Where something stands in the file, and how a problem is told.
 * Comes from: load.ts, check.ts.  Goes to: people.
 */
import { isNode, isScalar, type Document, type LineCounter } from 'yaml';
import { EXPECTATIONS, type Expectation } from './expectations.ts';
import { nodeIn, pairIn } from './look-in.ts';
import type { Place, Problem, Text } from './types.ts';

export type Path = readonly (string | number)[];

/** Characters of a found value that a message shows. */
const FOUND_MAX = 60;

/** The file under examination. */
export class Source {
  private readonly document: Document;
  private readonly lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.document = document;
    this.lines = lines;
  }

  /** Place of an offset in the text. */
  placeOf(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  }

  /** Where the value with this path begins; of something missing, where its parent begins. */
  at(path: Path): Place {
    return this.placeOf(this.node(path)?.range?.[0] ?? 0);
  }

  /** Where the key stands under which the value is. */
  keyAt(path: Path): Place {
    const parent: unknown = this.lookup(path.slice(0, -1));
    const key = path[path.length - 1];
    const found = key === undefined ? undefined : pairIn(parent, key)?.key;
    return isScalar(found) && found.range ? this.placeOf(found.range[0]) : this.at(path);
  }

  /** Offset at which a text value's own lines begin: behind the `|` of a block, at the text otherwise. */
  scalarAt(path: Path): { readonly place: Place; readonly block: boolean } {
    const found = this.node(path);
    const block = isScalar(found) && (found.type === 'BLOCK_LITERAL' || found.type === 'BLOCK_FOLDED');
    const place = this.placeOf(found?.range?.[0] ?? 0);
    return { place: block ? { line: place.line + 1, column: 1 } : place, block };
  }

  /** The value as it stands in the file. */
  valueAt(path: Path): unknown {
    const found = this.lookup(path);
    return isScalar(found) ? found.value : isNode(found) ? found.toJSON() : undefined;
  }

  private lookup(path: Path): unknown {
    return path.length === 0 ? this.document.contents : nodeIn(this.document, path);
  }

  private node(path: Path) {
    for (let length = path.length; length >= 0; length--) {
      const found = this.lookup(path.slice(0, length));
      if (isNode(found)) return found;
    }
    return null;
  }
}

/** A value in short form, as it would stand in the file. */
export function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > FOUND_MAX ? `${line.slice(0, FOUND_MAX)}…` : line;
}

/** A problem with one of the known expectations. */
export function problem(place: Place, what: string, found: string, id: Expectation): Problem {
  return problemWith(place, what, found, EXPECTATIONS[id]);
}

export function problemWith(place: Place, what: string, found: string, expected: Text): Problem {
  const en = found === '' ? `nothing stands there` : `found ${quoted(found)}`;
  const zh = found === '' ? '此处没有内容' : `实际为 ${quoted(found)}`;
  const where = what === '' ? '' : `${what}: `;
  return {
    ...place,
    found,
    expected,
    message: {
      en: `${where}expected ${expected.en}, ${en}`,
      zh: `${what === '' ? '' : `${what}：`}应为${spaced(expected.zh)}，${zh}`,
    },
  };
}

/** Between a Chinese character and a Latin letter or figure stands a blank. */
function spaced(zh: string): string {
  return /^[\w-]/.test(zh) ? ` ${zh}` : zh;
}

function quoted(found: string): string {
  return `"${found}"`;
}
