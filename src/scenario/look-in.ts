/**
 * Finds what stands under a path of a parsed file. A mapping with many keys is looked through once, not once
 * for each key.
 * Goes to: locate.ts, edit/draft.ts.
 */
import { isMap, isNode, isPair, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';

/** From so many keys on a mapping gets an index. */
const MANY = 16;

/** By the list of items: a mapping that is changed has another list. */
const indexes = new WeakMap<readonly unknown[], ReadonlyMap<string, Pair>>();

/** The node at a path; undefined if there is none. */
export function nodeIn(document: Document, path: readonly (string | number)[]): unknown {
  let found: unknown = document.contents;
  for (const key of path) {
    if (isSeq(found)) found = typeof key === 'number' ? found.items[key] : undefined;
    else found = pairIn(found, key)?.value;
    if (found === undefined) return undefined;
  }
  return found;
}

/** The pair of a mapping with this key. */
export function pairIn(map: unknown, key: string | number): Pair | undefined {
  if (!isMap(map)) return undefined;
  const wanted = String(key);
  if (map.items.length < MANY) return map.items.find((item) => keyText(item) === wanted);
  let index = indexes.get(map.items);
  if (index === undefined) {
    const made = new Map<string, Pair>();
    for (const item of map.items) {
      const text = keyText(item);
      // Of two alike the first counts.
      if (text !== null && !made.has(text)) made.set(text, item);
    }
    index = made;
    indexes.set(map.items, made);
  }
  return index.get(wanted);
}

function keyText(item: unknown): string | null {
  if (!isPair(item)) return null;
  const { key } = item as Pair<Node>;
  return isScalar(key) ? String(key.value) : isNode(key) ? null : String(key);
}
