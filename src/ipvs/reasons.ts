/**
 * Why IPVS did what it did: service and connection decisions, forwarding, answers, configuration.
 * Picks of schedulers stand in reasons-pick.ts.
 * Comes from: world/tables.ts.  Goes to: the event list, captions.
 */
import type { ReasonTable } from '../host/index.ts';
import { pickReasons } from './reasons-pick.ts';

const CORE = 'Linux 6.1 net/netfilter/ipvs/ip_vs_core.c';
const XMIT = 'Linux 6.1 net/netfilter/ipvs/ip_vs_xmit.c';
const CONN = 'Linux 6.1 net/netfilter/ipvs/ip_vs_conn.c';
const CTL = 'Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c';
const TCP = 'Linux 6.1 net/netfilter/ipvs/ip_vs_proto_tcp.c';
const SYNC = 'Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c';
const FULLNAT = 'Alibaba LVS v3 and DPVS; not part of mainline Linux';
const TABLE = 'IPVS table';
const CONN_TABLE = 'IPVS connection table';

const inReasons = {
  'ipvs.service-by-mark': {
    en: 'The packet has mark {mark}: it belongs to the virtual service {svc} ({scheduler}, {servers} servers).',
    zh: '包带有标记 {mark}，属于虚拟服务 {svc}（调度器 {scheduler}，{servers} 台服务器）。',
    source: `${CTL}, ip_vs_service_find()`, notability: 2, decidedBy: TABLE,
  },
  'ipvs.service-by-address': {
    en: '{vip:ip}:{vport} is the virtual service {svc} ({scheduler}, {servers} servers).',
    zh: '{vip:ip}:{vport} 是虚拟服务 {svc}（调度器 {scheduler}，{servers} 台服务器）。',
    source: `${CTL}, ip_vs_service_find()`, notability: 1, decidedBy: TABLE,
  },
  'ipvs.service-by-ftp': {
    en: 'Port {vport} may be an FTP data connection: the service {svc} takes it.',
    zh: '端口 {vport} 可能是 FTP 数据连接，归服务 {svc}。',
    source: `${CTL}, ip_vs_service_find()`, notability: 2, decidedBy: TABLE,
  },
  'ipvs.service-by-port-0': {
    en: '{vip:ip} has a service for all ports (port 0): {svc} takes port {vport}.',
    zh: '{vip:ip} 上有覆盖所有端口的服务（端口 0）：{svc} 接收端口 {vport}。',
    source: `${CTL}, ip_vs_service_find()`, notability: 2, decidedBy: TABLE,
  },
  'ipvs.no-service': {
    en: 'No virtual service for {vip:ip}:{vport} on {node}: the packet goes on to its own sockets.',
    zh: '{node} 上没有 {vip:ip}:{vport} 的虚拟服务，包交给本机套接字。',
    source: `${CORE}, ip_vs_schedule()`, notability: 1, decidedBy: TABLE,
  },
  'ipvs.no-conn-no-syn': {
    en: 'IPVS knows no connection of {client:ip}:{cport}, and the packet is no SYN: it is not scheduled but left to the TCP of {node}, which will answer RST.',
    zh: 'IPVS 没有 {client:ip}:{cport} 的连接条目，而且这不是 SYN：不调度，交给 {node} 自己的 TCP，它会回 RST。',
    source: `${TCP}, tcp_conn_schedule()`, notability: 3, decidedBy: 'net.ipv4.vs.sloppy_tcp',
  },
  'ipvs.dropped-by-defence': {
    en: 'drop_packet=3: {node} throws away one of every {rate} new connections, this one.',
    zh: 'drop_packet=3：{node} 每 {rate} 个新连接丢弃一个，正是这一个。',
    source: `${CORE}, ip_vs_todrop()`, notability: 3, decidedBy: 'net.ipv4.vs.drop_packet',
  },
  'ipvs.conn-found': {
    en: '{client:ip}:{cport} has a connection already ({state}): it stays with {dest:ip}:{dport}.',
    zh: '{client:ip}:{cport} 已有连接条目（{state}），仍然去 {dest:ip}:{dport}。',
    source: `${CONN}, ip_vs_conn_in_get()`, notability: 1, decidedBy: CONN_TABLE,
  },
  'ipvs.conn-new': {
    en: 'New connection entry: {client:ip}:{cport} to {vip:ip}:{vport} goes to {dest:ip}:{dport}. The answers will come back through {node}.',
    zh: '新建连接条目：{client:ip}:{cport} 访问 {vip:ip}:{vport}，转到 {dest:ip}:{dport}。应答会经过 {node} 返回。',
    source: `${CONN}, ip_vs_conn_new()`, notability: 2, decidedBy: CONN_TABLE,
  },
  'ipvs.conn-new-half': {
    en: 'New connection entry: {client:ip}:{cport} to {vip:ip}:{vport} goes to {dest:ip}:{dport}. {node} will see only this half: the server answers the client directly.',
    zh: '新建连接条目：{client:ip}:{cport} 访问 {vip:ip}:{vport}，转到 {dest:ip}:{dport}。{node} 只看得到这一半：服务器直接应答客户端。',
    source: `${CONN}, ip_vs_conn_new()`, notability: 2, decidedBy: CONN_TABLE,
  },
  'ipvs.conn-state': {
    en: 'State of {client:ip}:{cport}: {from} → {to} by {flags} ({direction}); expires in {timeout} s.',
    zh: '{client:ip}:{cport} 的状态：{from} → {to}，因为 {flags}（{direction}）；{timeout} 秒后超时。',
    source: `${TCP}, set_tcp_state()`, notability: 1, decidedBy: CONN_TABLE,
  },
  'ipvs.conn-state-half': {
    en: "State of {client:ip}:{cport}: {from} → {to} by {flags}. {node} sees only the client's half, so it cannot tell when the server closes; expires in {timeout} s.",
    zh: '{client:ip}:{cport} 的状态：{from} → {to}，因为 {flags}。{node} 只看到客户端这一半，不知道服务器何时关闭；{timeout} 秒后超时。',
    source: `${TCP}, set_tcp_state()`, notability: 1, decidedBy: CONN_TABLE,
  },
  'ipvs.conn-expired': {
    en: 'The entry of {client:ip}:{cport} ({state}) has expired; the next packet would be scheduled anew.',
    zh: '{client:ip}:{cport} 的条目（{state}）已超时；下一个包将重新调度。',
    source: `${CONN}, ip_vs_conn_expire()`, notability: 1, decidedBy: CONN_TABLE,
  },
  'ipvs.conn-port-reused': {
    en: 'A new SYN from {client:ip}:{cport}, whose old entry is {state}: it is let go and the SYN is scheduled anew.',
    zh: '{client:ip}:{cport} 来了新的 SYN，而旧条目处于 {state}：放弃旧条目，重新调度。',
    source: `${CORE}, is_new_conn_expected()`, notability: 2, decidedBy: 'net.ipv4.vs.conn_reuse_mode',
  },
  'ipvs.conn-left-weight-0': {
    en: '{dest:ip}:{dport} has weight 0 and expire_nodest_conn=1: the SYN of {client:ip}:{cport} is scheduled anew.',
    zh: '{dest:ip}:{dport} 权重为 0 且 expire_nodest_conn=1：{client:ip}:{cport} 的 SYN 重新调度。',
    source: `${CORE}, ip_vs_in_hook()`, notability: 2, decidedBy: 'net.ipv4.vs.expire_nodest_conn',
  },
  'ipvs.old-conntrack': {
    en: 'Connection tracking still knows the old connection of {client:ip}:{cport}: this packet is dropped, a repeated one will be scheduled.',
    zh: 'conntrack 仍保存 {client:ip}:{cport} 的旧连接：丢弃这个包，重传的包会重新调度。',
    source: `${CORE}, ip_vs_in_hook()`, notability: 3, decidedBy: 'net.ipv4.vs.conntrack',
  },
  'ipvs.server-deleted': {
    en: '{dest:ip}:{dport} was deleted while {client:ip}:{cport} is connected to it, and expire_nodest_conn=0: the packet is dropped silently.',
    zh: '{client:ip}:{cport} 连接着的 {dest:ip}:{dport} 已被删除，且 expire_nodest_conn=0：包被静默丢弃。',
    source: `${CORE}, ip_vs_in_hook()`, notability: 3, decidedBy: 'net.ipv4.vs.expire_nodest_conn',
  },
  'ipvs.server-deleted-expire': {
    en: '{dest:ip}:{dport} was deleted and expire_nodest_conn=1: the connection of {client:ip}:{cport} ends here.',
    zh: '{dest:ip}:{dport} 已被删除且 expire_nodest_conn=1：{client:ip}:{cport} 的连接到此结束。',
    source: `${CORE}, ip_vs_in_hook()`, notability: 3, decidedBy: 'net.ipv4.vs.expire_nodest_conn',
  },
  'ipvs.no-destination': {
    en: '{svc} has no server that may take a connection: of {servers}, {zero} have weight 0 and {overload} are over their threshold. The client gets ICMP port unreachable.',
    zh: '{svc} 没有可用的服务器：共 {servers} 台，{zero} 台权重为 0，{overload} 台超过上限。客户端收到 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_leave()`, notability: 3, decidedBy: TABLE,
  },
  'ipvs.no-destination-empty': {
    en: '{svc} has no servers at all. The client gets ICMP port unreachable, as if nothing listened there.',
    zh: '{svc} 下没有任何服务器。客户端收到 ICMP 端口不可达，如同无人监听。',
    source: `${CORE}, ip_vs_leave()`, notability: 3, decidedBy: TABLE,
  },
  'ipvs.no-destination-port': {
    en: 'Port {vport} fell to {svc}, which is not persistent and serves its own port only. The client gets ICMP port unreachable.',
    zh: '端口 {vport} 落到 {svc}，而它不是持久服务，只服务自己的端口。客户端收到 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_schedule()`, notability: 3, decidedBy: TABLE,
  },
  'ipvs.no-local-address': {
    en: '{svc} forwards by FullNAT but has no free local address and port (pool: {pool}). Add one with ipvsadm --add-laddr.',
    zh: '{svc} 使用 FullNAT，但没有空闲的本地地址和端口（地址池 {pool} 个）。用 ipvsadm --add-laddr 添加。',
    source: FULLNAT, notability: 3, decidedBy: TABLE,
  },
  'ipvs.no-conn-for-server': {
    en: 'The NAT server {rip:ip}:{rport} sends to {client:ip}, but there is no connection, and nat_icmp_send=1: it gets ICMP port unreachable.',
    zh: 'NAT 服务器 {rip:ip}:{rport} 发包给 {client:ip}，但没有对应连接，且 nat_icmp_send=1：回 ICMP 端口不可达。',
    source: `${CORE}, ip_vs_out_hook()`, notability: 3, decidedBy: 'net.ipv4.vs.nat_icmp_send',
  },
  'ipvs.kept-by-template': {
    en: 'Persistence: {client:ip} was here less than {timeout} s ago, so it goes to {rip:ip}:{rport} again (weight {weight} does not matter).',
    zh: '持久性：{client:ip} 在 {timeout} 秒内来过，仍去 {rip:ip}:{rport}（权重 {weight} 不影响）。',
    source: `${CORE}, ip_vs_sched_persist()`, notability: 3, decidedBy: 'persistence template',
  },
  'ipvs.template-new': {
    en: 'Persistence template: for {timeout} s new connections of {client:ip} go to {dest:ip}.',
    zh: '建立持久性模板：{timeout} 秒内 {client:ip} 的新连接都去 {dest:ip}。',
    source: `${CORE}, ip_vs_sched_persist()`, notability: 2, decidedBy: TABLE,
  },
  'ipvs.template-given-up': {
    en: 'The template of {client:ip} leads to {rip:ip}, which was deleted, or has weight 0 with expire_quiescent_template=1: it is given up.',
    zh: '{client:ip} 的模板指向 {rip:ip}，该服务器已删除，或权重为 0 且 expire_quiescent_template=1：放弃该模板。',
    source: `${CONN}, ip_vs_check_template()`, notability: 3, decidedBy: 'net.ipv4.vs.expire_quiescent_template',
  },
  'ipvs.template-prolonged': {
    en: 'The template of {client:ip} has run out, but {conns} connections are still listed under it: it stays for 60 s more.',
    zh: '{client:ip} 的模板到期，但其下仍有 {conns} 个连接：再保留 60 秒。',
    source: `${CONN}, ip_vs_conn_expire()`, notability: 2, decidedBy: 'persistence template',
  },
  'ipvs.template-expired': {
    en: 'The persistence template of {client:ip} has expired: its next connection is scheduled freely.',
    zh: '{client:ip} 的持久性模板已过期：下一个连接自由调度。',
    source: `${CONN}, ip_vs_conn_expire()`, notability: 2, decidedBy: 'persistence template',
  },
  'ipvs.dest-overload': {
    en: '{dest:ip}:{port} has {conns} connections and u-threshold {threshold}: it gets no new ones.',
    zh: '{dest:ip}:{port} 已有 {conns} 个连接，达到上限 u-threshold {threshold}：不再接收新连接。',
    source: `${CONN}, ip_vs_bind_dest()`, notability: 3, decidedBy: 'ipvsadm --u-threshold',
  },
  'ipvs.dest-overload-over': {
    en: '{dest:ip}:{port} is down to {conns} connections: it gets new ones again.',
    zh: '{dest:ip}:{port} 降到 {conns} 个连接：重新接收新连接。',
    source: `${CONN}, ip_vs_unbind_dest()`, notability: 2, decidedBy: 'ipvsadm --l-threshold',
  },
} as const satisfies ReasonTable;

const xmitReasons = {
  'ipvs.sent-dr': {
    en: 'DR: to {rip:ip} in a frame for its MAC. The addresses stay ({vip:ip} is still the target); only the TTL goes down to {ttl}.',
    zh: 'DR：装入发给 {rip:ip} 的 MAC 的帧。IP 地址不变（目的仍是 {vip:ip}），只有 TTL 减为 {ttl}。',
    source: `${XMIT}, ip_vs_dr_xmit()`, notability: 3, decidedBy: 'ipvsadm -g',
  },
  'ipvs.sent-nat': {
    en: 'NAT: the target {vip:ip} becomes {rip:ip}. The source stays {client:ip}, so the answer must come back through {node}.',
    zh: 'NAT：目的地址 {vip:ip} 改为 {rip:ip}。源地址仍是 {client:ip}，所以应答必须经过 {node} 返回。',
    source: `${XMIT}, ip_vs_nat_xmit()`, notability: 3, decidedBy: 'ipvsadm -m',
  },
  'ipvs.sent-nat-port': {
    en: 'NAT: the target {vip:ip}:{vport} becomes {rip:ip}:{rport}. The source stays {client:ip}, so the answer must come back through {node}.',
    zh: 'NAT：目的 {vip:ip}:{vport} 改为 {rip:ip}:{rport}。源地址仍是 {client:ip}，所以应答必须经过 {node} 返回。',
    source: `${XMIT}, ip_vs_nat_xmit()`, notability: 3, decidedBy: 'ipvsadm -m',
  },
  'ipvs.sent-tun': {
    en: 'TUN: the packet is wrapped into one from {src:ip} to {rip:ip} ({len} bytes). Inside, the target is still {vip:ip}.',
    zh: 'TUN：把包封装进从 {src:ip} 到 {rip:ip} 的 IPIP 包（{len} 字节）。内层目的仍是 {vip:ip}。',
    source: `${XMIT}, ip_vs_tunnel_xmit()`, notability: 3, decidedBy: 'ipvsadm -i',
  },
  'ipvs.sent-bypass': {
    en: 'cache_bypass: the packet goes to {target:ip}, where the client wanted it to go.',
    zh: 'cache_bypass：包直接发往客户端原本要访问的 {target:ip}。',
    source: `${XMIT}, ip_vs_bypass_xmit()`, notability: 3, decidedBy: 'net.ipv4.vs.cache_bypass',
  },
  'ipvs.sent-fullnat': {
    en: 'FullNAT (not in mainline Linux): source {client:ip}:{cport} becomes {lip:ip}:{lport}, the target becomes {rip:ip}:{rport}.',
    zh: 'FullNAT（不在主线内核中）：源 {client:ip}:{cport} 改为 {lip:ip}:{lport}，目的改为 {rip:ip}:{rport}。',
    source: FULLNAT, notability: 3, decidedBy: 'ipvsadm --fullnat',
  },
  'ipvs.sent-fullnat-toa': {
    en: 'FullNAT (not in mainline Linux): source becomes {lip:ip}:{lport}, target {rip:ip}:{rport}; TCP option 254 (TOA) carries {client:ip}:{cport}.',
    zh: 'FullNAT（不在主线内核中）：源改为 {lip:ip}:{lport}，目的改为 {rip:ip}:{rport}；TCP 选项 254（TOA）携带 {client:ip}:{cport}。',
    source: FULLNAT, notability: 3, decidedBy: 'ipvsadm --fullnat',
  },
  'ipvs.local-server': {
    en: 'The chosen server {rip:ip} is {node} itself: the packet goes on to its own sockets.',
    zh: '选中的服务器 {rip:ip} 就是 {node} 自己：包交给本机套接字。',
    source: `${XMIT}, ip_vs_send_or_cont()`, notability: 2, decidedBy: 'route table local',
  },
  'ipvs.no-route-to-server': {
    en: '{node} has no route to the server {rip:ip}: dropped, the client gets ICMP host unreachable.',
    zh: '{node} 没有到服务器 {rip:ip} 的路由：丢弃，客户端收到 ICMP 主机不可达。',
    source: `${XMIT}, __ip_vs_get_out_rt()`, notability: 3, decidedBy: 'route table main',
  },
  'ipvs.local-server-not-possible': {
    en: 'The server {rip:ip} is {node} itself, but the packet was not addressed to {node}: dropped.',
    zh: '服务器 {rip:ip} 就是 {node} 自己，但这个包不是发给 {node} 的：丢弃。',
    source: `${XMIT}, crosses_local_route_boundary()`, notability: 3, decidedBy: 'route table local',
  },
  'ipvs.loopback-source': {
    en: 'A packet from {src:ip} must not leave the host towards {rip:ip}: dropped.',
    zh: '源地址为 {src:ip} 的包不能离开本机发往 {rip:ip}：丢弃。',
    source: `${XMIT}, crosses_local_route_boundary()`, notability: 3,
  },
  'ipvs.nat-to-loopback': {
    en: 'A packet from outside must not be translated to the loopback address {rip:ip}: dropped.',
    zh: '来自外部的包不能改写到回环地址 {rip:ip}：丢弃。',
    source: `${XMIT}, ip_vs_nat_xmit()`, notability: 3,
  },
  'ipvs.ttl-expired': {
    en: 'IPVS takes one off the TTL like a router, and {ttl} is all there is: dropped, the client gets ICMP time exceeded.',
    zh: 'IPVS 像路由器一样把 TTL 减一，而 TTL 只剩 {ttl}：丢弃，客户端收到 ICMP 超时。',
    source: `${XMIT}, decrement_ttl()`, notability: 3,
  },
  'ipvs.too-long': {
    en: '{len} bytes with DF do not fit the MTU {mtu} of the way to the server: dropped, the client gets fragmentation needed.',
    zh: '{len} 字节且带 DF，超过到服务器路径的 MTU {mtu}：丢弃，客户端收到“需要分片”。',
    source: `${XMIT}, ensure_mtu_is_adequate()`, notability: 3, decidedBy: 'MTU',
  },
  'ipvs.too-long-for-tunnel': {
    en: 'With the 20 bytes of the tunnel header only {mtu} bytes fit, the packet has {len} and DF: dropped, the client gets fragmentation needed.',
    zh: '隧道头占 20 字节，只容得下 {mtu} 字节，而包有 {len} 字节且带 DF：丢弃，客户端收到“需要分片”。',
    source: `${XMIT}, ensure_mtu_is_adequate()`, notability: 3, decidedBy: 'net.ipv4.vs.pmtu_disc',
  },
  'ipvs.tunnel-mtu-too-small': {
    en: 'The way to the server leaves only {mtu} bytes inside the tunnel: dropped.',
    zh: '到服务器的路径在隧道内只剩 {mtu} 字节：丢弃。',
    source: `${XMIT}, __ip_vs_get_out_rt()`, notability: 3, decidedBy: 'MTU',
  },
  'ipvs.tunnel-type-not-modelled': {
    en: 'The server {rip:ip} wants packets in {type}; the lab can only wrap into IPIP. Dropped.',
    zh: '服务器 {rip:ip} 要求 {type} 封装，本实验环境只支持 IPIP：丢弃。',
    source: `${XMIT}, ip_vs_tunnel_xmit()`, notability: 3, decidedBy: 'ipvsadm --tun-type',
  },
  'ipvs.reply-translated': {
    en: "NAT: the answer's source {rip:ip}:{rport} becomes {vip:ip}:{vport}, which is what {client:ip} asked.",
    zh: 'NAT：应答的源 {rip:ip}:{rport} 改回 {vip:ip}:{vport}，即 {client:ip} 访问的地址。',
    source: `${CORE}, handle_response()`, notability: 3, decidedBy: CONN_TABLE,
  },
  'ipvs.reply-translated-fullnat': {
    en: 'FullNAT (not in mainline Linux): the answer to {lip:ip}:{lport} goes from {vip:ip}:{vport} to {client:ip}:{cport}.',
    zh: 'FullNAT（不在主线内核中）：发往 {lip:ip}:{lport} 的应答改为从 {vip:ip}:{vport} 发给 {client:ip}:{cport}。',
    source: FULLNAT, notability: 3, decidedBy: CONN_TABLE,
  },
  'ipvs.no-route-for-reply': {
    en: '{node} has no route from {vip:ip} to {client:ip} for the translated answer: dropped.',
    zh: '改写后的应答从 {vip:ip} 到 {client:ip} 没有路由：丢弃。',
    source: `${CORE}, ip_vs_route_me_harder()`, notability: 3, decidedBy: 'net.ipv4.vs.snat_reroute',
  },
  'ipvs.icmp-for-server': {
    en: 'The ICMP error is about an answer of {dest:ip}: it goes on to that server.',
    zh: '这个 ICMP 差错与 {dest:ip} 的应答有关：转给该服务器。',
    source: `${CORE}, ip_vs_in_icmp()`, notability: 2, decidedBy: CONN_TABLE,
  },
  'ipvs.icmp-translated-in': {
    en: 'NAT: the error, and the packet it quotes, get the address of {dest:ip}, which knows nothing of {vip:ip}.',
    zh: 'NAT：差错及其引用的包改为 {dest:ip} 的地址，因为它不知道 {vip:ip}。',
    source: `${CORE}, ip_vs_nat_icmp()`, notability: 2, decidedBy: CONN_TABLE,
  },
  'ipvs.icmp-translated-out': {
    en: 'NAT: the error of {dest:ip}, and the packet it quotes, get the address {vip:ip}, which is all that {client:ip} knows.',
    zh: 'NAT：{dest:ip} 发出的差错及其引用的包改为 {vip:ip}，因为 {client:ip} 只认识它。',
    source: `${CORE}, ip_vs_nat_icmp()`, notability: 2, decidedBy: CONN_TABLE,
  },
  'ipvs.tunnel-error-relayed': {
    en: 'The error is about a tunnel packet to {rip:ip}: {node} makes an error of it about the packet of {client:ip}, in the name of {vip:ip}.',
    zh: '差错针对发往 {rip:ip} 的隧道包：{node} 以 {vip:ip} 的名义，改为针对 {client:ip} 原包的差错。',
    source: `${CORE}, ip_vs_in_icmp()`, notability: 3, decidedBy: CONN_TABLE,
  },
  'ipvs.tunnel-mtu-learnt': {
    en: 'The tunnel to {rip:ip} takes packets up to {mtu} bytes; the client did not set DF, so it is not told.',
    zh: '到 {rip:ip} 的隧道最大 {mtu} 字节；客户端没有置 DF，所以不通知它。',
    source: `${CORE}, ip_vs_in_icmp()`, notability: 2, decidedBy: 'route exceptions',
  },
} as const satisfies ReasonTable;

const ctlReasons = {
  'ipvs.service-added': {
    en: 'Virtual service {svc} added, scheduler {scheduler}.', zh: '添加虚拟服务 {svc}，调度器 {scheduler}。',
    source: `${CTL}, ip_vs_add_service()`, notability: 1, decidedBy: 'ipvsadm -A',
  },
  'ipvs.service-edited': {
    en: 'Virtual service {svc} changed: scheduler {scheduler}, persistence {persist} s.', zh: '修改虚拟服务 {svc}：调度器 {scheduler}，持久 {persist} 秒。',
    source: `${CTL}, ip_vs_edit_service()`, notability: 1, decidedBy: 'ipvsadm -E',
  },
  'ipvs.service-deleted': {
    en: 'Virtual service {svc} deleted; its connection entries stay until they expire.', zh: '删除虚拟服务 {svc}；其连接条目保留到超时。',
    source: `${CTL}, ip_vs_del_service()`, notability: 2, decidedBy: 'ipvsadm -D',
  },
  'ipvs.dest-added': {
    en: 'Real server {rip:ip}:{rport} added to {svc} ({fwd}, weight {weight}), at the head of the list.', zh: '{svc} 添加服务器 {rip:ip}:{rport}（{fwd}，权重 {weight}），排在列表最前。',
    source: `${CTL}, ip_vs_add_dest()`, notability: 1, decidedBy: 'ipvsadm -a',
  },
  'ipvs.dest-edited': {
    en: 'Real server {rip:ip}:{rport} of {svc} changed: {fwd}, weight {weight}.', zh: '修改 {svc} 的服务器 {rip:ip}:{rport}：{fwd}，权重 {weight}。',
    source: `${CTL}, ip_vs_edit_dest()`, notability: 2, decidedBy: 'ipvsadm -e',
  },
  'ipvs.dest-deleted': {
    en: 'Real server {rip:ip}:{rport} deleted from {svc}; {conns} connections still refer to it.', zh: '从 {svc} 删除服务器 {rip:ip}:{rport}；仍有 {conns} 个连接指向它。',
    source: `${CTL}, ip_vs_del_dest()`, notability: 2, decidedBy: 'ipvsadm -d',
  },
  'ipvs.dest-from-trash': {
    en: '{rip:ip}:{rport} was deleted a short time ago: it comes back with its {active} active and {inactive} inactive connections.', zh: '{rip:ip}:{rport} 刚被删除不久：连同 {active} 个活动、{inactive} 个非活动连接一起恢复。',
    source: `${CTL}, ip_vs_trash_get_dest()`, notability: 2, decidedBy: 'ipvsadm -a',
  },
  'ipvs.timeouts-set': {
    en: 'Timeouts: established TCP {tcp} s, after FIN {tcpfin} s, UDP {udp} s.', zh: '超时：TCP 已建立 {tcp} 秒，FIN 之后 {tcpfin} 秒，UDP {udp} 秒。',
    source: `${CTL}, ip_vs_set_timeout()`, notability: 1, decidedBy: 'ipvsadm --set',
  },
  'ipvs.laddr-added': {
    en: 'FullNAT (not in mainline Linux): {lip:ip} added to the pool of {svc}, which has {pool} addresses now.', zh: 'FullNAT（不在主线内核中）：{lip:ip} 加入 {svc} 的本地地址池，现有 {pool} 个地址。',
    source: FULLNAT, notability: 1, decidedBy: 'ipvsadm --add-laddr',
  },
} as const satisfies ReasonTable;

const syncReasons = {
  'ipvs.sync-daemon-started': {
    en: 'Synchronisation daemon ({role}, syncid {syncid}) started on {dev}.', zh: '在 {dev} 上启动同步守护进程（{role}，syncid {syncid}）。',
    source: `${SYNC}, start_sync_thread()`, notability: 1, decidedBy: 'ipvsadm --start-daemon',
  },
  'ipvs.sync-daemon-stopped': {
    en: 'Synchronisation daemon ({role}) stopped.', zh: '停止同步守护进程（{role}）。',
    source: `${SYNC}, stop_sync_thread()`, notability: 1, decidedBy: 'ipvsadm --stop-daemon',
  },
  'ipvs.sync-noted': {
    en: 'The connection of {client:ip}:{cport} ({state}) is put into the next message to the backup.', zh: '{client:ip}:{cport} 的连接（{state}）写入下一条发给备份的同步消息。',
    source: `${SYNC}, ip_vs_sync_conn()`, notability: 1, decidedBy: 'net.ipv4.vs.sync_threshold',
  },
  'ipvs.sync-sent': {
    en: '{node} tells the backup of {conns} connections ({bytes} bytes, syncid {syncid}).', zh: '{node} 向备份通告 {conns} 个连接（{bytes} 字节，syncid {syncid}）。',
    source: `${SYNC}, ip_vs_send_sync_msg()`, notability: 2,
  },
  'ipvs.sync-received': {
    en: '{node} learns {conns} connections from the master.', zh: '{node} 从主节点学到 {conns} 个连接。',
    source: `${SYNC}, ip_vs_process_message()`, notability: 2,
  },
  'ipvs.sync-malformed': {
    en: 'The datagram is no synchronisation message of version 1: dropped.', zh: '该数据报不是版本 1 的同步消息：丢弃。',
    source: `${SYNC}, ip_vs_process_message()`, notability: 3,
  },
  'ipvs.sync-other-id': {
    en: 'The message has syncid {syncid}, this backup listens to {own}: dropped.', zh: '消息的 syncid 为 {syncid}，本备份只接收 {own}：丢弃。',
    source: `${SYNC}, ip_vs_process_message()`, notability: 3, decidedBy: 'ipvsadm --syncid',
  },
  'ipvs.sync-conn-new': {
    en: 'From the master: {client:ip}:{cport} is connected to {dest:ip}:{dport} ({state}).', zh: '来自主节点：{client:ip}:{cport} 连接着 {dest:ip}:{dport}（{state}）。',
    source: `${SYNC}, ip_vs_proc_conn()`, notability: 2, decidedBy: CONN_TABLE,
  },
  'ipvs.sync-conn-updated': {
    en: 'From the master: the connection of {client:ip}:{cport} is {state} now.', zh: '来自主节点：{client:ip}:{cport} 的连接现为 {state}。',
    source: `${SYNC}, ip_vs_proc_conn()`, notability: 1, decidedBy: CONN_TABLE,
  },
} as const satisfies ReasonTable;

export const ipvsReasons = { ...inReasons, ...xmitReasons, ...ctlReasons, ...syncReasons, ...pickReasons } as const satisfies ReasonTable;
