/** The switch room: a learning Ethernet switch (IEEE 802.1D without spanning tree). */
export * from './state.ts';
export * from './memory.ts';
export * from './receive.ts';
export * from './reasons.ts';
export * from './deadlines.ts';
