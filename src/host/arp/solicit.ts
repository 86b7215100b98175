/**
 * Asking for a neighbour's MAC, and in whose name.
 * Comes from: neigh/nud.ts (by HostCalls).  Goes to: arp/send.ts.
 * Source: Linux 6.1 net/ipv4/arp.c, arp_solicit().
 * Differs: app_solicit asks no user program; such a probe is only counted.
 */
import { ARP_REQUEST, IPV4_ANY, MAC_BROADCAST, MAC_ZERO, type Ipv4, type Mac } from '../../wire/index.ts';
import { confMax } from '../dev/conf.ts';
import { addrOn, devGet, ownerName } from '../dev/get.ts';
import { addrOnlink, selectSource } from '../dev/select-source.ts';
import { RT_SCOPE_LINK, type Dev } from '../dev/state.ts';
import { inetAddrType } from '../fib/lookup.ts';
import type { Neigh } from '../neigh/state.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { arpSend } from './send.ts';

interface Sender {
  readonly spa: Ipv4;
  readonly reason: string;
  /** effective arp_announce */
  readonly value: number;
}

export function arpSolicit(net: Net, neigh: Neigh): void {
  const dev = devGet(net.host, neigh.ifindex);
  if (dev === null) return;
  const skb = neigh.queue[neigh.queue.length - 1] ?? null;
  const { spa, reason, value } = chooseSender(net, dev, neigh.addr, skb);
  let dstMac: Mac = MAC_BROADCAST;
  let told = reason;
  const { ucast_solicit, app_solicit } = dev.neighParms;
  if (neigh.probes < ucast_solicit) {
    dstMac = neigh.lladdr ?? MAC_BROADCAST;
    told = 'arp.probe-sent';
  } else if (neigh.probes < ucast_solicit + app_solicit) {
    return;
  }
  const args = net.tracing
    ? {
        tpa: neigh.addr,
        spa,
        value,
        mac: dstMac,
        owner: ownerName(net.host, spa),
        src: packetSource(skb) ?? IPV4_ANY,
      }
    : null;
  net.trace('arp', 'state', told, skb, args, dev.ifindex);
  arpSend(net, dev, ARP_REQUEST, dstMac, dev.lladdr, spa, MAC_ZERO, neigh.addr, skb);
}

function packetSource(skb: Skb | null): Ipv4 | null {
  const ip = skb?.layers[0];
  return ip?.kind === 'ipv4' ? ip.src : null;
}

/** The sender address by arp_announce; the reason says why it was taken. */
function chooseSender(net: Net, dev: Dev, target: Ipv4, skb: Skb | null): Sender {
  const { host } = net;
  const value = confMax(host, dev, 'arp_announce');
  const src = packetSource(skb);
  const own = src !== null && inetAddrType(host, src) === 'local' ? src : null;
  const best = selectSource(host, dev, target, RT_SCOPE_LINK);
  if (own === null) return { spa: best, reason: 'arp.asked-for-forwarding', value };
  if (value === 2) return { spa: best, reason: own === best ? 'arp.asked' : 'arp.asked-announce-2', value };
  if (value === 1 && !addrOnlink(dev, target, own))
    return { spa: best, reason: own === best ? 'arp.asked' : 'arp.asked-announce-1', value };
  if (addrOn(dev, own) !== null) return { spa: own, reason: 'arp.asked', value };
  return {
    spa: own,
    reason: value === 1 ? 'arp.asked-foreign-source-subnet' : 'arp.asked-foreign-source',
    value,
  };
}
