/** The canvas room: the map of a lab at a moment. */
export { OVER_MAP } from './covered.ts';
export type { MapTarget } from './edit-places.ts';
export { MapCanvas, type MapControls } from './map-canvas.tsx';
export { arrivedAs, diff, ofLayer } from './rewrites.ts';
export { cardOf, type CardEnd } from './cards.ts';
export { tableOf, type TableName } from './scene.ts';
export type { MapSource } from './source.ts';
export { drawingPath } from './symbols.ts';
export { TrailLegend } from './trail-legend.tsx';
export { ViewLock } from './view-lock.ts';
