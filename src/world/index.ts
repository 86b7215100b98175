/** The world room: nodes, cables, what an event does; joins the tables of the rooms below. */
export * from './build.ts';
export * from './dispatch.ts';
export * from './link.ts';
export * from './state.ts';
export * from './tables.ts';
export { pendingTimers, type PendingTimer } from './timers.ts';
export { framesDue, type FrameDue } from './by-hand.ts';
export * from './user.ts';
export * from './userland.ts';
