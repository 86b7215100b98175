/**
 * The one place where a packet's record is made, so that all have the same shape.
 * Comes from: dev/receive.ts, ipv4/send, tunnels, arp.  Goes to: everywhere a Skb goes.
 */
import { NO_FRAME, NO_TRACE } from '../engine/index.ts';
import type { FrameId } from '../engine/index.ts';
import type { EthHdr, Layers } from '../wire/index.ts';
import { NO_IF, type IfIndex, type PktType, type Skb } from './skb.ts';

/** @param init fields that differ from those of a fresh packet made here */
export function newSkb(layers: Layers, init?: Partial<Skb>): Skb {
  const skb: Skb = {
    layers,
    eth: null,
    frame: NO_FRAME,
    iif: NO_IF,
    oif: NO_IF,
    pktType: 'host',
    mark: 0,
    dst: null,
    ipvsProperty: false,
    ct: null,
    untracked: false,
    sk: null,
    joinedFrom: null,
    cloned: false,
    follows: false,
    confirmNeigh: false,
    lastTrace: NO_TRACE,
  };
  if (init !== undefined) Object.assign(skb, init);
  return skb;
}

/** A packet that came in from a cable; the same shape as newSkb() makes. */
export function newRxSkb(layers: Layers, eth: EthHdr, frame: FrameId, iif: IfIndex, pktType: PktType): Skb {
  return {
    layers,
    eth,
    frame,
    iif,
    oif: NO_IF,
    pktType,
    mark: 0,
    dst: null,
    ipvsProperty: false,
    ct: null,
    untracked: false,
    sk: null,
    joinedFrom: null,
    cloned: false,
    follows: false,
    confirmNeigh: false,
    lastTrace: NO_TRACE,
  };
}

/** A second record of the same packet, for whoever goes on with it elsewhere (skb_clone). */
export function cloneSkb(skb: Skb): Skb {
  return { ...skb };
}
