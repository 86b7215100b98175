/** Public names of ipv4/. */
export { ipDefrag } from './defrag.ts';
export { ipForward } from './forward.ts';
export { ipFragment } from './frag.ts';
export { ipSelectIdent } from './ident.ts';
export { ipLocalDeliver, ipLocalDeliverFinish, ipRcv } from './input.ts';
export { ipHdr, isFragment, joinLayers, makeIpv4, sliceLayers, withFirst, withTtl } from './layers.ts';
export { ipFinishOutput, ipLocalOut, ipOutput } from './output.ts';
export type { IpMib } from './mib.ts';
export { ipRouteMeHarder } from './reroute.ts';
export { ipSend, type IpSendRequest } from './send.ts';
export type { DefragUser, FragQueue, Ipv4State } from './state.ts';
