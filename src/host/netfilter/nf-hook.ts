/**
 * Walks the rows of one hook: each may let a packet on, end it, or go on with it elsewhere.
 * Comes from: ipv4/, arp/, ipvs/xmit.  Goes to: hooks.ts of this folder and of ipvs/.
 * Source: Linux 6.1 net/netfilter/core.c, nf_hook_slow().
 * Differs: rows that have nothing to do are skipped; the kernel would call them for the same result.
 */
import type { Net } from '../net.ts';
import type { IfIndex, Skb } from '../skb.ts';
import type { HookVerdict, NfHook } from './hook-table.ts';

/** Something begins or ends for which packets are to be looked at. */
export function nfNeedHooks(net: Net, by: 1 | -1): void {
  net.host.nf.hooksNeeded += by;
}

/** 'accept': go on after the hook. Otherwise the packet is no longer the caller's. */
export function nfHook(net: Net, hook: NfHook, skb: Skb, indev: IfIndex, outdev: IfIndex): HookVerdict {
  if (net.host.nf.hooksNeeded === 0) return 'accept';
  const rows = net.tables.hooks[hook];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row === undefined || !row.active(net)) continue;
    const verdict = row.run(net, skb, indev, outdev);
    if (verdict !== 'accept') return verdict;
  }
  return 'accept';
}
