/**
 * How IPVS sent a packet on, translated an answer or led an error: one sentence for each way.
 * Comes from: xmit/, core.ts, icmp.ts.  Goes to: reasons.ts.
 */
import type { ReasonTable } from '../host/index.ts';

const CORE = 'Linux 6.1 net/netfilter/ipvs/ip_vs_core.c';
const XMIT = 'Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c';
const FULLNAT = 'Alibaba LVS v3 and DPVS; not part of mainline Linux';
const CONN_TABLE = 'IPVS connection table';

export const xmitReasons = {
  'ipvs.sent-dr': {
    en: 'DR: to {rip:ip} in a frame for its MAC. The addresses stay ({vip:ip} is still the target); only the TTL goes down to {ttl}.',
    zh: 'DR：装入发给 {rip:ip} 的 MAC 的帧。IP 地址不变（目的仍是 {vip:ip}），只有 TTL 减为 {ttl}。',
    source: `${XMIT}, ip_vs_dr_xmit()`,
    notability: 3,
    decidedBy: 'ipvsadm -g',
  },
  'ipvs.sent-nat': {
    en: 'NAT: the target {vip:ip} becomes {rip:ip}. The source stays {client:ip}, so the answer must come back through {node}.',
    zh: 'NAT：目的地址 {vip:ip} 改为 {rip:ip}。源地址仍是 {client:ip}，所以应答必须经过 {node} 返回。',
    source: `${XMIT}, ip_vs_nat_xmit()`,
    notability: 3,
    decidedBy: 'ipvsadm -m',
  },
  'ipvs.sent-nat-port': {
    en: 'NAT: the target {vip:ip}:{vport} becomes {rip:ip}:{rport}. The source stays {client:ip}, so the answer must come back through {node}.',
    zh: 'NAT：目的 {vip:ip}:{vport} 改为 {rip:ip}:{rport}。源地址仍是 {client:ip}，所以应答必须经过 {node} 返回。',
    source: `${XMIT}, ip_vs_nat_xmit()`,
    notability: 3,
    decidedBy: 'ipvsadm -m',
  },
  'ipvs.sent-tun': {
    en: 'TUN: the packet is wrapped into one from {src:ip} to {rip:ip} ({len} bytes). Inside, the target is still {vip:ip}.',
    zh: 'TUN：把报文封装进从 {src:ip} 到 {rip:ip} 的 IPIP 报文（{len} 字节）。内层目的仍是 {vip:ip}。',
    source: `${XMIT}, ip_vs_tunnel_xmit()`,
    notability: 3,
    decidedBy: 'ipvsadm -i',
  },
  'ipvs.sent-bypass': {
    en: 'cache_bypass: the packet goes to {target:ip}, where the client wanted it to go.',
    zh: 'cache_bypass：报文直接发往客户端原本要访问的 {target:ip}。',
    source: `${XMIT}, ip_vs_bypass_xmit()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.cache_bypass',
  },
  'ipvs.sent-fullnat': {
    en: 'FullNAT (not in mainline Linux): source {client:ip}:{cport} becomes {lip:ip}:{lport}, the target becomes {rip:ip}:{rport}.',
    zh: 'FullNAT（不在主线内核中）：源 {client:ip}:{cport} 改为 {lip:ip}:{lport}，目的改为 {rip:ip}:{rport}。',
    source: FULLNAT,
    notability: 3,
    decidedBy: 'ipvsadm --fullnat',
  },
  'ipvs.sent-fullnat-toa': {
    en: 'FullNAT (not in mainline Linux): source becomes {lip:ip}:{lport}, target {rip:ip}:{rport}; TCP option 254 (TOA) carries {client:ip}:{cport}.',
    zh: 'FullNAT（不在主线内核中）：源改为 {lip:ip}:{lport}，目的改为 {rip:ip}:{rport}；TCP 选项 254（TOA）携带 {client:ip}:{cport}。',
    source: FULLNAT,
    notability: 3,
    decidedBy: 'ipvsadm --fullnat',
  },
  'ipvs.local-server': {
    en: 'The chosen server {rip:ip} is {node} itself: the packet goes on to its own sockets.',
    zh: '选中的服务器 {rip:ip} 就是 {node} 自己：报文交给本机套接字。',
    source: `${XMIT}, ip_vs_send_or_cont()`,
    notability: 2,
    decidedBy: 'route table local',
  },
  'ipvs.no-route-to-server': {
    en: '{node} has no route to the server {rip:ip}: dropped, the client gets ICMP host unreachable.',
    zh: '{node} 没有到服务器 {rip:ip} 的路由：丢弃，客户端收到 ICMP 主机不可达。',
    source: `${XMIT}, __ip_vs_get_out_rt()`,
    notability: 3,
    decidedBy: 'route table main',
  },
  'ipvs.local-server-not-possible': {
    en: 'The server {rip:ip} is {node} itself, but the packet was not addressed to {node}: dropped.',
    zh: '服务器 {rip:ip} 就是 {node} 自己，但这个报文不是发给 {node} 的：丢弃。',
    source: `${XMIT}, crosses_local_route_boundary()`,
    notability: 3,
    decidedBy: 'route table local',
  },
  'ipvs.loopback-source': {
    en: 'A packet from {src:ip} must not leave the host towards {rip:ip}: dropped.',
    zh: '源地址为 {src:ip} 的报文不能离开本机发往 {rip:ip}：丢弃。',
    source: `${XMIT}, crosses_local_route_boundary()`,
    notability: 3,
  },
  'ipvs.nat-to-loopback': {
    en: 'A packet from outside must not be translated to the loopback address {rip:ip}: dropped.',
    zh: '来自外部的报文不能改写到回环地址 {rip:ip}：丢弃。',
    source: `${XMIT}, ip_vs_nat_xmit()`,
    notability: 3,
  },
  'ipvs.ttl-expired': {
    en: 'IPVS takes one off the TTL like a router, and {ttl} is all there is: dropped, the client gets ICMP time exceeded.',
    zh: 'IPVS 像路由器一样把 TTL 减一，而 TTL 只剩 {ttl}：丢弃，客户端收到 ICMP 超时。',
    source: `${XMIT}, decrement_ttl()`,
    notability: 3,
  },
  'ipvs.too-long': {
    en: '{len} bytes with DF do not fit the MTU {mtu} of the way to the server: dropped, the client gets fragmentation needed.',
    zh: '{len} 字节且带 DF，超过到服务器路径的 MTU {mtu}：丢弃，客户端收到“需要分片”。',
    source: `${XMIT}, ensure_mtu_is_adequate()`,
    notability: 3,
    decidedBy: 'MTU',
  },
  'ipvs.too-long-for-tunnel': {
    en: 'With the 20 bytes of the tunnel header only {mtu} bytes fit, the packet has {len} and DF: dropped, the client gets fragmentation needed.',
    zh: '隧道头占 20 字节，只容得下 {mtu} 字节，而报文有 {len} 字节且带 DF：丢弃，客户端收到“需要分片”。',
    source: `${XMIT}, ensure_mtu_is_adequate()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.pmtu_disc',
  },
  'ipvs.tunnel-mtu-too-small': {
    en: 'The way to the server leaves only {mtu} bytes inside the tunnel: dropped.',
    zh: '到服务器的路径在隧道内只剩 {mtu} 字节：丢弃。',
    source: `${XMIT}, __ip_vs_get_out_rt()`,
    notability: 3,
    decidedBy: 'MTU',
  },
  'ipvs.tunnel-type-not-modelled': {
    en: 'The server {rip:ip} wants packets in {type}; the lab can only wrap into IPIP. Dropped.',
    zh: '服务器 {rip:ip} 要求 {type} 封装，本实验环境只支持 IPIP：丢弃。',
    source: `${XMIT}, ip_vs_tunnel_xmit()`,
    notability: 3,
    decidedBy: 'ipvsadm --tun-type',
  },
  'ipvs.reply-translated': {
    en: "NAT: the answer's source {rip:ip}:{rport} becomes {vip:ip}:{vport}, which is what {client:ip} asked.",
    zh: 'NAT：应答的源 {rip:ip}:{rport} 改回 {vip:ip}:{vport}，即 {client:ip} 访问的地址。',
    source: `${CORE}, handle_response()`,
    notability: 3,
    decidedBy: CONN_TABLE,
  },
  'ipvs.reply-translated-fullnat': {
    en: 'FullNAT (not in mainline Linux): the answer to {lip:ip}:{lport} goes from {vip:ip}:{vport} to {client:ip}:{cport}.',
    zh: 'FullNAT（不在主线内核中）：发往 {lip:ip}:{lport} 的应答改为从 {vip:ip}:{vport} 发给 {client:ip}:{cport}。',
    source: FULLNAT,
    notability: 3,
    decidedBy: CONN_TABLE,
  },
  'ipvs.no-route-for-reply': {
    en: '{node} has no route from {vip:ip} to {client:ip} for the translated answer: dropped.',
    zh: '改写后的应答从 {vip:ip} 到 {client:ip} 没有路由：丢弃。',
    source: `${CORE}, ip_vs_route_me_harder()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.snat_reroute',
  },
  'ipvs.icmp-for-server': {
    en: 'The ICMP error is about an answer of {dest:ip}: it goes on to that server.',
    zh: '这个 ICMP 差错与 {dest:ip} 的应答有关：转给该服务器。',
    source: `${CORE}, ip_vs_in_icmp()`,
    notability: 2,
    decidedBy: CONN_TABLE,
  },
  'ipvs.icmp-translated-in': {
    en: 'NAT: the error, and the packet it quotes, get the address of {dest:ip}, which knows nothing of {vip:ip}.',
    zh: 'NAT：差错及其引用的报文改为 {dest:ip} 的地址，因为它不知道 {vip:ip}。',
    source: `${CORE}, ip_vs_nat_icmp()`,
    notability: 2,
    decidedBy: CONN_TABLE,
  },
  'ipvs.icmp-translated-out': {
    en: 'NAT: the error of {dest:ip}, and the packet it quotes, get the address {vip:ip}, which is all that {client:ip} knows.',
    zh: 'NAT：{dest:ip} 发出的差错及其引用的报文改为 {vip:ip}，因为 {client:ip} 只认识它。',
    source: `${CORE}, ip_vs_nat_icmp()`,
    notability: 2,
    decidedBy: CONN_TABLE,
  },
  'ipvs.tunnel-error-relayed': {
    en: 'The error is about a tunnel packet to {rip:ip}: {node} makes an error of it about the packet of {client:ip}, in the name of {vip:ip}.',
    zh: '差错针对发往 {rip:ip} 的隧道报文：{node} 以 {vip:ip} 的名义，改为针对 {client:ip} 原报文的差错。',
    source: `${CORE}, ip_vs_in_icmp()`,
    notability: 3,
    decidedBy: CONN_TABLE,
  },
  'ipvs.tunnel-error-own': {
    en: '{node} found out by itself that its tunnel packet cannot reach {rip:ip}. Nobody tells {client:ip}: the error goes to the sender of the tunnel packet, {node} itself, and is not passed on.',
    zh: '{node} 自己发现隧道报文到不了 {rip:ip}。差错发给隧道报文的发送者即 {node} 本身，不会转告 {client:ip}。',
    source: `${CORE}, ip_vs_in_icmp(); net/ipv4/icmp.c, icmp_xmit_lock()`,
    notability: 3,
    decidedBy: CONN_TABLE,
  },
  'ipvs.tunnel-mtu-learnt': {
    en: 'The tunnel to {rip:ip} takes packets up to {mtu} bytes; the client did not set DF, so it is not told.',
    zh: '到 {rip:ip} 的隧道最大 {mtu} 字节；客户端没有置 DF，所以不通知它。',
    source: `${CORE}, ip_vs_in_icmp()`,
    notability: 2,
    decidedBy: 'route exceptions',
  },
} as const satisfies ReasonTable;
