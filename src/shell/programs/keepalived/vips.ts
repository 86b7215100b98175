/**
 * The virtual addresses of an instance on the interfaces, and the gratuitous ARP that tells of them.
 * Comes from: vrrp.ts.  Goes to: host addresses, packet sockets.
 * Source: keepalived 2.2.7 vrrp/vrrp_ipaddress.c, netlink_ipaddress(); vrrp/vrrp_arp.c,
 *   send_gratuitous_arp_immediate(); vrrp/vrrp.c, vrrp_send_link_update(), vrrp_remove_delayed_arp().
 */
import { addrAdd, addrDel, devByName, packetSend, RT_SCOPE_UNIVERSE, silenceAddr, unsilenceAddr, type Dev } from '../../../host/index.ts';
import { ARP_REQUEST, formatIpv4, MAC_BROADCAST, makeArp } from '../../../wire/index.ts';
import type { VipConf } from './config.ts';
import { logDetail, logVrrp } from './log.ts';
import type { Instance, Ka } from './state.ts';

export function vipDev(ka: Ka, instance: Instance, vip: VipConf): Dev | null {
  return devByName(ka.net.host, vip.dev ?? instance.conf.dev);
}

export function addVip(ka: Ka, instance: Instance, vip: VipConf): void {
  const dev = vipDev(ka, instance, vip);
  if (dev === null) return;
  const error = addrAdd(ka.net, dev, {
    local: vip.addr,
    prefixLen: vip.prefixLen,
    broadcast: vip.broadcast,
    scope: vip.scope ?? RT_SCOPE_UNIVERSE,
    ...(vip.label === null ? {} : { label: vip.label }),
  });
  if (!instance.conf.accept) silenceAddr(ka.net, vip.addr);
  // one that is there already is as good
  if (error !== null && error !== 'EEXIST') logVrrp(ka, `Netlink: error: ${error}, type=RTM_NEWADDR, address ${formatIpv4(vip.addr)}`);
}

export function addVips(ka: Ka, instance: Instance): void {
  logDetail(ka, `(${instance.conf.name}) setting VIPs.`);
  for (const vip of instance.conf.vips) addVip(ka, instance, vip);
}

export function delVip(ka: Ka, instance: Instance, vip: VipConf): void {
  const dev = vipDev(ka, instance, vip);
  unsilenceAddr(ka.net, vip.addr);
  if (dev !== null) addrDel(ka.net, dev, { local: vip.addr, prefixLen: vip.prefixLen });
}

export function delVips(ka: Ka, instance: Instance): void {
  logDetail(ka, `(${instance.conf.name}) removing VIPs.`);
  for (const vip of instance.conf.vips) delVip(ka, instance, vip);
}

function sendGarp(ka: Ka, instance: Instance, vip: VipConf): void {
  const dev = vipDev(ka, instance, vip);
  if (dev === null || dev.noarp || dev.kind !== 'ethernet') return;
  const addr = formatIpv4(vip.addr);
  logDetail(ka, `Sending gratuitous ARP on ${dev.name} for ${addr}`);
  const error = packetSend(ka.net, dev.ifindex, MAC_BROADCAST, [makeArp(ARP_REQUEST, dev.lladdr, vip.addr, MAC_BROADCAST, vip.addr)]);
  if (error !== null) logVrrp(ka, `Error ${error} sending gratuitous ARP on ${dev.name} for ${addr}`);
}

/** All addresses, one after the other, and that so many times. */
export function announce(ka: Ka, instance: Instance, times: number): void {
  const { conf } = instance;
  if (!instance.vipSet || times === 0) return;
  const dev = devByName(ka.net.host, conf.dev);
  ka.net.trace(
    'keepalived',
    'state',
    'keepalived.announces',
    null,
    { name: conf.name, count: times, vips: conf.vips.map((vip) => formatIpv4(vip.addr)).join(', ') },
    dev?.ifindex,
  );
  for (let round = 0; round < times; round++) {
    for (const vip of conf.vips) {
      if (round === 0)
        logDetail(ka, `(${conf.name}) Sending/queueing gratuitous ARPs on ${vip.dev ?? conf.dev} for ${formatIpv4(vip.addr)}`);
      sendGarp(ka, instance, vip);
    }
  }
}
