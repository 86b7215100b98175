/**
 * Deep copies of state. State is plain data: numbers, strings, booleans, null, arrays, records and
 * Maps of such. Typed arrays in it are values that nobody writes to, so they are shared.
 */

/** A copy that shares no mutable part with the original. */
export function copyPlain<T>(value: T): T {
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const out = Array.from<unknown>({ length: value.length });
    for (let i = 0; i < value.length; i++) out[i] = copyValue(value[i]);
    return out;
  }
  if (value instanceof Map) {
    const out = new Map<unknown, unknown>();
    for (const [key, item] of value) out.set(key, copyValue(item));
    return out;
  }
  if (ArrayBuffer.isView(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`state must be plain data, found an instance of ${value.constructor.name}`);
  }
  const out: Record<string, unknown> = {};
  const source = value as Record<string, unknown>;
  for (const key in source) out[key] = copyValue(source[key]);
  return out;
}
