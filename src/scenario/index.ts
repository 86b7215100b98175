/** The scenario room: files that describe labs, read and checked. */
export { scenarioJsonSchema } from './json-schema.ts';
export { LIMITS as SCENARIO_LIMITS } from './limits.ts';
export { loadScenario } from './load.ts';
export type * from './types.ts';
