/** Conformance: cases recorded on Linux, played in the lab and compared. */
export type { Case, Truth } from './case.ts';
export { KNOWN_DIFFERENCES } from './known-differences.ts';
export { frameText, type Difference } from './compare.ts';
export { reportText, runCase, type CaseReport } from './run-case.ts';
