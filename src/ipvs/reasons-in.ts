/**
 * Why IPVS took, kept or refused a connection: services, entries, persistence, thresholds.
 * Comes from: core.ts, schedule.ts, conn.ts.  Goes to: reasons.ts.
 */
import type { ReasonTable } from '../host/index.ts';

const CORE = 'Linux 6.1 net/netfilter/ipvs/ip_vs_core.c';
const CONN = 'Linux 6.1 net/netfilter/ipvs/ip_vs_conn.c';
const CTL = 'Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c';
const TCP = 'Linux 6.1 net/netfilter/ipvs/ip_vs_proto_tcp.c';
const FULLNAT = 'Alibaba LVS v3 and DPVS; not part of mainline Linux';
const TABLE = 'IPVS table';
const CONN_TABLE = 'IPVS connection table';

export const inReasons = {
  'ipvs.service-by-mark': {
    en: 'The packet has mark {mark}: it belongs to the virtual service {svc} ({scheduler}, {servers} servers).',
    zh: '报文带有标记 {mark}，属于虚拟服务 {svc}（调度算法 {scheduler}，{servers} 台服务器）。',
    source: `${CTL}, ip_vs_service_find()`,
    notability: 2,
    decidedBy: TABLE,
  },
  'ipvs.service-by-address': {
    en: '{vip:ip}:{vport} is the virtual service {svc} ({scheduler}, {servers} servers).',
    zh: '{vip:ip}:{vport} 是虚拟服务 {svc}（调度算法 {scheduler}，{servers} 台服务器）。',
    source: `${CTL}, ip_vs_service_find()`,
    notability: 1,
    decidedBy: TABLE,
  },
  'ipvs.service-by-ftp': {
    en: 'Port {vport} may be an FTP data connection: the service {svc} takes it.',
    zh: '端口 {vport} 可能是 FTP 数据连接，归服务 {svc}。',
    source: `${CTL}, ip_vs_service_find()`,
    notability: 2,
    decidedBy: TABLE,
  },
  'ipvs.service-by-port-0': {
    en: '{vip:ip} has a service for all ports (port 0): {svc} takes port {vport}.',
    zh: '{vip:ip} 上有覆盖所有端口的服务（端口 0）：{svc} 接收端口 {vport}。',
    source: `${CTL}, ip_vs_service_find()`,
    notability: 2,
    decidedBy: TABLE,
  },
  'ipvs.no-service': {
    en: 'No virtual service for {vip:ip}:{vport} on {node}: the packet goes on to its own sockets.',
    zh: '{node} 上没有 {vip:ip}:{vport} 的虚拟服务，报文交给本机套接字。',
    source: `${CORE}, ip_vs_schedule()`,
    notability: 1,
    decidedBy: TABLE,
  },
  'ipvs.no-conn-no-syn': {
    en: 'IPVS knows no connection of {client:ip}:{cport}, and the packet is no SYN: it is not scheduled but left to the TCP of {node}, which will answer RST.',
    zh: 'IPVS 没有 {client:ip}:{cport} 的连接条目，而且这不是 SYN：不调度，交给 {node} 自己的 TCP，它会回 RST。',
    source: `${TCP}, tcp_conn_schedule()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.sloppy_tcp',
  },
  'ipvs.dropped-by-defence': {
    en: 'drop_packet={mode}: {node} throws away one of every {rate} new connections, this one.',
    zh: 'drop_packet={mode}：{node} 每 {rate} 个新连接丢弃一个，正是这一个。',
    source: `${CORE}, ip_vs_todrop()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.drop_packet',
  },
  'ipvs.entry-dropped-by-defence': {
    en: 'drop_entry: {node} throws the entry of {client:ip}:{cport} ({state}) out of its table to make room; the client is not told.',
    zh: 'drop_entry：{node} 为腾出空间，把 {client:ip}:{cport}（{state}）的条目从表中丢弃；客户端不会得到通知。',
    source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_conn.c, ip_vs_random_dropentry()',
    notability: 3,
    decidedBy: 'net.ipv4.vs.drop_entry',
  },
  'ipvs.conn-found': {
    en: '{client:ip}:{cport} has a connection already ({state}): it stays with {dest:ip}:{dport}.',
    zh: '{client:ip}:{cport} 已有连接条目（{state}），仍然去 {dest:ip}:{dport}。',
    source: `${CONN}, ip_vs_conn_in_get()`,
    notability: 1,
    decidedBy: CONN_TABLE,
  },
  'ipvs.conn-new': {
    en: 'New connection entry: {client:ip}:{cport} to {vip:ip}:{vport} goes to {dest:ip}:{dport}. The answers will come back through {node}.',
    zh: '新建连接条目：{client:ip}:{cport} 访问 {vip:ip}:{vport}，转到 {dest:ip}:{dport}。应答会经过 {node} 返回。',
    source: `${CONN}, ip_vs_conn_new()`,
    notability: 2,
    decidedBy: CONN_TABLE,
  },
  'ipvs.conn-new-half': {
    en: 'New connection entry: {client:ip}:{cport} to {vip:ip}:{vport} goes to {dest:ip}:{dport}. {node} will see only this half: the server answers the client directly.',
    zh: '新建连接条目：{client:ip}:{cport} 访问 {vip:ip}:{vport}，转到 {dest:ip}:{dport}。{node} 只看得到这一半：服务器直接应答客户端。',
    source: `${CONN}, ip_vs_conn_new()`,
    notability: 2,
    decidedBy: CONN_TABLE,
  },
  'ipvs.conn-state': {
    en: 'State of {client:ip}:{cport}: {from} → {to} by {flags} ({direction}); expires in {timeout} s.',
    zh: '{client:ip}:{cport} 的状态：{from} → {to}，因为 {flags}（{direction}）；{timeout} 秒后超时。',
    source: `${TCP}, set_tcp_state()`,
    notability: 1,
    decidedBy: CONN_TABLE,
  },
  'ipvs.conn-state-half': {
    en: "State of {client:ip}:{cport}: {from} → {to} by {flags}. {node} sees only the client's half, so it cannot tell when the server closes; expires in {timeout} s.",
    zh: '{client:ip}:{cport} 的状态：{from} → {to}，因为 {flags}。{node} 只看到客户端这一半，不知道服务器何时关闭；{timeout} 秒后超时。',
    source: `${TCP}, set_tcp_state()`,
    notability: 1,
    decidedBy: CONN_TABLE,
  },
  'ipvs.conn-expired': {
    en: 'The entry of {client:ip}:{cport} ({state}) has expired; the next packet would be scheduled anew.',
    zh: '{client:ip}:{cport} 的条目（{state}）已超时；下一个报文将重新调度。',
    source: `${CONN}, ip_vs_conn_expire()`,
    notability: 1,
    decidedBy: CONN_TABLE,
  },
  'ipvs.conn-port-reused': {
    en: 'A new SYN from {client:ip}:{cport}, whose old entry is {state}: it is let go and the SYN is scheduled anew.',
    zh: '{client:ip}:{cport} 来了新的 SYN，而旧条目处于 {state}：放弃旧条目，重新调度。',
    source: `${CORE}, is_new_conn_expected()`,
    notability: 2,
    decidedBy: 'net.ipv4.vs.conn_reuse_mode',
  },
  'ipvs.conn-left-weight-0': {
    en: '{dest:ip}:{dport} has weight 0 and expire_nodest_conn=1: the SYN of {client:ip}:{cport} is scheduled anew.',
    zh: '{dest:ip}:{dport} 权重为 0 且 expire_nodest_conn=1：{client:ip}:{cport} 的 SYN 重新调度。',
    source: `${CORE}, ip_vs_in_hook()`,
    notability: 2,
    decidedBy: 'net.ipv4.vs.expire_nodest_conn',
  },
  'ipvs.old-conntrack': {
    en: 'Connection tracking still knows the old connection of {client:ip}:{cport}: this packet is dropped, a repeated one will be scheduled.',
    zh: 'conntrack 仍保存 {client:ip}:{cport} 的旧连接：丢弃这个报文，重传的报文会重新调度。',
    source: `${CORE}, ip_vs_in_hook()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.conntrack',
  },
  'ipvs.server-deleted': {
    en: '{dest:ip}:{dport} was deleted while {client:ip}:{cport} is connected to it, and expire_nodest_conn=0: the packet is dropped silently.',
    zh: '{client:ip}:{cport} 连接着的 {dest:ip}:{dport} 已被删除，且 expire_nodest_conn=0：报文被静默丢弃。',
    source: `${CORE}, ip_vs_in_hook()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.expire_nodest_conn',
  },
  'ipvs.server-deleted-expire': {
    en: '{dest:ip}:{dport} was deleted and expire_nodest_conn=1: the connection of {client:ip}:{cport} ends here.',
    zh: '{dest:ip}:{dport} 已被删除且 expire_nodest_conn=1：{client:ip}:{cport} 的连接到此结束。',
    source: `${CORE}, ip_vs_in_hook()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.expire_nodest_conn',
  },
  'ipvs.no-destination': {
    en: '{svc} has no server that may take a connection: of {servers}, {zero} have weight 0 and {overload} are over their threshold. The client gets ICMP port unreachable.',
    zh: '{svc} 没有可用的服务器：共 {servers} 台，{zero} 台权重为 0，{overload} 台超过上限。客户端收到 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_leave()`,
    notability: 3,
    decidedBy: TABLE,
  },
  'ipvs.no-destination-empty': {
    en: '{svc} has no servers at all. The client gets ICMP port unreachable, as if nothing listened there.',
    zh: '{svc} 下没有任何服务器。客户端收到 ICMP 端口不可达，如同无人监听。',
    source: `${CORE}, ip_vs_leave()`,
    notability: 3,
    decidedBy: TABLE,
  },
  'ipvs.no-scheduler': {
    en: '{svc} has no scheduler (-s none): none of its {servers} servers is chosen. The client gets ICMP port unreachable.',
    zh: '{svc} 没有调度算法（-s none）：{servers} 台服务器中一台也不会选。客户端收到 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_schedule()`,
    notability: 3,
    decidedBy: 'ipvsadm -s',
  },
  'ipvs.no-destination-port': {
    en: 'Port {vport} fell to {svc}, which is not persistent and serves its own port only. The client gets ICMP port unreachable.',
    zh: '端口 {vport} 落到 {svc}，而它不是持久服务，只服务自己的端口。客户端收到 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_schedule()`,
    notability: 3,
    decidedBy: TABLE,
  },
  'ipvs.no-local-address': {
    en: '{svc} forwards by FullNAT but has no free local address and port (pool: {pool}). Add one with ipvsadm --add-laddr.',
    zh: '{svc} 使用 FullNAT，但没有空闲的本地地址和端口（地址池 {pool} 个）。用 ipvsadm --add-laddr 添加。',
    source: FULLNAT,
    notability: 3,
    decidedBy: TABLE,
  },
  'ipvs.no-conn-for-server': {
    en: 'The NAT server {rip:ip}:{rport} sends to {client:ip}, but there is no connection, and nat_icmp_send=1: it gets ICMP port unreachable.',
    zh: 'NAT 服务器 {rip:ip}:{rport} 发报文给 {client:ip}，但没有对应连接，且 nat_icmp_send=1：回 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_out_hook()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.nat_icmp_send',
  },
  'ipvs.kept-by-template': {
    en: 'Persistence: {client:ip} was here less than {timeout} s ago, so it goes to {rip:ip}:{rport} again (weight {weight} does not matter).',
    zh: '持久性：{client:ip} 在 {timeout} 秒内来过，仍去 {rip:ip}:{rport}（权重 {weight} 不影响）。',
    source: `${CORE}, ip_vs_sched_persist()`,
    notability: 3,
    decidedBy: 'persistence template',
  },
  'ipvs.template-new': {
    en: 'Persistence template: for {timeout} s new connections of {client:ip} go to {dest:ip}.',
    zh: '建立持久性模板：{timeout} 秒内 {client:ip} 的新连接都去 {dest:ip}。',
    source: `${CORE}, ip_vs_sched_persist()`,
    notability: 2,
    decidedBy: TABLE,
  },
  'ipvs.template-given-up': {
    en: 'The template of {client:ip} leads to {rip:ip}, which was deleted, or has weight 0 with expire_quiescent_template=1: it is given up.',
    zh: '{client:ip} 的模板指向 {rip:ip}，该服务器已删除，或权重为 0 且 expire_quiescent_template=1：放弃该模板。',
    source: `${CONN}, ip_vs_check_template()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.expire_quiescent_template',
  },
  'ipvs.template-prolonged': {
    en: 'The template of {client:ip} has run out, but {conns} connections are still listed under it: it stays for 60 s more.',
    zh: '{client:ip} 的模板到期，但其下仍有 {conns} 个连接：再保留 60 秒。',
    source: `${CONN}, ip_vs_conn_expire()`,
    notability: 2,
    decidedBy: 'persistence template',
  },
  'ipvs.template-expired': {
    en: 'The persistence template of {client:ip} has expired: its next connection is scheduled freely.',
    zh: '{client:ip} 的持久性模板已过期：下一个连接自由调度。',
    source: `${CONN}, ip_vs_conn_expire()`,
    notability: 2,
    decidedBy: 'persistence template',
  },
  'ipvs.dest-overload': {
    en: '{dest:ip}:{port} has {conns} connections and u-threshold {threshold}: it gets no new ones.',
    zh: '{dest:ip}:{port} 已有 {conns} 个连接，达到上限 u-threshold {threshold}：不再接收新连接。',
    source: `${CONN}, ip_vs_bind_dest()`,
    notability: 3,
    decidedBy: 'ipvsadm --u-threshold',
  },
  'ipvs.dest-overload-over': {
    en: '{dest:ip}:{port} is down to {conns} connections: it gets new ones again.',
    zh: '{dest:ip}:{port} 降到 {conns} 个连接：重新接收新连接。',
    source: `${CONN}, ip_vs_unbind_dest()`,
    notability: 2,
    decidedBy: 'ipvsadm --l-threshold',
  },
} as const satisfies ReasonTable;
