/** Decision records of sockets that are neither TCP nor UDP. */
import type { ReasonTable } from '../reason.ts';

export const socketReasons = {
  'socket.echo-reply': {
    en: 'Echo reply from {src:ip}, sequence number {seq}: handed to the program that asked (id {id}).',
    zh: '收到 {src:ip} 的回显应答，序号 {seq}：交给发出请求的程序（id {id}）。',
    source: 'Linux 6.1 net/ipv4/raw.c, raw_local_deliver()',
    notability: 2,
  },
  'socket.echo-reply-for-nobody': {
    en: 'Echo reply from {src:ip}, but no program on {node} reads ICMP.',
    zh: '收到 {src:ip} 的回显应答，但 {node} 上没有程序在读 ICMP。',
    source: 'Linux 6.1 net/ipv4/ping.c, ping_rcv()',
    notability: 2,
    kernel: 'NO_SOCKET',
  },
  'socket.raw-delivered': {
    en: 'A packet of protocol {proto} from {src:ip} goes to the program on {node} that speaks it.',
    zh: '来自 {src:ip} 的协议 {proto} 报文交给 {node} 上处理该协议的程序。',
    source: 'Linux 6.1 net/ipv4/raw.c, raw_local_deliver()',
    notability: 2,
  },
  'socket.sends-arp': {
    en: 'A program on {node} sends an ARP packet by itself, past the neighbour table and arptables.',
    zh: '{node} 上的程序自己发出 ARP 报文，不经过邻居表和 arptables。',
    source: 'Linux 6.1 net/packet/af_packet.c, packet_snd()',
    notability: 2,
  },
  'socket.sends-frame': {
    en: 'A program on {node} sends a frame as it is.',
    zh: '{node} 上的程序直接发出一个帧。',
    source: 'Linux 6.1 net/packet/af_packet.c, packet_snd()',
    notability: 1,
  },
} as const satisfies ReasonTable;
