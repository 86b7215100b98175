/**
 * Where IPVS looks at packets. PRE_ROUTING and POST_ROUTING are not among the places: requests are
 * first routed to this host, because the virtual address is one of its own.
 * Comes from: world/tables.ts.  Goes to: core.ts, icmp.ts, sync/backup.ts.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops4[].
 * Differs: the row ip_vs_sync stands for the socket of the backup's thread.
 */
import { NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_SRC } from '../host/index.ts';
import { IPPROTO_ICMP, IPPROTO_UDP, type Ipv4Hdr } from '../wire/index.ts';
import { ipVsIn, ipVsOut } from './core.ts';
import { forwardIcmp } from './icmp.ts';
import type { IpvsHookRow, IpvsNet } from './net.ts';
import { hasBackup, syncRcv } from './sync/backup.ts';

const SOURCE = 'Linux 6.1 net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops4';
/** After connection tracking's last row. */
const AFTER_ALL = 0x7fffffff;

/** Linux registers the hooks with the first service and removes them with the last. */
function hasServices(net: IpvsNet): boolean {
  return net.ipvs.services.length > 0;
}

export const ipvsHooks: readonly IpvsHookRow[] = [
  {
    hook: 'LOCAL_IN',
    priority: NF_IP_PRI_NAT_SRC - 2,
    name: 'ip_vs_reply4',
    en: 'Answers of real servers that are addressed to this host get the virtual address back.',
    zh: '发往本机的 real server 应答，源地址改回 VIP。',
    source: SOURCE,
    active: hasServices,
    run: (net, skb) => ipVsOut(net, skb, 'LOCAL_IN'),
  },
  {
    hook: 'LOCAL_IN',
    priority: NF_IP_PRI_NAT_SRC - 1,
    name: 'ip_vs_remote_request4',
    en: 'Requests to a virtual service are taken here, after the INPUT rules, and sent on to a real server.',
    zh: '发往虚拟服务的请求在 INPUT 规则之后被取走，转发给 real server。',
    source: SOURCE,
    active: hasServices,
    run: (net, skb) => ipVsIn(net, skb, 'LOCAL_IN'),
  },
  {
    hook: 'LOCAL_OUT',
    priority: NF_IP_PRI_NAT_DST + 1,
    name: 'ip_vs_local_reply4',
    en: 'Answers made on this host as a real server get the virtual address as source.',
    zh: '本机作为 real server 发出的应答，源地址改为 VIP。',
    source: SOURCE,
    active: hasServices,
    run: (net, skb) => ipVsOut(net, skb, 'LOCAL_OUT'),
  },
  {
    hook: 'LOCAL_OUT',
    priority: NF_IP_PRI_NAT_DST + 2,
    name: 'ip_vs_local_request4',
    en: 'Requests made on this host to a virtual service are balanced too.',
    zh: '本机发起的、访问虚拟服务的请求同样被调度。',
    source: SOURCE,
    active: hasServices,
    run: (net, skb) => ipVsIn(net, skb, 'LOCAL_OUT'),
  },
  {
    hook: 'FORWARD',
    priority: NF_IP_PRI_NAT_SRC - 1,
    name: 'ip_vs_forward_icmp',
    en: 'ICMP errors on their way through that concern a balanced connection are led to its real server.',
    zh: '途经本机、与被调度连接有关的 ICMP 差错转给对应的 real server。',
    source: SOURCE,
    active: hasServices,
    run: (net, skb) => ((skb.layers[0] as Ipv4Hdr).proto === IPPROTO_ICMP ? forwardIcmp(net, skb) : 'accept'),
  },
  {
    hook: 'FORWARD',
    priority: NF_IP_PRI_NAT_SRC,
    name: 'ip_vs_reply4',
    en: 'Answers of NAT real servers pass here: their source becomes the virtual address.',
    zh: 'NAT 模式 real server 的应答经过这里，源地址改为 VIP。',
    source: SOURCE,
    active: hasServices,
    run: (net, skb) => ipVsOut(net, skb, 'FORWARD'),
  },
  {
    hook: 'LOCAL_IN',
    priority: AFTER_ALL,
    name: 'ip_vs_sync',
    en: 'The backup daemon takes connection synchronisation messages (UDP 8848 to 224.0.0.81).',
    zh: '备份守护进程接收连接同步消息（发往 224.0.0.81 的 UDP 8848）。',
    source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c, sync_thread_backup()',
    active: hasBackup,
    run: (net, skb, indev) => ((skb.layers[0] as Ipv4Hdr).proto === IPPROTO_UDP ? syncRcv(net, skb, indev) : 'accept'),
  },
];
