/** The wire room: addresses, headers, checksums; bytes from layers and layers from bytes. */
export * from './address.ts';
export * from './layers.ts';
export * from './checksum.ts';
export * from './describe.ts';
export * from './emit.ts';
export * from './parse.ts';
