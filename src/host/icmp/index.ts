/** Public names of icmp/. */
export { icmpRcv } from './input.ts';
export { icmpPeerAllow, icmpRedirectAllow } from './limit.ts';
export { ipv4UpdatePmtu, type PmtuFlow } from './pmtu.ts';
export { icmpSend } from './send.ts';
export type { IcmpState } from './state.ts';
