/** Two futures of a lab beside each other. */
export { comparing, compareRuns, differencesOf, lastAt, type Comparison, type Contrast } from './compare.ts';
export type { Divergence } from './divergence.ts';
export { SECTIONS, type Section, type Told } from './fact.ts';
export { pastOf, type Past } from './shared.ts';
export { tellDivergence } from './tell-divergence.ts';
