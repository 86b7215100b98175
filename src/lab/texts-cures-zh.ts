/** The texts of texts-cures-en.ts in simplified Chinese. */
import type { curesEn } from './texts-cures-en.ts';

export const curesZh: Readonly<Record<keyof typeof curesEn, string>> = {
  'cures.button': '比较解决 ARP 问题的各种方法',
  'cures.title': '解决 ARP 问题的方法',
  'cures.about': '同一时刻，五种未来：后端服务器会应答 VIP {vip}，在此基础上逐一尝试各种方法，然后客户端发送 {count} 个请求。',
  'cures.working': '正在逐一尝试……',
  'cures.cure': '方法',
  'cures.commands': '输入的命令',
  'cures.arp': '谁应答 VIP 的 ARP 请求',
  'cures.nobody': '无人应答',
  'cures.kept': '{node} 记住的 MAC',
  'cures.keptNone': '无',
  'cures.served': '各服务器处理的请求',
  'cures.balanced': '调度器计数',
  'cures.of': '{count} / {all}',
  'cures.show': '查看',
  'cures.beside': '与“不处理”并排',
  'cures.none': '不处理',
  'cures.none.why': '所有拥有 VIP 的主机都会应答。最先到的应答生效，负载没有均衡。',
  'cures.sysctl': 'arp_ignore 与 arp_announce',
  'cures.sysctl.why':
    '最常用。每台后端服务器两个参数，对所有 VIP 生效：不为其他网卡上的地址应答，自己发出的 ARP 请求也不以 VIP 作为发送方。',
  'cures.static': '静态邻居表项',
  'cures.static.why': '只在路由器上加一条。后端服务器仍会应答，但路由器不再理会。备用调度器接管 VIP 后，这条表项就错了。',
  'cures.arptables': 'arptables',
  'cures.arptables.why': '每台后端服务器上的 ARP 防火墙：丢弃询问 VIP 的请求，改写自己请求的发送方地址。每个 VIP 需要一对规则。',
  'cures.redirect': '不配 VIP，用 REDIRECT',
  'cures.redirect.why': '没有 VIP 就不会应答；iptables 把发往 VIP 的报文交给本机服务。代价是每台后端服务器都要做连接跟踪。',
};
