/**
 * Rows of the netfilter hook tables: who looks at a packet where, and in which order.
 * Source: Linux 6.1 include/uapi/linux/netfilter_ipv4.h (hooks, priorities), netfilter_arp.h.
 */
import type { Net } from '../net.ts';
import type { IfIndex, Skb } from '../skb.ts';

export type NfHook = 'PRE_ROUTING' | 'LOCAL_IN' | 'FORWARD' | 'LOCAL_OUT' | 'POST_ROUTING' | 'ARP_IN' | 'ARP_OUT';

export const NF_IP_PRI_CONNTRACK_DEFRAG = -400;
export const NF_IP_PRI_RAW = -300;
export const NF_IP_PRI_CONNTRACK = -200;
export const NF_IP_PRI_MANGLE = -150;
export const NF_IP_PRI_NAT_DST = -100;
export const NF_IP_PRI_FILTER = 0;
export const NF_IP_PRI_SECURITY = 50;
export const NF_IP_PRI_NAT_SRC = 100;
export const NF_IP_PRI_CONNTRACK_CONFIRM = 0x7fffffff;

/** accept: to the next row. drop: it ended here (the row has written the record). stolen: the row goes on with it elsewhere. */
export type HookVerdict = 'accept' | 'drop' | 'stolen';

export interface NfHookRow {
  readonly hook: NfHook;
  /** smaller runs earlier; equal ones in the order of the table */
  readonly priority: number;
  /** short name for the picture of the path: 'filter', 'mangle', 'ip_vs_in' */
  readonly name: string;
  /** one sentence for the picture of the path */
  readonly en: string;
  readonly zh: string;
  readonly source: string;
  /** false while nothing would be done: then the row is left out of the walk */
  readonly active: (net: Net) => boolean;
  readonly run: (net: Net, skb: Skb, indev: IfIndex, outdev: IfIndex) => HookVerdict;
}
