/** Public names of tunnel/. */
export { ipipModuleLoaded, tunnelAdd, tunnelMtu, type TunnelRequest } from './config.ts';
export { tunnelRcv } from './input.ts';
export { tunnelLookup } from './lookup.ts';
export { tunnelXmit } from './xmit.ts';
