/**
 * Memory for the pages of a trace, which grow by the megabyte and stay until the run is forgotten.
 * Comes from: trace.ts, frame-store.ts, args-store.ts.
 *
 * V8 takes each ArrayBuffer for something that could be garbage, and looks through the whole heap for every 32 MB of
 * them. Shared memory it leaves out of that account. Nothing is shared here; where pages may not have such
 * memory (in a document that is not isolated from others) they are ordinary ones.
 */

/** @param bytes all 0 at first */
function pageMemory(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

export function int32Page(length: number): Int32Array {
  return new Int32Array(pageMemory(length * Int32Array.BYTES_PER_ELEMENT));
}

export function float64Page(length: number): Float64Array {
  return new Float64Array(pageMemory(length * Float64Array.BYTES_PER_ELEMENT));
}

export function uint16Page(length: number): Uint16Array {
  return new Uint16Array(pageMemory(length * Uint16Array.BYTES_PER_ELEMENT));
}
