/** Public names of tunnel/. */
export { ipipModuleLoad, tunnelAdd, type TunnelRequest } from './config.ts';
export { tunnelRcv } from './input.ts';
export { ipipModuleLoaded, tunnelLookup } from './lookup.ts';
export { tunnelXmit } from './xmit.ts';
