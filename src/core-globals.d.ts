/**
 * The few globals that the core rooms use and that every host offers: browsers, workers and Node.
 * They are written down here because the core is type-checked without the DOM and without Node.
 * Nothing that depends on the time, the place or chance may be added.
 */

declare function structuredClone<T>(value: T): T;

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: 'utf-8', options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(input?: Uint8Array | ArrayBuffer): string;
}
