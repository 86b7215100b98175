/**
 * An ARP packet comes in: is it answered, and what is learnt from it?
 * Comes from: dev/receive.ts (by HostCalls).  Goes to: arp/policy.ts, arp/send.ts, neigh/nud.ts.
 * Source: Linux 6.1 net/ipv4/arp.c, arp_rcv(), arp_process(); net/core/neighbour.c, neigh_event_ns(),
 *   pneigh_enqueue().
 * Differs: nothing known for Ethernet.
 */
import { nanos } from '../../engine/index.ts';
import { ARP_REPLY, ARP_REQUEST, IPV4_ANY, isLoopback, isMulticast, type ArpHdr } from '../../wire/index.ts';
import { confMax, confOr, forwardingOn } from '../dev/conf.ts';
import { addrOn, devGet, ownerName } from '../dev/get.ts';
import type { Dev } from '../dev/state.ts';
import { inputRoute, type InputResult } from '../fib/input.ts';
import { inetAddrType } from '../fib/lookup.ts';
import { neighObtain } from '../neigh/create.ts';
import { neighUpdate } from '../neigh/nud.ts';
import { hundredths, neighLookup, proxyLookup } from '../neigh/table.ts';
import type { Net } from '../net.ts';
import { nfHook } from '../netfilter/nf-hook.ts';
import { NO_IF, type Dst, type Skb } from '../skb.ts';
import { wheelDelay } from '../timer-wheel.ts';
import { arpAccept, arpFilter, arpIgnore, isGratuitous, proxyByPvlan, proxyByRoute } from './policy.ts';
import { arpSend } from './send.ts';

function argsOf(net: Net, dev: Dev, arp: ArpHdr): Record<string, string | number> | null {
  if (!net.tracing) return null;
  return {
    spa: arp.spa,
    sha: arp.sha,
    tpa: arp.tpa,
    owner: ownerName(net.host, arp.tpa),
    value: confMax(net.host, dev, 'arp_ignore'),
  };
}

function end(net: Net, dev: Dev, skb: Skb, arp: ArpHdr, verdict: 'drop' | 'deliver', reason: string): void {
  net.trace('arp', verdict, reason, skb, argsOf(net, dev, arp), dev.ifindex);
}

export function arpRcv(net: Net, skb: Skb, dev: Dev): void {
  if (dev.noarp || skb.pktType === 'otherhost') {
    net.trace('arp', 'drop', 'arp.noarp', skb, null, dev.ifindex);
    return;
  }
  // a rule that drops has written the record
  if (nfHook(net, 'ARP_IN', skb, dev.ifindex, NO_IF) !== 'accept') return;
  arpProcess(net, skb, dev, false);
}

/** @param delayed it has waited its time for a proxy's answer */
function arpProcess(net: Net, skb: Skb, dev: Dev, delayed: boolean): void {
  const arp = skb.layers[0] as ArpHdr;
  const { spa: sip, tpa: tip } = arp;
  if (arp.op !== ARP_REQUEST && arp.op !== ARP_REPLY) return end(net, dev, skb, arp, 'drop', 'arp.bad-op');
  if (isMulticast(tip) || (isLoopback(tip) && !confOr(net.host, dev, 'route_localnet'))) {
    return end(net, dev, skb, arp, 'drop', 'arp.bad-target');
  }
  if (sip === tip && confOr(net.host, dev, 'drop_gratuitous_arp')) return end(net, dev, skb, arp, 'drop', 'arp.gratuitous-dropped');
  if (sip === IPV4_ANY) return answerProbe(net, skb, dev, arp);
  if (arp.op === ARP_REPLY) return learn(net, skb, dev, arp, 'arp.reply-unused');
  const route = inputRoute(net, dev, { dst: tip, src: sip, tos: 0, mark: 0, proto: 0, isIp: false });
  if (route.kind === 'route') {
    if (route.dst.type === 'local') return answerOwn(net, skb, dev, arp);
    if (forwardingOn(dev) && route.dst.type === 'unicast') {
      const why = proxyReason(net, dev, arp, route.dst);
      if (why !== null) return answerAsProxy(net, skb, dev, arp, why, delayed);
    }
  }
  learn(net, skb, dev, arp, unansweredReason(net, arp, route));
}

/** Packets that are somebody else's affair: the kernel counts them as consumed, not as dropped (consume_skb). */
const OVERHEARD: readonly string[] = ['arp.not-mine', 'arp.announcement', 'arp.reply-unused'];

/** The way to the address asked for leads out of this host: with that most requests end that a host hears. */
function isElsewhere(reason: string): boolean {
  return reason === 'fib.forwarding-off' || reason === 'fib.not-local' || reason === 'fib.arp-same-interface';
}

/** Why nobody here answers a request. */
function unansweredReason(net: Net, arp: ArpHdr, route: InputResult): string {
  if (arp.spa === arp.tpa && inetAddrType(net.host, arp.spa) !== 'local') return 'arp.announcement';
  if (route.kind === 'refused' && !isElsewhere(route.reason) && inetAddrType(net.host, arp.tpa) === 'local') {
    if (route.reason === 'fib.martian-source-own-address') return 'arp.sender-is-own-address';
    if (route.reason === 'fib.rp-filter-strict' || route.reason === 'fib.rp-filter-loose') return 'arp.rp-filter';
    return 'arp.sender-invalid';
  }
  return 'arp.not-mine';
}

/** Somebody asks whether an address is free before taking it (RFC 5227). */
function answerProbe(net: Net, skb: Skb, dev: Dev, arp: ArpHdr): void {
  if (arp.op !== ARP_REQUEST || inetAddrType(net.host, arp.tpa) !== 'local')
    return end(net, dev, skb, arp, 'deliver', 'arp.probe-not-mine');
  const ignored = arpIgnore(net, dev, IPV4_ANY, arp.tpa);
  if (ignored !== null) return end(net, dev, skb, arp, 'drop', ignored);
  end(net, dev, skb, arp, 'deliver', 'arp.probe-answered');
  arpSend(net, dev, ARP_REPLY, arp.sha, dev.lladdr, arp.tpa, arp.sha, arp.spa, skb);
}

/** The question is for an address of this host, on whichever interface it is. */
function answerOwn(net: Net, skb: Skb, dev: Dev, arp: ArpHdr): void {
  const ignored = arpIgnore(net, dev, arp.spa, arp.tpa);
  if (ignored !== null) return end(net, dev, skb, arp, 'drop', ignored);
  const filter = arpFilter(net, dev, arp.spa, arp.tpa);
  if (filter.refused) {
    net.trace('arp', 'drop', 'arp.filtered', skb, net.tracing ? { spa: arp.spa, tpa: arp.tpa, out: filter.out } : null, dev.ifindex);
    return;
  }
  if (!learnAsker(net, skb, dev, arp)) return;
  end(net, dev, skb, arp, 'deliver', addrOn(dev, arp.tpa) !== null ? 'arp.answered' : 'arp.answered-other-interface');
  arpSend(net, dev, ARP_REPLY, arp.sha, dev.lladdr, arp.tpa, arp.sha, arp.spa, skb);
}

/** Who asks will soon be talked to: its MAC is kept, unconfirmed (neigh_event_ns). */
function learnAsker(net: Net, skb: Skb, dev: Dev, arp: ArpHdr): boolean {
  const neigh = neighObtain(net, dev, arp.spa);
  if (neigh === null) {
    end(net, dev, skb, arp, 'drop', 'arp.table-full');
    return false;
  }
  neighUpdate(net, neigh, arp.sha, 'STALE', { override: true }, skb);
  return true;
}

/** May this router answer for somebody else? */
function proxyReason(net: Net, dev: Dev, arp: ArpHdr, route: Dst): string | null {
  if (proxyByRoute(net, dev, route)) return 'arp.proxy';
  if (proxyByPvlan(net, dev, route, arp.spa, arp.tpa)) return 'arp.proxy-pvlan';
  if (route.dev !== dev.ifindex && proxyLookup(net.host, dev.ifindex, arp.tpa) !== null) return 'arp.proxy-entry';
  return null;
}

function answerAsProxy(net: Net, skb: Skb, dev: Dev, arp: ArpHdr, why: string, delayed: boolean): void {
  if (!learnAsker(net, skb, dev, arp)) return;
  if (!delayed && skb.pktType !== 'host' && dev.neighParms.proxy_delay !== 0) {
    delayProxy(net, skb, dev, arp);
    return;
  }
  end(net, dev, skb, arp, 'deliver', why);
  arpSend(net, dev, ARP_REPLY, arp.sha, dev.lladdr, arp.tpa, arp.sha, arp.spa, skb);
}

/** A proxy waits a random while, so that the host itself is first if it is there after all. */
function delayProxy(net: Net, skb: Skb, dev: Dev, arp: ArpHdr): void {
  const table = net.host.neigh;
  const waiting = table.proxyQueue.filter((other) => other.ifindex === dev.ifindex).length;
  if (waiting > dev.neighParms.proxy_qlen) return end(net, dev, skb, arp, 'drop', 'arp.proxy-queue-full');
  const id = table.nextProxy++;
  table.proxyQueue.push({ id, ifindex: dev.ifindex, skb });
  const span = nanos(net.randomBelow(hundredths(dev.neighParms.proxy_delay)));
  net.trace('arp', 'queue', 'arp.proxy-delayed', skb, net.tracing ? { tpa: arp.tpa, span } : null, dev.ifindex);
  net.arm('neigh-proxy', id, wheelDelay(net.now, span));
}

export function arpProxyTimer(net: Net, key: number | string, _seq: number): void {
  const table = net.host.neigh;
  const at = table.proxyQueue.findIndex((waiting) => waiting.id === key);
  const waiting = table.proxyQueue[at];
  if (waiting === undefined) return;
  table.proxyQueue.splice(at, 1);
  const dev = devGet(net.host, waiting.ifindex);
  if (dev === null || !dev.up) net.trace('arp', 'drop', 'arp.proxy-queue-purged', waiting.skb, null, waiting.ifindex);
  else arpProcess(net, waiting.skb, dev, true);
}

/**
 * What an ARP packet tells about its sender. Entries are made only for arp_accept; existing ones change.
 * @param unused reason for the record if nothing is learnt
 */
function learn(net: Net, skb: Skb, dev: Dev, arp: ArpHdr, unused: string): void {
  const { spa: sip, sha, op } = arp;
  let neigh = neighLookup(net.host, dev.ifindex, sip);
  const accept = arpAccept(net, dev, sip);
  const gratuitous = (neigh !== null || accept) && isGratuitous(net, arp);
  if (neigh === null && accept && (gratuitous || (op === ARP_REPLY && inetAddrType(net.host, sip) === 'unicast'))) {
    neigh = neighObtain(net, dev, sip);
    if (neigh === null) return end(net, dev, skb, arp, 'drop', 'arp.table-full');
  }
  if (neigh === null) return end(net, dev, skb, arp, OVERHEARD.includes(unused) ? 'deliver' : 'drop', unused);
  const proof = op === ARP_REPLY && skb.pktType === 'host';
  const override = gratuitous || net.now > neigh.updated + hundredths(dev.neighParms.locktime);
  const heard = unused === 'arp.not-mine' ? 'arp.request-overheard' : unused;
  const reason = gratuitous ? 'arp.gratuitous-heard' : op === ARP_REPLY ? 'arp.reply-heard' : heard;
  end(net, dev, skb, arp, op === ARP_REPLY || gratuitous || OVERHEARD.includes(unused) ? 'deliver' : 'drop', reason);
  neighUpdate(net, neigh, sha, proof ? 'REACHABLE' : 'STALE', { override }, skb);
}
