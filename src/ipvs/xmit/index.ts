/**
 * The ways of forwarding, by name.
 * Comes from: core.ts, schedule.ts, icmp.ts.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_conn.c, ip_vs_bind_xmit().
 */
import type { HookVerdict, Skb } from '../../host/index.ts';
import type { Iph } from '../iph.ts';
import type { IpvsNet } from '../net.ts';
import type { Conn } from '../state.ts';
import { bypassXmit } from './bypass.ts';
import { drXmit } from './dr.ts';
import { fullnatXmit } from './fullnat.ts';
import { localXmit } from './local.ts';
import { natXmit } from './nat.ts';
import { tunXmit } from './tun.ts';

/** Sends a packet of a client to its server. @returns 'accept' only for servers on this host */
export function packetXmit(net: IpvsNet, skb: Skb, conn: Conn, iph: Iph): HookVerdict {
  switch (conn.fwd) {
    case 'masq':
      return natXmit(net, skb, conn, iph);
    case 'droute':
      return drXmit(net, skb, conn, iph);
    case 'tunnel':
      return tunXmit(net, skb, conn, iph);
    case 'local':
      return localXmit(net, skb, conn);
    case 'bypass':
      return bypassXmit(net, skb, conn, iph);
    case 'fullnat':
      return fullnatXmit(net, skb, conn, iph);
  }
}
