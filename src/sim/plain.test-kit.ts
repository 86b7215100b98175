/** State as text and back: JSON, with Maps and typed arrays told apart. What is no plain data is refused. */

const TYPED = { Uint8Array, Int32Array, Float64Array, Uint32Array, Int16Array, Uint16Array } as const;

interface Tagged {
  readonly '#'?: string;
  readonly items?: readonly unknown[];
}

export function toText(value: unknown): string {
  return JSON.stringify(packed(value, 'state'));
}

function packed(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}`);
    return value;
  }
  if (typeof value !== 'object') throw new TypeError(`${path} is ${typeof value}`);
  if (Array.isArray(value)) return Array.from(value as readonly unknown[], (item, i) => packed(item, `${path}[${i}]`));
  if (value instanceof Map) {
    const items = [...(value as Map<unknown, unknown>)].map(([key, item]) => [
      packed(key, `${path} key`),
      packed(item, `${path}.get(${String(key)})`),
    ]);
    return { '#': 'Map', items };
  }
  if (ArrayBuffer.isView(value)) return { '#': value.constructor.name, items: [...(value as Uint8Array)] };
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError(`${path} is an instance of ${value.constructor.name}`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packed(item, `${path}.${key}`)]));
}

export function fromText(text: string): unknown {
  return JSON.parse(text, (_key, value: Tagged | null) => {
    const tag = value?.['#'];
    if (tag === undefined) return value;
    const items = value?.items ?? [];
    if (tag === 'Map') return new Map(items as [unknown, unknown][]);
    return new TYPED[tag as keyof typeof TYPED](items as number[]);
  });
}
