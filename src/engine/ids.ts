/** Names of things by number, so that state and records stay small and plain. */

/** Position of a node in the world's list of nodes. */
export type NodeId = number & { readonly __unit: 'node' };

/** Position of a record in the trace. */
export type TraceId = number & { readonly __unit: 'trace' };
export const NO_TRACE = -1 as TraceId;

/** Number of a frame, given in the order in which frames came into being, from 0. */
export type FrameId = number & { readonly __unit: 'frame' };
export const NO_FRAME = -1 as FrameId;
