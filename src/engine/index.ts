/** The engine room: virtual time, events, chance, trace, checkpoints. Knows no protocol. */
export * from './copy.ts';
export * from './engine.ts';
export * from './event.ts';
export { layersOf, type Frame, type SentFrame } from './frame-store.ts';
export * from './ids.ts';
export { createIntMap, intDelete, intGet, intHas, intSet, intValues, type IntMap } from './int-map.ts';
export * from './prng.ts';
export { placesOf, RowHand } from './row-hand.ts';
export * from './row-index.ts';
export { createRows, giveRow, numberAt, ownPage, rowFrom, rowPage, rowPlace, setNumber, takeRow, type Rows } from './rows.ts';
export { checkpointOf, stateOf, Step, waitingOf, type EngineState } from './step.ts';
export * from './time.ts';
export * from './trace.ts';
