/** Fuzzing: mutated command lines at real nodes. */
export { corpusOf, fuzzCommands, type FuzzReport } from './fuzz.ts';
export type { Outcome, Trouble } from './try-line.ts';
