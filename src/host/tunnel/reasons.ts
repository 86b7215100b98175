/** Why a packet was packed into another one, unpacked, or could not be. */
import type { ReasonTable } from '../reason.ts';

export const tunnelReasons = {
  'tunnel.no-device': {
    en: '{node} cannot unpack the packet {src:ip} > {dst:ip}: the ipip module is loaded, but no tunnel device that fits is up (is tunl0 up?). The sender is told "port unreachable".',
    zh: '{node} 无法解封 {src:ip} > {dst:ip}：已加载 ipip 模块，但没有处于 UP 状态的匹配隧道接口（tunl0 启用了吗？），并向发送者回复“端口不可达”。',
    source: 'Linux 6.1 net/ipv4/tunnel4.c, tunnel4_rcv()',
    notability: 3,
    decidedBy: 'tunnel devices',
  },
  'tunnel.nothing-inside': {
    en: '{node} drops a tunnel packet without a whole IPv4 header inside.',
    zh: '{node} 丢弃内层没有完整 IPv4 报头的隧道报文。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_rcv()',
    notability: 2,
  },
  'tunnel.ecn-lost': {
    en: '{node} drops the packet: the way reported congestion, but the inner packet cannot carry the mark.',
    zh: '{node} 丢弃：途中标记了拥塞，但内层报文不支持 ECN。',
    source: 'RFC 6040 §4.2',
    notability: 2,
  },
  'tunnel.unwrapped': {
    en: '{node} takes off the outer header {src:ip} > {dst:ip}; the packet to {inner:ip} goes on as if it had come in by {tunnel}.',
    zh: '{node} 去掉外层报头 {src:ip} > {dst:ip}；发往 {inner:ip} 的内层报文视为从 {tunnel} 收到。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_rcv()',
    notability: 3,
    decidedBy: 'tunnel devices',
  },
  'tunnel.error-told': {
    en: '{node} tells the sender "host unreachable": an error had come back for an earlier packet in {tunnel}. This one is sent all the same.',
    zh: '{node} 告诉发送者“主机不可达”：{tunnel} 中先前的报文曾返回错误。本报文仍然发出。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_xmit()',
    notability: 3,
  },
  'tunnel.segment-joined': {
    en: '{node} joins the segment to the one before it: both came out of the tunnel together.',
    zh: '{node} 将该报文段并入前一段：两者同时从隧道解封。',
    source: 'Linux 6.1 net/ipv4/tcp_offload.c, tcp_gro_receive()',
    notability: 1,
  },
  'tunnel.segments-joined': {
    en: '{node} goes on with one packet of {bytes} bytes in place of several segments (GRO).',
    zh: '{node} 以一个 {bytes} 字节的数据包代替多个报文段继续处理（GRO）。',
    source: 'Linux 6.1 net/core/gro.c, skb_gro_receive()',
    notability: 1,
  },
  'tunnel.wrapped': {
    en: '{node} packs the packet into one from {src:ip} to {dst:ip} ({tunnel}, TTL {ttl}).',
    zh: '{node} 将数据包封装进 {src:ip} 到 {dst:ip} 的外层报文（{tunnel}，TTL {ttl}）。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_xmit()',
    notability: 3,
    decidedBy: 'tunnel devices',
  },
  'tunnel.no-route': {
    en: '{node} drops it: no route to the far end of the tunnel, {remote:ip}.',
    zh: '{node} 丢弃：没有到隧道对端 {remote:ip} 的路由。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_xmit()',
    notability: 3,
    decidedBy: 'route table',
  },
  'tunnel.into-itself': {
    en: '{node} drops it: the route to the far end {remote:ip} leads into the tunnel itself.',
    zh: '{node} 丢弃：到隧道对端 {remote:ip} 的路由又指向隧道自身。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, ip_tunnel_xmit()',
    notability: 3,
    decidedBy: 'route table',
  },
  'tunnel.too-long-with-df': {
    en: '{node} drops it: {len} bytes with "don\'t fragment" do not fit the tunnel, which carries {mtu}.',
    zh: '{node} 丢弃：{len} 字节且设置了 DF，超过隧道可承载的 {mtu} 字节。',
    source: 'Linux 6.1 net/ipv4/ip_tunnel.c, tnl_update_pmtu()',
    notability: 3,
    decidedBy: 'MTU',
  },
} as const satisfies ReasonTable;
