/**
 * Own addresses that answer ARP and nothing else: what a VRRP router that may not accept packets for its
 * virtual addresses makes of them. Rules of nftables, which iptables does not show.
 * Comes from: keepalived (addresses come and go), nf-hook.ts (packets).
 * Source: keepalived 2.2.7 vrrp/vrrp_nftables.c (a base chain each for input and output, before iptables' filter).
 * Differs: other tables of nftables do not exist here.
 */
import type { Ipv4, Ipv4Hdr } from '../../wire/index.ts';
import type { Net } from '../net.ts';
import { nfNeedHooks } from './nf-hook.ts';
import type { Skb } from '../skb.ts';
import { NF_IP_PRI_FILTER, type HookVerdict, type NfHookRow } from './hook-table.ts';

export function silenceAddr(net: Net, addr: Ipv4): void {
  const { silent } = net.host.nf;
  if (silent.includes(addr)) return;
  silent.push(addr);
  nfNeedHooks(net, 1);
}

export function unsilenceAddr(net: Net, addr: Ipv4): void {
  const { silent } = net.host.nf;
  const at = silent.indexOf(addr);
  if (at < 0) return;
  silent.splice(at, 1);
  nfNeedHooks(net, -1);
}

/** A sender on this host is not told: the packet is just gone. */
function run(net: Net, skb: Skb, hook: 'LOCAL_IN' | 'LOCAL_OUT'): HookVerdict {
  const ip = skb.layers[0] as Ipv4Hdr;
  const addr = hook === 'LOCAL_IN' ? ip.dst : ip.src;
  if (!net.host.nf.silent.includes(addr)) return 'accept';
  net.trace(`nf:${hook}`, 'drop', 'netfilter.silent-address', skb, { addr });
  return 'stolen';
}

export function silentRow(hook: 'LOCAL_IN' | 'LOCAL_OUT'): NfHookRow {
  return {
    hook,
    priority: NF_IP_PRI_FILTER - 1,
    name: 'nftables',
    en: 'nftables, as keepalived sets it: virtual addresses that may not accept packets.',
    zh: 'nftables（由 keepalived 设置）：不允许接收数据包的虚拟地址。',
    source: 'keepalived 2.2.7 vrrp/vrrp_nftables.c',
    active: (net) => net.host.nf.silent.length > 0,
    run: (net, skb) => run(net, skb, hook),
  };
}
