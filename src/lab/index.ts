/** The lab room: which scenario, future and moment is on screen; what a person can do to it. */
export * from './actions.ts';
export * from './branch.ts';
export * from './event-filter.ts';
export * from './frame-text.ts';
export * from './library.ts';
export * from './open.ts';
export * from './pins.ts';
export * from './problem.ts';
export * from './roles.ts';
export * from './say.ts';
export * from './settings.ts';
export * from './step-index.ts';
export * from './store.ts';
export * from './terminal-index.ts';
export * from './times.ts';
export * from './typing.ts';
