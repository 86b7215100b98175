/**
 * What each setting of net.ipv4.conf does, for the learner who stands before its switch.
 * Source: Linux 6.1 Documentation/networking/ip-sysctl.rst, and the code that reads each one.
 */
import type { DevConfName } from '../dev/state.ts';
import type { Combine } from './row.ts';

export interface ConfText {
  readonly combine: Combine;
  readonly en: string;
  readonly zh: string;
}

const INACTIVE_EN = 'Kept and shown; nothing in the lab acts on it.';
const INACTIVE_ZH = '可读可写；实验环境中不起作用。';

/** How all and the interface combine, and one or two sentences. */
export const confTexts: Readonly<Record<DevConfName, ConfText>> = {
  accept_local: {
    combine: 'or',
    en: 'Accept packets whose source is one of our own addresses. Off, they are martians and dropped: so a director drops replies that carry its own VIP as source.',
    zh: '接受源地址是本机地址的报文。关闭时视为 martian 丢弃：director 会因此丢弃以自己的 VIP 为源的回包。',
  },
  accept_redirects: {
    combine: 'or',
    en: 'Believe ICMP redirects. A host needs it on all or the interface; a router (forwarding on) needs both.',
    zh: '接受 ICMP 重定向。主机：all 或接口任一开启即可；路由器（forwarding 开启）：两者都要开启。',
  },
  accept_source_route: { combine: 'and', en: INACTIVE_EN, zh: INACTIVE_ZH },
  arp_accept: {
    combine: 'max',
    en: 'May an unasked ARP packet make a new entry in the neighbour table? 0 never; 1 always; 2 only if the sender is in a subnet of the interface. Existing entries are updated in any case.',
    zh: '未经请求的 ARP 能否在邻居表中新建表项？0 从不；1 总是；2 仅当发送者在该接口的子网内。已有表项无论如何都会被更新。',
  },
  arp_announce: {
    combine: 'max',
    en: 'Which of our addresses stands as sender in an ARP request? 0 the source of the packet that waits, whatever interface it is on (so a VIP on lo gets out); 1 only if it shares a subnet with the target; 2 always the best address of the outgoing interface.',
    zh: 'ARP 请求里用哪个地址作发送者？0 用等待发送的报文的源地址，无论它在哪个接口（lo 上的 VIP 因此泄露）；1 仅当它与目标同子网；2 总是用出接口上最合适的地址。',
  },
  arp_evict_nocarrier: {
    combine: 'and',
    en: 'Forget the neighbours of an interface when its cable is pulled out.',
    zh: '网线被拔出时清除该接口的邻居表项。',
  },
  arp_filter: {
    combine: 'or',
    en: 'Answer an ARP request only if a packet to the asker would leave by the interface the request came in by.',
    zh: '仅当发往询问者的报文会从收到请求的接口出去时才应答 ARP。',
  },
  arp_ignore: {
    combine: 'max',
    en: 'For which of our addresses do we answer ARP? 0 any, on whatever interface it is, lo included; 1 only addresses of the interface the request came in by; 2 as 1 and the asker must be in the same subnet; 3 not for addresses of scope host; 8 for none. The value on lo is never looked at: no ARP request comes in by lo.',
    zh: '对本机哪些地址应答 ARP？0 任何地址，无论在哪个接口，包括 lo；1 仅收到请求的接口上的地址；2 同 1，且询问者须在同一子网；3 不应答 scope host 的地址；8 全不应答。lo 上的值从不被查看：没有 ARP 请求从 lo 进来。',
  },
  arp_notify: {
    combine: 'max',
    en: 'Announce every address by gratuitous ARP when the interface comes up or its MAC changes.',
    zh: '接口启用或 MAC 改变时，用免费 ARP 通告每个地址。',
  },
  bootp_relay: { combine: 'and', en: INACTIVE_EN, zh: INACTIVE_ZH },
  igmpv2_unsolicited_report_interval: { combine: 'iface', en: INACTIVE_EN, zh: INACTIVE_ZH },
  igmpv3_unsolicited_report_interval: { combine: 'iface', en: INACTIVE_EN, zh: INACTIVE_ZH },
  bc_forwarding: { combine: 'and', en: INACTIVE_EN, zh: INACTIVE_ZH },
  disable_policy: { combine: 'iface', en: INACTIVE_EN, zh: INACTIVE_ZH },
  disable_xfrm: { combine: 'iface', en: INACTIVE_EN, zh: INACTIVE_ZH },
  drop_gratuitous_arp: {
    combine: 'or',
    en: 'Drop ARP packets in which sender and target address are the same.',
    zh: '丢弃发送者与目标地址相同的 ARP（免费 ARP）。',
  },
  drop_unicast_in_l2_multicast: {
    combine: 'or',
    en: 'Drop IP packets for one host that came in a broadcast or multicast frame.',
    zh: '丢弃装在广播帧或组播帧里的单播 IP 报文。',
  },
  force_igmp_version: { combine: 'iface', en: INACTIVE_EN, zh: INACTIVE_ZH },
  forwarding: {
    combine: 'iface',
    en: 'Forward packets that come in by this interface for somebody else. net.ipv4.ip_forward writes it everywhere.',
    zh: '转发从本接口进来、目的不是本机的报文。net.ipv4.ip_forward 会写到所有接口。',
  },
  ignore_routes_with_linkdown: { combine: 'or', en: INACTIVE_EN, zh: INACTIVE_ZH },
  log_martians: { combine: 'or', en: INACTIVE_EN, zh: INACTIVE_ZH },
  mc_forwarding: { combine: 'and', en: INACTIVE_EN, zh: INACTIVE_ZH },
  medium_id: {
    combine: 'iface',
    en: 'Interfaces with the same number hang on the same wire; proxy ARP does not answer between them. 0: each its own; -1: proxy ARP off here.',
    zh: '编号相同的接口在同一条线上，proxy ARP 不在它们之间代答。0 各自独立；-1 此接口不代答。',
  },
  promote_secondaries: {
    combine: 'or',
    en: 'When the primary address of a subnet is deleted, the next secondary takes its place instead of going with it.',
    zh: '删除子网的主地址时，由下一个从地址顶替，而不是一同被删除。',
  },
  proxy_arp: {
    combine: 'or',
    en: 'Answer ARP for addresses that we can reach by another interface.',
    zh: '替经由其他接口可达的地址应答 ARP（代理 ARP）。',
  },
  proxy_arp_pvlan: {
    combine: 'or',
    en: 'Answer ARP also for addresses behind the same interface, for networks that keep their ports apart.',
    zh: '对同一接口后面的地址也代答 ARP，用于端口相互隔离的网络。',
  },
  route_localnet: {
    combine: 'or',
    en: 'Do not treat 127.0.0.0/8 as martian when routing.',
    zh: '路由时不把 127.0.0.0/8 当作 martian。',
  },
  rp_filter: {
    combine: 'max',
    en: 'Check the source of what comes in: 0 no; 1 drop it unless the way back to the source leaves by the same interface; 2 drop it only if there is no way back at all. ARP requests are checked too.',
    zh: '检查来包的源地址：0 不检查；1 若回程不走同一接口则丢弃；2 仅当完全没有回程路由时丢弃。ARP 请求也受检查。',
  },
  secure_redirects: {
    combine: 'or',
    en: 'Believe redirects only to gateways in the routing table (counts only with shared_media off).',
    zh: '只接受指向路由表中网关的重定向（仅在 shared_media 关闭时有效）。',
  },
  send_redirects: {
    combine: 'or',
    en: 'Tell a sender by ICMP redirect when it could have sent to the next hop itself. To silence it, both all and the interface must be 0.',
    zh: '发送者本可直接发给下一跳时，用 ICMP 重定向告知。要关闭，all 和接口都必须为 0。',
  },
  shared_media: {
    combine: 'or',
    en: 'Several subnets may share the wire: redirects may point to gateways outside the own subnet.',
    zh: '同一条线上可能有多个子网：重定向可指向本子网之外的网关。',
  },
  src_valid_mark: {
    combine: 'max',
    en: 'The source check looks up the way back with the mark of the packet.',
    zh: '检查源地址时按报文的 mark 查回程路由。',
  },
  tag: { combine: 'iface', en: INACTIVE_EN, zh: INACTIVE_ZH },
};
