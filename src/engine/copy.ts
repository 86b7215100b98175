/**
 * Deep copies of state. State is plain data: numbers, strings, booleans, null, arrays, records and
 * Maps of such. Typed arrays in it are values that nobody writes to, so they are shared; so are the
 * pages of a table (rows.ts), which is told.
 */
import { countCopied } from './copy-work.ts';
import { isRows, shareRows } from './rows.ts';

/** A copy that shares no mutable part with the original. */
export function copyPlain<T>(value: T): T {
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const out: unknown[] = value.slice();
    countCopied(out.length);
    for (let i = 0; i < out.length; i++) {
      const item = out[i];
      if (typeof item === 'object' && item !== null) out[i] = copyValue(item);
    }
    return out;
  }
  if (value instanceof Map) {
    const out = new Map<unknown, unknown>();
    countCopied(2 * value.size);
    for (const [key, item] of value) out.set(key, copyValue(item));
    return out;
  }
  if (ArrayBuffer.isView(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`state must be plain data, found an instance of ${value.constructor.name}`);
  }
  if (isRows(value)) return shareRows(value);
  // a spread keeps the shape of the record, so that code is as fast with the copy as with the original
  const out: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  let values = 0;
  for (const key in out) {
    values++;
    const item = out[key];
    if (typeof item === 'object' && item !== null) out[key] = copyValue(item);
  }
  countCopied(values);
  return out;
}
