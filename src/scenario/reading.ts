/**
 * A lab file parsed. A person changes a file in one place at a time, and a large file takes long to parse: what
 * stands as it stood in the file that was read last is taken from there, and only the rest is parsed.
 * Comes from: load.ts, edit/draft.ts.  Goes to: the same.
 *
 * The outcome is that of parsing the whole text, in every value and every offset; a file that is not written in
 * plain block style, or has mistakes, anchors or tags, is parsed as a whole.
 */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { sectionsOf, type Section } from './sections.ts';

export interface Reading {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

type Entry = Pair<Node, Node | null>;
type Item = Entry | Node;
type Collection = YAMLMap<Node, Node | null> | YAMLSeq<Node>;

/** A reading whose pieces can be used again. */
interface Kept extends Reading {
  readonly sections: readonly KeptSection[];
}

interface KeptSection extends Section {
  readonly pair: Entry;
  /** its entries, if the value is made of them */
  readonly items: readonly Item[] | null;
}

let last: Reading | Kept | null = null;

/** @throws RangeError when the nesting is deeper than the call stack */
export function readYaml(text: string): Reading {
  if (last !== null && last.text === text) return last;
  const reading = last !== null && 'sections' in last ? patched(last, text) : null;
  // What was taken apart is used up.
  last = null;
  last = reading ?? parsed(text);
  return last;
}

function parsed(text: string): Reading | Kept {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const sections = sectionsOf(text);
  const kept = sections === null || !isPlain(document) ? null : keptSections(sections, document);
  return kept === null ? { text, document, lines } : { text, document, lines, sections: kept };
}

/** Without mistakes, anchors, aliases and tags: what a piece means does not depend on the others. */
function isPlain(document: Document.Parsed): boolean {
  if (document.errors.length > 0 || document.warnings.length > 0) return false;
  let plain = true;
  visit(document, {
    Node: (_, node) => {
      const named = isAlias(node) || node.anchor !== undefined || (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'));
      if (!named) return undefined;
      plain = false;
      return visit.BREAK;
    },
  });
  return plain;
}

/** The pieces, if they are where the parser found the keys. */
function keptSections(sections: readonly Section[], document: Document.Parsed): KeptSection[] | null {
  const root = document.contents as unknown;
  if (!isMap(root) || root.flow === true || root.items.length !== sections.length) return null;
  const kept: KeptSection[] = [];
  for (const [i, section] of sections.entries()) {
    const pair = root.items[i] as Entry;
    if (pair.key.range?.[0] !== section.start) return null;
    const items = itemsOf(pair, section);
    kept.push({ ...section, entries: items === null ? null : section.entries, pair, items });
  }
  return kept;
}

/** The entries of a section, if each begins in the line in which it was seen to begin. */
function itemsOf({ value }: Entry, { entries }: Section): readonly Item[] | null {
  if (entries === null) return null;
  const { indent, list, starts } = entries;
  const collection = collectionOf(value, list);
  if (collection === null || collection.flow === true || collection.items.length !== starts.length) return null;
  const items: readonly Item[] = collection.items;
  const found = items.every((item, i) => {
    const at = startOf(item);
    const from = (starts[i] as number) + indent;
    return list ? at > from && at < (starts[i + 1] ?? Infinity) : at === from;
  });
  return found ? items : null;
}

/** What is made of entries: a list, or a mapping. */
function collectionOf(value: unknown, list: boolean): Collection | null {
  if (list) return isSeq<Node>(value) ? value : null;
  return isMap<Node, Node | null>(value) ? value : null;
}

function startOf(item: Item): number {
  return (isPair(item) ? (item.key as Node).range?.[0] : isNode(item) ? item.range?.[0] : undefined) ?? -1;
}

/** The reading of a text from the one before; null: it has to be parsed as a whole. */
function patched(before: Kept, text: string): Kept | null {
  const sections = sectionsOf(text);
  if (sections === null) return null;
  const known = new Map(before.sections.map((section) => [keyOf(section.pair), section]));
  const made: KeptSection[] = [];
  for (const section of sections) {
    const head = text.slice(section.start, text.indexOf(':', section.start));
    const old = known.get(head);
    known.delete(head);
    const now = old === undefined ? parsedSection(section, text) : sectionFrom(before.text, old, section, text);
    if (now === null) return null;
    made.push(now);
  }
  if (new Set(made.map(({ pair }) => keyOf(pair))).size !== made.length) return null;
  const { document } = before;
  const root = document.contents as unknown;
  if (!isMap(root) || made.length === 0) return null;
  root.items = made.map(({ pair }) => pair);
  const { pair: first } = made[0] as KeptSection;
  root.range = [first.key.range?.[0] ?? 0, text.length, text.length];
  return { text, document, lines: linesOf(text), sections: made };
}

function keyOf({ key }: Entry): string {
  return isScalar(key) ? String(key.value) : '';
}

/** A key with its value, from the same one in the text before. */
function sectionFrom(before: string, old: KeptSection, section: Section, text: string): KeptSection | null {
  const written = text.slice(section.start, section.end);
  if (written === before.slice(old.start, old.end)) {
    move(old.pair, section.start - old.start);
    return { ...section, entries: old.entries === null ? null : section.entries, pair: old.pair, items: old.items };
  }
  const { entries } = section;
  const had = old.entries;
  if (entries === null || had === null || old.items === null || had.list !== entries.list) return parsedSection(section, text);
  const headEnd = entries.starts[0] as number;
  if (text.slice(section.start, headEnd) !== before.slice(old.start, had.starts[0])) return parsedSection(section, text);
  const items = entriesFrom(before, old, section, text);
  if (items === null) return null;
  const { pair } = old;
  const value = pair.value as Collection;
  move(pair.key, section.start - old.start);
  if (isMap(value)) value.items = items as Entry[];
  else value.items = items as Node[];
  value.range = [headEnd + entries.indent, section.end, section.end];
  return { ...section, pair, items };
}

/** Entries that stand in both texts are moved, the others parsed. */
function entriesFrom(before: string, old: KeptSection, section: Section, text: string): Item[] | null {
  const { starts, list, indent } = section.entries as NonNullable<Section['entries']>;
  const had = old.entries as NonNullable<Section['entries']>;
  const oldItems = old.items as readonly Item[];
  const byText = new Map<string, number[]>();
  had.starts.forEach((from, i) => {
    const piece = before.slice(from, had.starts[i + 1] ?? old.end);
    const same = byText.get(piece);
    if (same === undefined) byText.set(piece, [i]);
    else same.push(i);
  });
  const items: Item[] = [];
  for (const [i, from] of starts.entries()) {
    const piece = text.slice(from, starts[i + 1] ?? section.end);
    const same = byText.get(piece)?.shift();
    if (same !== undefined) {
      const item = oldItems[same] as Item;
      move(item, from - (had.starts[same] as number));
      items.push(item);
      continue;
    }
    const item = parsedItem(piece, list);
    if (item === null) return null;
    move(item, from);
    if (!list && startOf(item) !== from + indent) return null;
    items.push(item);
  }
  if (list) return items;
  return new Set(items.map((item) => keyOf(item as Entry))).size === items.length ? items : null;
}

function parsedSection(section: Section, text: string): KeptSection | null {
  const pair = parsedItem(text.slice(section.start, section.end), false);
  if (pair === null || !isPair(pair)) return null;
  move(pair, section.start);
  const whole = pair as Entry;
  if (whole.key.range?.[0] !== section.start) return null;
  const items = itemsOf(whole, section);
  return { ...section, entries: items === null ? null : section.entries, pair: whole, items };
}

/** The only entry of a piece; null if it is not one, or not plain. */
function parsedItem(piece: string, list: boolean): Item | null {
  const document = parseDocument(piece, { prettyErrors: false });
  const root = collectionOf(document.contents, list);
  if (!isPlain(document) || root === null || root.flow === true || root.items.length !== 1) return null;
  return root.items[0] as Item;
}

/** Writes the offsets of everything in a piece anew that stands elsewhere now. */
function move(item: Item, by: number): void {
  if (by === 0) return;
  if (isPair(item)) {
    const { key, value } = item as Entry;
    move(key, by);
    if (value !== null) move(value, by);
    return;
  }
  if (item.range) item.range = [item.range[0] + by, item.range[1] + by, item.range[2] + by];
  if (isMap(item) || isSeq(item)) for (const one of item.items) if (one !== null) move(one as Item, by);
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}
