/**
 * The last step of forwarding: out through LOCAL_OUT, or on to this host's own sockets.
 * Comes from: xmit/*.ts.  Goes to: host ipLocalOut(), or back to the hook's caller.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_send_or_cont(), ip_vs_nat_send_or_cont().
 */
import type { Dst, HookVerdict, Skb } from '../../host/index.ts';
import { notrack, settleConntrack } from '../conntrack.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';

/** The server is this host: the packet goes on to the local stack. */
export function deliverHere(net: IpvsNet, skb: Skb, conn: Conn): HookVerdict {
  skb.ipvsProperty = true;
  settle(net, skb, conn);
  if (net.tracing)
    net.trace('ipvs:xmit', 'pass', 'ipvs.local-server', skb, {
      rip: conn.daddr,
      vip: conn.vaddr,
      vport: conn.vport,
    });
  return 'accept';
}

/** Out to the real server by `dst`; nothing of IPVS touches the packet again. */
export function sendOut(net: IpvsNet, skb: Skb, conn: Conn, dst: Dst): HookVerdict {
  skb.ipvsProperty = true;
  settle(net, skb, conn);
  skb.dst = dst;
  skb.oif = dst.dev;
  net.tables.calls.ipLocalOut(net, skb);
  return 'stolen';
}

/** As sendOut(), for a packet that leaveForTunnel() has seen. */
export function sendTunnel(net: IpvsNet, skb: Skb, dst: Dst): HookVerdict {
  skb.ipvsProperty = true;
  skb.dst = dst;
  skb.oif = dst.dev;
  net.tables.calls.ipLocalOut(net, skb);
  return 'stolen';
}

function settle(net: IpvsNet, skb: Skb, conn: Conn): void {
  if (conn.fwd === 'masq') settleConntrack(net, skb, conn, 'input');
  else if (!conn.nfct || conn.fwd === 'fullnat') notrack(skb);
}
