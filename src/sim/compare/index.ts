/** Two futures of a lab beside each other. */
export { pastOf } from './shared.ts';
export { comparing, differencesOf, lastAt, type Comparison, type Contrast } from './compare.ts';
export type { Divergence } from './divergence.ts';
export { SECTIONS, type Section } from './fact.ts';
export { tellDivergence } from './tell-divergence.ts';
