/**
 * The virtual addresses of an instance on the interfaces, and the gratuitous ARP that tells of them.
 * Comes from: vrrp.ts.  Goes to: host addresses, packet sockets.
 * Source: keepalived 2.2.7 vrrp/vrrp_ipaddress.c, netlink_ipaddress(); vrrp/vrrp_arp.c,
 *   send_gratuitous_arp_immediate(); vrrp/vrrp.c, vrrp_send_link_update(), vrrp_remove_delayed_arp().
 */
import { addrAdd, addrDel, devByName, packetSend, RT_SCOPE_UNIVERSE, silenceAddr, unsilenceAddr, type Dev } from '../../../host/index.ts';
import { ARP_REQUEST, formatIpv4, MAC_BROADCAST, makeArp, type Ipv4 } from '../../../wire/index.ts';
import { later, type Nanos } from '../../../engine/index.ts';
import { clockOf, COST, spend } from './clock.ts';
import type { VipConf } from './config.ts';
import { logDetail, logVrrp } from './log.ts';
import type { Instance, Ka } from './state.ts';
import { thenDo } from './vrrp-timer.ts';

export function vipDev(ka: Ka, instance: Instance, vip: VipConf): Dev | null {
  return devByName(ka.net.host, vip.dev ?? instance.conf.dev);
}

export function addVip(ka: Ka, instance: Instance, vip: VipConf): void {
  const dev = vipDev(ka, instance, vip);
  if (dev === null) return;
  spend(ka, COST.address);
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
  spend(ka, COST.address);
  unsilenceAddr(ka.net, vip.addr);
  if (dev !== null) addrDel(ka.net, dev, { local: vip.addr, prefixLen: vip.prefixLen });
}

export function delVips(ka: Ka, instance: Instance): void {
  logDetail(ka, `(${instance.conf.name}) removing VIPs.`);
  for (const vip of instance.conf.vips) delVip(ka, instance, vip);
}

/** @returns whether it has to wait: with vrrp_garp_interval an interface sends one at a time, and no address twice in waiting */
function mustWait(ka: Ka, dev: Dev, addr: Ipv4): boolean {
  const { st } = ka;
  const interval = st.config?.global.garp.interval ?? 0;
  if (interval === 0) return false;
  let spaced = st.spacedArps.find((one) => one.dev === dev.name);
  if (spaced === undefined) {
    spaced = { dev: dev.name, at: 0 as Nanos, waiting: [] };
    st.spacedArps.push(spaced);
  }
  if (spaced.at <= clockOf(ka)) {
    spaced.at = later(clockOf(ka), interval as Nanos);
    return false;
  }
  if (!spaced.waiting.includes(addr)) spaced.waiting.push(addr);
  return true;
}

/** Those that have waited long enough. */
export function sendSpaced(ka: Ka): void {
  const { net, st } = ka;
  for (const spaced of st.spacedArps) {
    if (spaced.at > net.now) continue;
    // the order is that of the configuration, not that of waiting
    const held = st.instances.filter(({ vipSet }) => vipSet).flatMap(({ conf }) => conf.vips.map(({ addr }) => addr));
    spaced.waiting = held.filter((addr) => spaced.waiting.includes(addr));
    const addr = spaced.waiting.shift();
    if (addr !== undefined) sendGarp(ka, devByName(net.host, spaced.dev), addr);
  }
}

export function sendGarp(ka: Ka, dev: Dev | null, addr: Ipv4): void {
  if (dev === null || dev.noarp || dev.kind !== 'ethernet') return;
  if (mustWait(ka, dev, addr)) return;
  const text = formatIpv4(addr);
  logDetail(ka, `Sending gratuitous ARP on ${dev.name} for ${text}`);
  ka.st.sentAt = ka.net.now;
  const error = packetSend(ka.net, dev.ifindex, MAC_BROADCAST, [makeArp(ARP_REQUEST, dev.lladdr, addr, MAC_BROADCAST, addr)]);
  if (error !== null) logVrrp(ka, `Error ${error} sending gratuitous ARP on ${dev.name} for ${text}`);
  spend(ka, COST.arp);
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
      thenDo(ka, { kind: 'arp', name: conf.name, dev: vip.dev ?? conf.dev, addr: vip.addr });
    }
  }
}
