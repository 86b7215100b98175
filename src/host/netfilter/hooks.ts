/**
 * Where this folder looks at packets: one row for each table and hook, for tracking and translation.
 * Comes from: world/tables.ts (joins these rows with those of ipvs/).  Goes to: nf-hook.ts.
 * Source: Linux 6.1 include/uapi/linux/netfilter_ipv4.h (priorities), net/ipv4/netfilter/iptable_*.c,
 *   arptable_filter.c, nf_conntrack_proto.c, nf_nat_proto.c, nf_defrag_ipv4.c.
 *
 *   PRE_ROUTING   defrag -400  raw -300  conntrack -200  mangle -150  nat(dst) -100
 *   LOCAL_IN      mangle -150  nftables -1  filter 0  nat(src) 100  confirm last
 *   FORWARD       mangle -150  filter 0
 *   LOCAL_OUT     defrag -400  raw -300  conntrack -200  mangle -150  nat(dst) -100  nftables -1  filter 0
 *   POST_ROUTING  mangle -150  nat(src) 100  confirm last
 */
import type { Ipv4Hdr } from '../../wire/index.ts';
import { ipDefrag } from '../ipv4/defrag.ts';
import { ipRouteMeHarder } from '../ipv4/reroute.ts';
import type { Net } from '../net.ts';
import type { IfIndex, Skb } from '../skb.ts';
import { arptDoTable } from './arp-tables.ts';
import { ctActive, nfConntrackConfirm, nfConntrackIn } from './conntrack.ts';
import {
  NF_IP_PRI_CONNTRACK,
  NF_IP_PRI_CONNTRACK_CONFIRM,
  NF_IP_PRI_CONNTRACK_DEFRAG,
  NF_IP_PRI_FILTER,
  NF_IP_PRI_MANGLE,
  NF_IP_PRI_NAT_DST,
  NF_IP_PRI_NAT_SRC,
  NF_IP_PRI_RAW,
  type HookVerdict,
  type NfHook,
  type NfHookRow,
} from './hook-table.ts';
import { nfNatFn } from './nat.ts';
import { silentRow } from './silent.ts';
import { iptDoTable, xtTable } from './xtables.ts';

type IpHook = Exclude<NfHook, 'ARP_IN' | 'ARP_OUT'>;
type Run = (net: Net, skb: Skb, indev: IfIndex, outdev: IfIndex) => HookVerdict;

const SENTENCES: Readonly<Record<'raw' | 'mangle' | 'filter', { readonly en: string; readonly zh: string }>> = {
  raw: {
    en: 'iptables -t raw: before connections are tracked; NOTRACK exempts packets.',
    zh: 'iptables -t raw：连接跟踪之前；NOTRACK 让数据包不被跟踪。',
  },
  mangle: {
    en: 'iptables -t mangle: changes marks and header fields.',
    zh: 'iptables -t mangle：修改标记（mark）和报头字段。',
  },
  filter: {
    en: 'iptables -t filter: lets packets through or drops them.',
    zh: 'iptables -t filter：放行或丢弃数据包。',
  },
};

function tableRow(name: 'raw' | 'mangle' | 'filter', hook: IpHook, priority: number, run?: Run): NfHookRow {
  return {
    hook,
    priority,
    name,
    ...SENTENCES[name],
    source: `Linux 6.1 net/ipv4/netfilter/iptable_${name}.c`,
    active: (net) => net.host.nf.tables.length > 0 && xtTable(net, name) !== null,
    run: run ?? ((net, skb, indev, outdev) => iptDoTable(net, name, skb, hook, indev, outdev)),
  };
}

/** mangle in LOCAL_OUT may change what the route was chosen by. */
function mangleOut(net: Net, skb: Skb, indev: IfIndex, outdev: IfIndex): HookVerdict {
  const before = skb.layers[0] as Ipv4Hdr;
  const mark = skb.mark;
  const verdict = iptDoTable(net, 'mangle', skb, 'LOCAL_OUT', indev, outdev);
  if (verdict !== 'accept') return verdict;
  const after = skb.layers[0] as Ipv4Hdr;
  if (before.src === after.src && before.dst === after.dst && before.tos === after.tos && mark === skb.mark) return 'accept';
  return reroute(net, skb);
}

function reroute(net: Net, skb: Skb): HookVerdict {
  const errno = ipRouteMeHarder(net, skb);
  if (errno === null) return 'accept';
  net.trace('nf:LOCAL_OUT', 'drop', 'netfilter.reroute-failed', skb, { errno });
  return 'drop';
}

function natRow(hook: IpHook, priority: number): NfHookRow {
  const isSource = priority === NF_IP_PRI_NAT_SRC;
  return {
    hook,
    priority,
    name: 'nat',
    en: isSource
      ? 'iptables -t nat: chooses and applies source translation (SNAT, MASQUERADE).'
      : 'iptables -t nat: chooses and applies destination translation (DNAT, REDIRECT).',
    zh: isSource
      ? 'iptables -t nat：选择并执行源地址转换（SNAT、MASQUERADE）。'
      : 'iptables -t nat：选择并执行目的地址转换（DNAT、REDIRECT）。',
    source: 'Linux 6.1 net/netfilter/nf_nat_proto.c, nf_nat_core.c',
    active: (net) => ctActive(net) && xtTable(net, 'nat') !== null,
    run: (net, skb, indev, outdev) => runNat(net, skb, hook, indev, outdev),
  };
}

function runNat(net: Net, skb: Skb, hook: IpHook, indev: IfIndex, outdev: IfIndex): HookVerdict {
  const before = (skb.layers[0] as Ipv4Hdr).dst;
  const verdict = nfNatFn(net, skb, hook, (n, s) => iptDoTable(n, 'nat', s, hook, indev, outdev));
  if (verdict !== 'accept' || (skb.layers[0] as Ipv4Hdr).dst === before) return verdict;
  // another destination needs another route
  if (hook === 'LOCAL_OUT') return reroute(net, skb);
  if (hook === 'PRE_ROUTING') skb.dst = null;
  return 'accept';
}

function trackRow(hook: IpHook): NfHookRow {
  return {
    hook,
    priority: NF_IP_PRI_CONNTRACK,
    name: 'conntrack',
    en: 'Connection tracking: finds the connection of a packet, or begins one.',
    zh: '连接跟踪：查找数据包所属的连接，或新建一个。',
    source: 'Linux 6.1 net/netfilter/nf_conntrack_core.c, nf_conntrack_in()',
    active: ctActive,
    run: (net, skb) => nfConntrackIn(net, skb),
  };
}

function confirmRow(hook: IpHook): NfHookRow {
  return {
    hook,
    priority: NF_IP_PRI_CONNTRACK_CONFIRM,
    name: 'conntrack-confirm',
    en: 'Connection tracking: the first packet made it, the connection enters the table.',
    zh: '连接跟踪：首个数据包顺利通过，连接写入跟踪表。',
    source: 'Linux 6.1 net/netfilter/nf_conntrack_core.c, __nf_conntrack_confirm()',
    active: ctActive,
    run: (net, skb) => nfConntrackConfirm(net, skb),
  };
}

function defragRow(hook: IpHook): NfHookRow {
  return {
    hook,
    priority: NF_IP_PRI_CONNTRACK_DEFRAG,
    name: 'defrag',
    en: 'Connection tracking needs ports, so fragments are put together first.',
    zh: '连接跟踪需要端口号，因此先重组分片。',
    source: 'Linux 6.1 net/ipv4/netfilter/nf_defrag_ipv4.c',
    active: ctActive,
    run: (net, skb) => {
      const ip = skb.layers[0] as Ipv4Hdr;
      if (!ip.mf && ip.fragOffset === 0) return 'accept';
      return ipDefrag(net, skb, hook === 'PRE_ROUTING' ? 'conntrack-in' : 'conntrack-out') ? 'accept' : 'stolen';
    },
  };
}

function arpRow(hook: 'ARP_IN' | 'ARP_OUT'): NfHookRow {
  return {
    hook,
    priority: NF_IP_PRI_FILTER,
    name: 'arptables',
    en: hook === 'ARP_IN' ? 'arptables INPUT: all ARP packets that arrive.' : 'arptables OUTPUT: all ARP packets that this host sends.',
    zh: hook === 'ARP_IN' ? 'arptables INPUT：所有收到的 ARP 报文。' : 'arptables OUTPUT：本机发出的所有 ARP 报文。',
    source: 'Linux 6.1 net/ipv4/netfilter/arptable_filter.c',
    active: (net) => net.host.nf.arp !== null,
    run: (net, skb, indev, outdev) => arptDoTable(net, skb, hook, indev, outdev),
  };
}

const MANGLE_HOOKS: readonly IpHook[] = ['PRE_ROUTING', 'LOCAL_IN', 'FORWARD', 'POST_ROUTING'];
const FILTER_HOOKS: readonly IpHook[] = ['LOCAL_IN', 'FORWARD', 'LOCAL_OUT'];

export const hostHooks: readonly NfHookRow[] = [
  defragRow('PRE_ROUTING'),
  defragRow('LOCAL_OUT'),
  tableRow('raw', 'PRE_ROUTING', NF_IP_PRI_RAW),
  tableRow('raw', 'LOCAL_OUT', NF_IP_PRI_RAW),
  trackRow('PRE_ROUTING'),
  trackRow('LOCAL_OUT'),
  ...MANGLE_HOOKS.map((hook) => tableRow('mangle', hook, NF_IP_PRI_MANGLE)),
  tableRow('mangle', 'LOCAL_OUT', NF_IP_PRI_MANGLE, mangleOut),
  natRow('PRE_ROUTING', NF_IP_PRI_NAT_DST),
  natRow('LOCAL_OUT', NF_IP_PRI_NAT_DST),
  silentRow('LOCAL_IN'),
  silentRow('LOCAL_OUT'),
  ...FILTER_HOOKS.map((hook) => tableRow('filter', hook, NF_IP_PRI_FILTER)),
  natRow('LOCAL_IN', NF_IP_PRI_NAT_SRC),
  natRow('POST_ROUTING', NF_IP_PRI_NAT_SRC),
  confirmRow('LOCAL_IN'),
  confirmRow('POST_ROUTING'),
  arpRow('ARP_IN'),
  arpRow('ARP_OUT'),
] as const;
