/** The scenario room: files that describe labs, read and checked. */
export { editScenario } from './edit/edit.ts';
export { readFigures, type Figures } from './edit/figures.ts';
export { freeName } from './edit/nodes.ts';
export { pluggedPorts } from './edit/cables.ts';
export { setupAddresses, setupGateway, setupSysctl, withAddress, withGateway, withSysctl } from './edit/setup-words.ts';
export type { Edit } from './edit/types.ts';
export { scenarioFields } from './json-schema.ts';
export { LIMITS as SCENARIO_LIMITS } from './limits.ts';
export { loadScenario } from './load.ts';
export type * from './types.ts';
