/**
 * What changed in the IPVS table, and what the synchronisation daemons did.
 * Comes from: ctl.ts, trash.ts, sync/.  Goes to: reasons.ts.
 */
import type { ReasonTable } from '../host/index.ts';

const CTL = 'Linux 6.1 net/netfilter/ipvs/ip_vs_ctl.c';
const SYNC = 'Linux 6.1 net/netfilter/ipvs/ip_vs_sync.c';
const FULLNAT = 'Alibaba LVS v3 and DPVS; not part of mainline Linux';
const CONN_TABLE = 'IPVS connection table';

export const ctlReasons = {
  'ipvs.service-added': {
    en: 'Virtual service {svc} added, scheduler {scheduler}.',
    zh: '添加虚拟服务 {svc}，调度算法 {scheduler}。',
    source: `${CTL}, ip_vs_add_service()`,
    notability: 1,
    decidedBy: 'ipvsadm -A',
  },
  'ipvs.service-added-ipv6': {
    en: 'Virtual service {svc} added, scheduler {scheduler}. The lab has no IPv6 packets: the service is listed, but nothing reaches it.',
    zh: '添加虚拟服务 {svc}，调度算法 {scheduler}。本实验环境没有 IPv6 报文：该服务只能列出，不会有流量到达。',
    source: `${CTL}, ip_vs_add_service()`,
    notability: 2,
    decidedBy: 'ipvsadm -A',
  },
  'ipvs.service-edited': {
    en: 'Virtual service {svc} changed: scheduler {scheduler}, persistence {persist} s.',
    zh: '修改虚拟服务 {svc}：调度算法 {scheduler}，持久 {persist} 秒。',
    source: `${CTL}, ip_vs_edit_service()`,
    notability: 1,
    decidedBy: 'ipvsadm -E',
  },
  'ipvs.service-deleted': {
    en: 'Virtual service {svc} deleted; its connection entries stay until they expire.',
    zh: '删除虚拟服务 {svc}；其连接条目保留到超时。',
    source: `${CTL}, ip_vs_del_service()`,
    notability: 2,
    decidedBy: 'ipvsadm -D',
  },
  'ipvs.dest-added': {
    en: 'Real server {server} added to {svc} ({fwd}, weight {weight}), at the head of the list.',
    zh: '{svc} 添加服务器 {server}（{fwd}，权重 {weight}），排在列表最前。',
    source: `${CTL}, ip_vs_add_dest()`,
    notability: 1,
    decidedBy: 'ipvsadm -a',
  },
  'ipvs.dest-edited': {
    en: 'Real server {server} of {svc} changed: {fwd}, weight {weight}.',
    zh: '修改 {svc} 的服务器 {server}：{fwd}，权重 {weight}。',
    source: `${CTL}, ip_vs_edit_dest()`,
    notability: 2,
    decidedBy: 'ipvsadm -e',
  },
  'ipvs.dest-deleted': {
    en: 'Real server {server} deleted from {svc}; {conns} connections still refer to it.',
    zh: '从 {svc} 删除服务器 {server}；仍有 {conns} 个连接指向它。',
    source: `${CTL}, ip_vs_del_dest()`,
    notability: 2,
    decidedBy: 'ipvsadm -d',
  },
  'ipvs.dest-from-trash': {
    en: '{server} was deleted a short time ago: it comes back with its {active} active and {inactive} inactive connections.',
    zh: '{server} 刚被删除不久：连同 {active} 个活动、{inactive} 个非活动连接一起恢复。',
    source: `${CTL}, ip_vs_trash_get_dest()`,
    notability: 2,
    decidedBy: 'ipvsadm -a',
  },
  'ipvs.timeouts-set': {
    en: 'Timeouts: established TCP {tcp} s, after FIN {tcpfin} s, UDP {udp} s.',
    zh: '超时：TCP 已建立 {tcp} 秒，FIN 之后 {tcpfin} 秒，UDP {udp} 秒。',
    source: `${CTL}, ip_vs_set_timeout()`,
    notability: 1,
    decidedBy: 'ipvsadm --set',
  },
  'ipvs.laddr-added': {
    en: 'FullNAT (not in mainline Linux): {lip:ip} added to the pool of {svc}; addresses in it: {pool}.',
    zh: 'FullNAT（不在主线内核中）：{lip:ip} 加入 {svc} 的本地地址池，现有 {pool} 个地址。',
    source: FULLNAT,
    notability: 1,
    decidedBy: 'ipvsadm --add-laddr',
  },
} as const satisfies ReasonTable;

export const syncReasons = {
  'ipvs.sync-daemon-started': {
    en: 'Synchronisation daemon ({role}, syncid {syncid}) started on {dev}.',
    zh: '在 {dev} 上启动同步守护进程（{role}，syncid {syncid}）。',
    source: `${SYNC}, start_sync_thread()`,
    notability: 1,
    decidedBy: 'ipvsadm --start-daemon',
  },
  'ipvs.sync-daemon-stopped': {
    en: 'Synchronisation daemon ({role}) stopped.',
    zh: '停止同步守护进程（{role}）。',
    source: `${SYNC}, stop_sync_thread()`,
    notability: 1,
    decidedBy: 'ipvsadm --stop-daemon',
  },
  'ipvs.sync-noted': {
    en: 'The connection of {client:ip}:{cport} ({state}) is put into the next message to the backup.',
    zh: '{client:ip}:{cport} 的连接（{state}）写入下一条发给备份的同步消息。',
    source: `${SYNC}, ip_vs_sync_conn()`,
    notability: 1,
    decidedBy: 'net.ipv4.vs.sync_threshold',
  },
  'ipvs.sync-queue-full': {
    en: '{queued} synchronisation messages wait already: one about {conns} connections is thrown away.',
    zh: '已有 {queued} 条同步消息在排队：丢弃一条包含 {conns} 个连接的消息。',
    source: `${SYNC}, sb_queue_tail()`,
    notability: 3,
    decidedBy: 'net.ipv4.vs.sync_qlen_max',
  },
  'ipvs.sync-sent': {
    en: '{node} tells the backup of {conns} connections ({bytes} bytes, syncid {syncid}).',
    zh: '{node} 向备份通告 {conns} 个连接（{bytes} 字节，syncid {syncid}）。',
    source: `${SYNC}, ip_vs_send_sync_msg()`,
    notability: 2,
  },
  'ipvs.sync-received': {
    en: '{node} learns {conns} connections from the master.',
    zh: '{node} 从主节点学到 {conns} 个连接。',
    source: `${SYNC}, ip_vs_process_message()`,
    notability: 2,
  },
  'ipvs.sync-malformed': {
    en: 'The datagram is no synchronisation message of version 1: dropped.',
    zh: '该数据报不是版本 1 的同步消息：丢弃。',
    source: `${SYNC}, ip_vs_process_message()`,
    notability: 3,
  },
  'ipvs.sync-other-id': {
    en: 'The message has syncid {syncid}, this backup listens to {own}: dropped.',
    zh: '消息的 syncid 为 {syncid}，本备份只接收 {own}：丢弃。',
    source: `${SYNC}, ip_vs_process_message()`,
    notability: 3,
    decidedBy: 'ipvsadm --syncid',
  },
  'ipvs.sync-conn-new': {
    en: 'From the master: {client:ip}:{cport} is connected to {dest:ip}:{dport} ({state}).',
    zh: '来自主节点：{client:ip}:{cport} 连接着 {dest:ip}:{dport}（{state}）。',
    source: `${SYNC}, ip_vs_proc_conn()`,
    notability: 2,
    decidedBy: CONN_TABLE,
  },
  'ipvs.sync-conn-updated': {
    en: 'From the master: the connection of {client:ip}:{cport} is {state} now.',
    zh: '来自主节点：{client:ip}:{cport} 的连接现为 {state}。',
    source: `${SYNC}, ip_vs_proc_conn()`,
    notability: 1,
    decidedBy: CONN_TABLE,
  },
} as const satisfies ReasonTable;
