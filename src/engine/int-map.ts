/**
 * A map from whole numbers for entries that come and go by the thousand, such as the sockets of a busy host.
 * Comes from: host/socket.  Goes to: whoever looks one up for each packet.
 *
 * Plain data. A `Map` makes itself a new table after every so many deletions, and V8 links the old one to the
 * new one: an old one that has outlived two collections of young garbage keeps alive all that ever stood in any
 * that followed it, until a collection of everything. Here an entry that is deleted is gone from a table that stays.
 *
 * Open addressing with linear probing; deletion moves back what had to give way, so that no mark of it remains.
 * Keys that follow each other, as numbers of sockets and ports do, have places of their own.
 */

/** Changed by the functions of this file only. */
export interface IntMap<V> {
  /** FREE, or the key of the value with the same index; the length is a power of two, at most half of it is taken */
  keys: number[];
  values: (V | null)[];
  size: number;
}

const FREE = -1;
const SMALLEST = 4;

export function createIntMap<V>(): IntMap<V> {
  return { keys: freeKeys(SMALLEST), values: noValues(SMALLEST), size: 0 };
}

function freeKeys(length: number): number[] {
  return Array.from({ length }, () => FREE);
}

function noValues<V>(length: number): (V | null)[] {
  return Array.from({ length }, () => null);
}

/** Where a key stands, or the free place at which it would. */
function placeOf(keys: readonly number[], key: number): number {
  const mask = keys.length - 1;
  let place = key & mask;
  for (let there = keys[place]; there !== key && there !== FREE; there = keys[place]) place = (place + 1) & mask;
  return place;
}

/** @param key 0 to 2³⁰ - 1 @returns null when there is none */
export function intGet<V>({ keys, values }: IntMap<V>, key: number): V | null {
  return values[placeOf(keys, key)] as V | null;
}

export function intHas<V>({ keys }: IntMap<V>, key: number): boolean {
  return keys[placeOf(keys, key)] === key;
}

export function intSet<V>(map: IntMap<V>, key: number, value: V): void {
  const place = placeOf(map.keys, key);
  map.values[place] = value;
  if (map.keys[place] === key) return;
  map.keys[place] = key;
  map.size++;
  if (2 * map.size > map.keys.length) resize(map, 2 * map.keys.length);
}

export function intDelete<V>(map: IntMap<V>, key: number): boolean {
  const { keys, values } = map;
  const mask = keys.length - 1;
  let gap = placeOf(keys, key);
  if (keys[gap] !== key) return false;
  for (let place = (gap + 1) & mask; ; place = (place + 1) & mask) {
    const there = keys[place] as number;
    if (there === FREE) break;
    // What stands at or behind its own place, seen from the gap, may stay.
    if (((place - there) & mask) < ((place - gap) & mask)) continue;
    keys[gap] = there;
    values[gap] = values[place] as V;
    gap = place;
  }
  keys[gap] = FREE;
  values[gap] = null;
  map.size--;
  // Far from where it would grow again, so that nothing swings.
  if (8 * map.size < keys.length && keys.length > SMALLEST) resize(map, keys.length / 4 < SMALLEST ? SMALLEST : keys.length / 4);
  return true;
}

function resize<V>(map: IntMap<V>, length: number): void {
  const { keys, values } = map;
  const newKeys = freeKeys(length);
  const newValues = noValues<V>(length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    if (key === FREE) continue;
    const place = placeOf(newKeys, key);
    newKeys[place] = key;
    newValues[place] = values[i] as V;
  }
  map.keys = newKeys;
  map.values = newValues;
}

/** All values by ascending key, for reading: what happens to the map afterwards is not seen. */
export function intValues<V>({ keys, values }: IntMap<V>): V[] {
  const places: number[] = [];
  for (let i = 0; i < keys.length; i++) if (keys[i] !== FREE) places.push(i);
  return places.sort((a, b) => (keys[a] as number) - (keys[b] as number)).map((place) => values[place] as V);
}
