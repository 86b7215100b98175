/**
 * What IPVS code may use: the host's net and the node's own IPVS part.
 * Comes from: world/, which binds the part of the node.  Goes to: every function of this room.
 */
import type { HookVerdict, IfIndex, Net, NfHookRow, Skb } from '../host/index.ts';
import type { IpvsState } from './state.ts';

export type IpvsNet = Net & { readonly ipvs: IpvsState };

/** A hook row before the world has bound it to the node's part. */
export type IpvsHookRow = Omit<NfHookRow, 'active' | 'run'> & {
  readonly active: (net: IpvsNet) => boolean;
  readonly run: (net: IpvsNet, skb: Skb, indev: IfIndex, outdev: IfIndex) => HookVerdict;
};

/** Timers that this room arms by name; key is the connection, the service or unused. */
export type IpvsTimer =
  | 'ipvs-conn'
  | 'ipvs-estimator'
  | 'ipvs-trash'
  | 'ipvs-nodest'
  | 'ipvs-lblc'
  | 'ipvs-defence'
  | 'ipvs-sync-check'
  | 'ipvs-sync-flush';

/** A packet as IPVS sees it: addresses and ports, also when they stand inside an ICMP error. */
export interface PacketFacts {
  /** IPPROTO_… */
  readonly proto: number;
  readonly saddr: number;
  readonly daddr: number;
  readonly sport: number;
  readonly dport: number;
}
