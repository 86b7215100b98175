/**
 * IPVS and connection tracking: by default the two do not know each other; with
 * net.ipv4.vs.conntrack=1 IPVS tells tracking how it translates.
 * Comes from: xmit/, core.ts, conn.ts.  Goes to: host/netfilter.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_nfct.c, ip_vs_update_conntrack(), ip_vs_conn_drop_conntrack();
 *   include/net/ip_vs.h, ip_vs_notrack(), ip_vs_conn_uses_old_conntrack().
 * Differs: expectations of helpers (FTP) are not made.
 */
import { ctAlterReply, ctFind, ctKill, ctOf, nfConntrackConfirm, type Skb } from '../host/index.ts';
import type { IpvsNet } from './net.ts';
import type { Conn } from './state.ts';

/** Takes the packet out of tracking: rules see it as UNTRACKED, NAT rules of iptables do not apply. */
export function notrack(skb: Skb): void {
  if (skb.ct === null) return;
  skb.ct = null;
  skb.untracked = true;
}

/**
 * Before a packet goes into a tunnel (ip_vs_tunnel_xmit_prepare): tracking is done with the packet itself,
 * and begins anew with the tunnel's. @returns false when tracking has dropped it
 */
export function leaveForTunnel(net: IpvsNet, skb: Skb, conn: Conn): boolean {
  if (conn.nfct && nfConntrackConfirm(net, skb) !== 'accept') return false;
  skb.ct = null;
  skb.untracked = false;
  return true;
}

/** Before a packet of this connection goes on: keeps its tracking entry or takes it out. */
export function settleConntrack(net: IpvsNet, skb: Skb, conn: Conn, direction: 'input' | 'output'): void {
  if (!conn.nfct) {
    notrack(skb);
    return;
  }
  const ct = ctOf(net, skb);
  if (ct === null || ct.confirmed || conn.fwd !== 'masq' || conn.onePacket || skb.ct === null || skb.ct.reply) return;
  // The answer will come from the real server, not from the virtual address that the client asked.
  if (direction === 'input') ctAlterReply(ct, { src: conn.daddr, sport: conn.dport });
  else ctAlterReply(ct, { dst: conn.vaddr, dport: conn.vport });
}

/** Tracking has known this packet's connection from before: scheduling it anew would mix the two up. */
export function usesOldConntrack(net: IpvsNet, conn: Conn, skb: Skb): boolean {
  if (!conn.nfct) return false;
  const ct = ctOf(net, skb);
  return ct !== null && ct.confirmed;
}

/** An expired connection takes its tracking entry along. */
export function dropConntrackOf(net: IpvsNet, conn: Conn): void {
  const found = ctFind(net, {
    proto: conn.proto,
    src: conn.caddr,
    dst: conn.vaddr,
    sport: conn.cport,
    dport: conn.vport,
  });
  if (found !== null) ctKill(net, found.entry);
}
