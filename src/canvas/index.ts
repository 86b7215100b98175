/** The canvas room: the map of a lab at a moment. */
export { MapCanvas, type MapControls } from './map-canvas.tsx';
export { arrivedAs, diff, type Rewrite } from './rewrites.ts';
export { cardOf, rateText, type Card, type CardEnd } from './scene.ts';
export type { MapSource } from './source.ts';
