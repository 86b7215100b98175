/** Decision records of UDP. */
import type { ReasonTable } from '../reason.ts';

export const udpReasons = {
  'udp.listens': {
    en: 'Process {pid} on {node} takes datagrams for {addr:ip} port {port}.',
    zh: '{node} 的进程 {pid} 开始接收发往 {addr:ip} 端口 {port} 的数据报。',
    source: 'Linux 6.1 net/ipv4/af_inet.c, inet_bind()',
    notability: 1,
  },
  'udp.delivered': {
    en: '{len} bytes from {src:ip}:{sport} delivered to port {dport}, process {pid}.',
    zh: '来自 {src:ip}:{sport} 的 {len} 字节交给端口 {dport} 的进程 {pid}。',
    source: 'Linux 6.1 net/ipv4/udp.c, udp_queue_rcv_skb()',
    notability: 2,
  },
  'udp.nobody-listens': {
    en: 'Nobody on {node} listens on UDP port {dport} of {dst:ip}; {node} answers with ICMP port unreachable.',
    zh: '{node} 上没有程序监听 {dst:ip} 的 UDP 端口 {dport}；{node} 回应 ICMP 端口不可达。',
    source: 'Linux 6.1 net/ipv4/udp.c, __udp4_lib_rcv(); RFC 1122 §4.1.3.1',
    notability: 3,
    kernel: 'NO_SOCKET',
  },
  'udp.no-group-listener': {
    en: 'Nobody on {node} listens for datagrams to {dst:ip} port {dport}; broadcasts and multicasts are not refused.',
    zh: '{node} 上没有程序接收发往 {dst:ip} 端口 {dport} 的数据报；广播和组播不会被拒绝，只是丢弃。',
    source: 'Linux 6.1 net/ipv4/udp.c, __udp4_lib_mcast_deliver()',
    notability: 1,
    kernel: 'NO_SOCKET',
  },
  'udp.buffer-full': {
    en: 'The receive buffer of process {pid} on port {dport} is full.',
    zh: '端口 {dport} 的进程 {pid} 的接收缓冲区已满。',
    source: 'Linux 6.1 net/ipv4/udp.c, __udp_enqueue_schedule_skb()',
    notability: 3,
    decidedBy: 'net.core.rmem_default',
    kernel: 'SOCKET_RCVBUFF',
  },
  'udp.cut-short': {
    en: 'The packet ends inside its UDP header.',
    zh: '报文在 UDP 首部之内就结束了。',
    source: 'RFC 768',
    notability: 3,
    kernel: 'UDP_CSUM',
  },
  'udp.icmp-for-nobody': {
    en: 'The ICMP message is about a datagram from port {lport} to {raddr:ip}:{rport}, which no socket of {node} has sent.',
    zh: '这个 ICMP 报文说的是从端口 {lport} 到 {raddr:ip}:{rport} 的数据报，{node} 没有这样的套接字。',
    source: 'Linux 6.1 net/ipv4/udp.c, __udp4_lib_err()',
    notability: 1,
  },
  'udp.icmp-not-told': {
    en: 'ICMP type {type} code {code} from {from:ip}: a passing trouble or an unconnected socket; the program is not told.',
    zh: '来自 {from:ip} 的 ICMP 类型 {type} 代码 {code}：属于可能恢复的问题，或者套接字没有 connect；不通知程序。',
    source: 'Linux 6.1 net/ipv4/udp.c, __udp4_lib_err(); net/ipv4/icmp.c, icmp_err_convert[]',
    notability: 2,
  },
  'udp.icmp-told': {
    en: 'ICMP type {type} code {code} from {from:ip}: process {pid} learns {errno} at its next call.',
    zh: '来自 {from:ip} 的 ICMP 类型 {type} 代码 {code}：进程 {pid} 下次调用时得到 {errno}。',
    source: 'Linux 6.1 net/ipv4/udp.c, __udp4_lib_err()',
    notability: 2,
  },
} as const satisfies ReasonTable;
