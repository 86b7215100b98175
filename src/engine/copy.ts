/**
 * Deep copies of state. State is plain data: numbers, strings, booleans, null, arrays, records and
 * Maps of such. Typed arrays in it are values that nobody writes to, so they are shared.
 */

/** Values copied since the program began: tells what a copy has cost (see copyWork()). */
let work = 0;

/** A running count of values copied; the difference of two is the size of what was copied between. */
export function copyWork(): number {
  return work;
}

/** A copy that shares no mutable part with the original. */
export function copyPlain<T>(value: T): T {
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const out: unknown[] = value.slice();
    work += out.length;
    for (let i = 0; i < out.length; i++) {
      const item = out[i];
      if (typeof item === 'object' && item !== null) out[i] = copyValue(item);
    }
    return out;
  }
  if (value instanceof Map) {
    const out = new Map<unknown, unknown>();
    work += 2 * value.size;
    for (const [key, item] of value) out.set(key, copyValue(item));
    return out;
  }
  if (ArrayBuffer.isView(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`state must be plain data, found an instance of ${value.constructor.name}`);
  }
  // a spread keeps the shape of the record, so that code is as fast with the copy as with the original
  const out: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const key in out) {
    work++;
    const item = out[key];
    if (typeof item === 'object' && item !== null) out[key] = copyValue(item);
  }
  return out;
}
