/**
 * iptables' match `ipvs`: is this a packet that IPVS has sent on, and of which connection?
 * Comes from: host/netfilter/match.ts, by the table that world/ joins.
 * Source: Linux 6.1 net/netfilter/xt_ipvs.c, ipvs_mt().
 */
import { asksOnlyProperty, type IpvsMatch, type IpvsMethodName, type Skb } from '../host/index.ts';
import { connOutGet } from './conn.ts';
import { connOf } from './conn-table.ts';
import { fillIph } from './iph.ts';
import type { IpvsNet } from './net.ts';
import type { Conn, FwdMethod } from './state.ts';

const METHOD_OF: Readonly<Partial<Record<FwdMethod, IpvsMethodName>>> = { masq: 'MASQ', tunnel: 'IPIP', droute: 'GATE' };

export function ipvsMatch(net: IpvsNet, skb: Skb, m: IpvsMatch): boolean {
  if (asksOnlyProperty(m)) return m.property !== null && skb.ipvsProperty !== m.property.not;
  if (!skb.ipvsProperty) return false;
  const iph = fillIph(skb.layers, 0, false, true);
  if (iph === null) return false;
  if (m.proto !== null && (iph.proto === m.proto.proto) === m.proto.not) return false;
  // looked up as the answer to this packet would be: what IPVS sends to clients belongs to no connection here
  const conn = connOutGet(net.ipvs, iph.proto, iph.daddr, iph.dport, iph.saddr, iph.sport);
  return conn !== null && connMatches(net, skb, conn, m);
}

function connMatches(net: IpvsNet, skb: Skb, conn: Conn, m: IpvsMatch): boolean {
  if (m.vport !== null && (conn.vport === m.vport.port) === m.vport.not) return false;
  if (m.vportctl !== null) {
    const control = connOf(net.ipvs.conns, conn.control);
    if ((control !== null && control.vport === m.vportctl.port) === m.vportctl.not) return false;
  }
  if (m.dir !== null && (skb.ct === null || skb.ct.reply !== (m.dir === 'REPLY'))) return false;
  if (m.method !== null && (METHOD_OF[conn.fwd] === m.method.method) === m.method.not) return false;
  return m.vaddr === null || (((conn.vaddr ^ m.vaddr.addr) & m.vaddr.mask) === 0) !== m.vaddr.not;
}
