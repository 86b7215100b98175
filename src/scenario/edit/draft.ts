/**
 * A scenario's text on which single places are written anew. All other characters stay as they are:
 * comments, order, quotes, empty lines.
 * Comes from: nodes.ts, cables.ts, commands.ts.  Goes to: the text of the file.
 *
 * The text is parsed only to find out where things stand; what is changed is cut out of the text and
 * written into it. Changes are gathered against one reading and made together by settle().
 */
import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import { LIMITS } from '../limits.ts';
import { nodeIn, pairIn } from '../look-in.ts';
import { readYaml } from '../reading.ts';
import type { Place } from '../types.ts';
import { emit, emitKey, type Manner, type Value } from './emit.ts';

export type Key = string | number;
export type Path = readonly Key[];

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

type Item = Pair<Node, Node | null> | Node;
type Collection = Node & { readonly items: readonly Item[]; readonly flow?: boolean };

/** Within brackets. */
const NOWHERE: Manner = { json: false, flow: true, indent: 0, eol: '\n' };

export class Draft {
  private written: string;
  private readonly splices: Splice[] = [];
  private readonly eol: string;

  constructor(text: string) {
    this.written = text;
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** The text with all changes so far. */
  text(): string {
    this.settle();
    return this.written;
  }

  /** Makes the changes that were gathered; what follows may build on them. */
  settle(): void {
    if (this.splices.length === 0) return;
    // What is put in at the same place keeps its order.
    const ordered = this.splices.map((splice, i) => ({ ...splice, i })).toSorted((a, b) => a.from - b.from || a.to - b.to || a.i - b.i);
    let out = '';
    let at = 0;
    for (const { from, to, by } of ordered) {
      out += this.written.slice(at, Math.max(at, from)) + by;
      at = Math.max(at, to);
    }
    this.written = out + this.written.slice(at);
    this.splices.length = 0;
  }

  /** The plain value at a path; undefined if there is none. */
  value(path: Path): unknown {
    const found = this.node(path);
    return isNode(found) ? (found.toJS(this.document(), { maxAliasCount: LIMITS.aliases }) as unknown) : undefined;
  }

  has(path: Path): boolean {
    return this.node(path) !== null || this.pair(path) !== undefined;
  }

  /** Writes the value of a key. @param after keys behind which it is put if it is new */
  set(path: Path, value: Value, after: readonly string[] = []): void {
    const above = path.slice(0, -1);
    const key = path[path.length - 1] as Key;
    this.own(above);
    const parent = this.node(above);
    if (parent === null || (isScalar(parent) && parent.value === null)) {
      this.set(above, { [String(key)]: value });
      return;
    }
    const pair = this.pair(path);
    if (pair === undefined) this.insert(parent as Collection, String(key), value, after);
    else this.replace(pair, value, this.manner(parent as Collection));
  }

  /** Takes a key with its value out, or a place out of a list. */
  remove(path: Path): void {
    this.removeAll(path.slice(0, -1), (key) => key === path[path.length - 1]);
  }

  /** Takes everything out of a mapping or a list that is `unwanted`. */
  removeAll(path: Path, unwanted: (key: Key) => boolean): void {
    this.own(path);
    const parent = this.node(path);
    if (!isCollection(parent)) return;
    const items = (parent as Collection).items;
    const out = items.map((item, i) => unwanted(isPair(item) ? keyOf(item) : i));
    if (!out.includes(true)) return;
    if (isFlow(parent)) this.removeInLine(parent as Collection, out);
    else this.removeLines(path, parent as Collection, out);
  }

  rename(path: Path, to: string): void {
    this.own(path.slice(0, -1));
    const key = this.pair(path)?.key;
    if (key?.range) this.splice(key.range[0], key.range[1], emitKey(to, this.json()));
  }

  /** Writes a place of a list anew. */
  setItem(path: Path, value: Value): void {
    this.own(path.slice(0, -1));
    const item = this.node(path);
    if (item?.range) this.splice(item.range[0], this.endOf(item), emit(value, { ...NOWHERE, json: this.json(), eol: this.eol }));
  }

  /** Puts a value at the end of a list. */
  append(path: Path, value: Value, after: readonly string[] = []): void {
    this.own(path);
    const list = this.node(path);
    if (!isSeq(list) || list.items.length === 0) {
      this.begin(path, value, after);
      return;
    }
    const last = itemsOf(list).at(-1) as Node;
    if (isFlow(list)) {
      this.splice(this.endOf(last), this.endOf(last), `, ${emit(value, this.manner(list as Collection))}`);
      return;
    }
    const dash = this.dashOf(last);
    const lead = ' '.repeat(this.columnOf(dash));
    this.insertLine(this.lineAfter(last), `${lead}- ${emit(value, { ...this.manner(list as Collection), flow: true })}`);
  }

  /** Where the two ends of a cable stand: a cable without settings is the bare pair. */
  endsPath(link: number): Path {
    return isSeq(this.node(['links', link])) ? ['links', link] : ['links', link, 'ends'];
  }

  /** Where the key of a path stands. */
  placeOf(path: Path): Place {
    const at = this.pair(path)?.key.range?.[0] ?? this.node(path)?.range?.[0] ?? 0;
    return { line: this.written.slice(0, at).split('\n').length, column: this.columnOf(at) + 1 };
  }

  // ---- places ----

  private document(): Document.Parsed {
    return readYaml(this.written).document;
  }

  private node(path: Path): Node | null {
    const found: unknown = path.length === 0 ? this.document().contents : nodeIn(this.document(), path);
    return found === undefined || found === null ? null : (found as Node);
  }

  private pair(path: Path): Pair<Node, Node | null> | undefined {
    const parent = this.node(path.slice(0, -1));
    const key = path[path.length - 1];
    return key === undefined ? undefined : (pairIn(parent, key) as Pair<Node, Node | null> | undefined);
  }

  /** The file is one JSON value. */
  json(): boolean {
    const root = this.document().contents;
    if (!isMap(root) || !isFlow(root)) return false;
    const key = (root as Collection).items[0];
    return isPair(key) && isScalar(key.key) && key.key.type === 'QUOTE_DOUBLE';
  }

  private manner(parent: Collection): Manner {
    const first = parent.items[0];
    const at = isPair(first) ? (first.key as Node).range : null;
    return { json: this.json(), flow: isFlow(parent), indent: at ? this.columnOf(at[0]) : 0, eol: this.eol };
  }

  /** A value that is an alias of another gets text of its own before something in it is changed. */
  private own(path: Path): void {
    for (let length = 1; length <= path.length; length++) {
      const part = path.slice(0, length);
      const raw = this.pair(part)?.value;
      if (!isAlias(raw) || !raw.range) continue;
      const value = raw.toJS(this.document(), { maxAliasCount: LIMITS.aliases }) as Value;
      this.splice(raw.range[0], raw.range[1], emit(value, { ...NOWHERE, eol: this.eol }));
      this.settle();
    }
  }

  private splice(from: number, to: number, by: string): void {
    this.splices.push({ from, to, by });
  }

  private columnOf(offset: number): number {
    return offset - (this.written.lastIndexOf('\n', offset - 1) + 1);
  }

  private lineStart(offset: number): number {
    return this.written.lastIndexOf('\n', offset - 1) + 1;
  }

  /** Where the last character of a value ends, without the end of its line. */
  private endOf(node: Node | null, fallback = 0): number {
    if (node === null || !node.range) return fallback;
    if (isCollection(node) && !isFlow(node)) {
      const last = itemsOf(node).at(-1);
      if (last !== undefined) return this.itemEnd(last);
    }
    let end = node.range[1];
    if (isScalar(node) && node.type?.startsWith('BLOCK_') === true) {
      const keep = /^[|>][0-9]*\+/.test(this.written.slice(node.range[0], node.range[0] + 4));
      const body = this.written.slice(node.range[0], end);
      end = node.range[0] + body.replace(keep ? /\r?\n$/ : /(?:\r?\n[ \t]*)+$/, '').length;
    }
    return end;
  }

  private itemEnd(item: Item): number {
    if (!isPair(item)) return this.endOf(item);
    const { key, value } = item;
    const bare = value === null || (isScalar(value) && value.source === '');
    return bare ? this.colonEnd(item) : this.endOf(value, key.range?.[1]);
  }

  private itemStart(item: Item): number {
    return (isPair(item) ? (item.key as Node).range : item.range)?.[0] ?? 0;
  }

  /** Behind the colon of a pair; behind the key if it has none. */
  private colonEnd(pair: Pair<Node, Node | null>): number {
    const end = pair.key.range?.[1] ?? 0;
    const colon = /^\s*:/.exec(this.written.slice(end));
    return colon === null ? end : end + colon[0].length;
  }

  private dashOf(item: Node): number {
    return this.written.lastIndexOf('-', (item.range?.[0] ?? 1) - 1);
  }

  /** Start of the line behind the one in which an item ends. */
  private lineAfter(item: Item): number {
    const end = this.written.indexOf('\n', this.itemEnd(item));
    return end < 0 ? this.written.length : end + 1;
  }

  // ---- writing ----

  private insertLine(at: number, line: string): void {
    const open = at > 0 && at === this.written.length && !this.written.endsWith('\n');
    this.splice(at, at, open ? this.eol + line : line + this.eol);
  }

  private insert(parent: Collection, key: string, value: Value, after: readonly string[]): void {
    const manner = this.manner(parent);
    const items = parent.items.filter((item): item is Pair<Node, Node | null> => isPair(item));
    const before = items.filter((pair) => after.includes(keyOf(pair))).at(-1) ?? (after.length > 0 ? undefined : items.at(-1));
    const text = `${emitKey(key, manner.json)}: ${emit(value, manner)}`;
    const first = items[0];
    if (first === undefined) {
      const [from, to] = parent.range ?? [0, 0];
      this.splice(from, to, `{ ${text} }`);
    } else if (isFlow(parent)) {
      if (before === undefined) this.splice(this.itemStart(first), this.itemStart(first), `${text}, `);
      else this.splice(this.itemEnd(before), this.itemEnd(before), `, ${text}`);
    } else if (before === undefined && this.written.slice(this.lineStart(this.itemStart(first)), this.itemStart(first)).trim() === '') {
      this.insertLine(this.lineStart(this.itemStart(first)), ' '.repeat(manner.indent) + text);
    } else {
      this.insertLine(this.lineAfter(before ?? (items.at(-1) as Item)), ' '.repeat(manner.indent) + text);
    }
  }

  private replace(pair: Pair<Node, Node | null>, value: Value, manner: Manner): void {
    const text = emit(value, manner);
    const old = pair.value;
    const end = this.itemEnd(pair);
    const colon = this.colonEnd(pair);
    if (old === null) this.splice(end, end, colon === pair.key.range?.[1] ? `: ${text}` : ` ${text}`);
    else if (isCollection(old) && !isFlow(old)) this.splice(colon, end, ` ${text}`);
    else if (isScalar(old) && old.value === null && old.source === '') this.splice(colon, colon, ` ${text}`);
    else this.splice(old.range?.[0] ?? end, end, text);
  }

  /** The first place of a list that is not there or empty: a block of lines where the file has room for one. */
  private begin(path: Path, value: Value, after: readonly string[]): void {
    const pair = this.pair(path);
    if (pair === undefined) {
      this.set(path, [], after);
      this.settle();
      this.begin(path, value, after);
      return;
    }
    const manner = this.manner(this.node(path.slice(0, -1)) as Collection);
    if (manner.flow) this.replace(pair, [value], manner);
    else this.blockBelow(pair, `- ${emit(value, { ...manner, flow: true })}`);
  }

  /** The first pair of an empty mapping, as lines of their own below its key. @param lines without indentation */
  beginMap(path: Path, lines: readonly string[]): void {
    const pair = this.pair(path);
    if (pair !== undefined) this.blockBelow(pair, ...lines);
  }

  private blockBelow(pair: Pair<Node, Node | null>, ...lines: readonly string[]): void {
    const lead = `${this.eol}${' '.repeat(this.columnOf(this.itemStart(pair)) + 2)}`;
    const value = pair.value;
    const colon = this.colonEnd(pair);
    // The empty brackets go, a remark behind them stays.
    if (value?.range && value.range[1] > value.range[0]) this.splice(colon, value.range[1], '');
    const eol = this.written.indexOf('\n', colon);
    const end = eol < 0 ? this.written.length : eol - (this.written[eol - 1] === '\r' ? 1 : 0);
    this.splice(end, end, lines.map((line) => (line === '' ? this.eol : lead + line)).join(''));
  }

  /** Lines of a new pair at the end of a block mapping. @param lines without indentation */
  appendLines(path: Path, lines: readonly string[]): void {
    const map = this.node(path) as Collection;
    const lead = ' '.repeat(this.manner(map).indent);
    this.insertLine(this.lineAfter(map.items.at(-1) as Item), lines.map((line) => (line === '' ? '' : lead + line)).join(this.eol));
  }

  /** Whether a mapping is written as lines; null when it is empty or missing. */
  isBlock(path: Path): boolean | null {
    const map = this.node(path);
    if (!isMap(map) || map.items.length === 0) return null;
    return !isFlow(map);
  }

  private removeInLine(parent: Collection, out: readonly boolean[]): void {
    const { items } = parent;
    const firstKept = out.indexOf(false);
    if (firstKept < 0) {
      const [from, to] = parent.range ?? [0, 0];
      this.splice(from, to, isMap(parent) ? '{}' : '[]');
      return;
    }
    out.forEach((gone, i) => {
      if (!gone) return;
      const item = items[i] as Item;
      if (i < firstKept) this.splice(this.itemStart(item), this.itemStart(items[i + 1] as Item), '');
      else this.splice(this.itemEnd(items[i - 1] as Item), this.itemEnd(item), '');
    });
  }

  private removeLines(path: Path, parent: Collection, out: readonly boolean[]): void {
    const { items } = parent;
    if (!out.includes(false)) {
      const pair = this.pair(path);
      if (pair !== undefined) this.splice(this.colonEnd(pair), this.colonEnd(pair), isMap(parent) ? ' {}' : ' []');
    }
    out.forEach((gone, i) => {
      if (!gone) return;
      const item = items[i] as Item;
      const start = isPair(item) ? this.itemStart(item) : this.dashOf(item);
      const line = this.lineStart(start);
      // The first key behind a dash leaves the dash to the second.
      if (this.written.slice(line, start).trim() !== '' && items[i + 1] !== undefined)
        this.splice(start, this.itemStart(items[i + 1] as Item), '');
      else this.splice(line, this.lineAfter(item), '');
    });
  }
}

function itemsOf(node: unknown): readonly Item[] {
  return (node as Collection).items;
}

function keyOf(pair: Pair<Node, Node | null>): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function isFlow(node: unknown): boolean {
  return isCollection(node) && node.flow === true;
}
