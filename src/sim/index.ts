/** The sim room: one run from start to end, any moment of it, and what its records say. */
export * from './compare/index.ts';
export * from './conform/index.ts';
export * from './from-scenario.ts';
export * from './fuzz/index.ts';
export * from './hash.ts';
export * from './hops.ts';
export { Requests } from './requests.ts';
export * from './run.ts';
export * from './story.ts';
export { decidedBy, sourceText } from './decided.ts';
export * from './tell.ts';
export * from './userland.ts';
export * from './trace-text.ts';
