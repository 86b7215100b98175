/**
 * What a rule does with a packet that it matched.
 * Comes from: xtables.ts.  Goes to: nat.ts, icmp/ and ipv4/ (REJECT).
 * Source: Linux 6.1 net/netfilter/xt_mark.c, xt_connmark.c, xt_CT.c, xt_nat.c, xt_MASQUERADE.c,
 *   xt_REDIRECT.c, xt_LOG.c, xt_DSCP.c, xt_HL.c, xt_TCPMSS.c; net/ipv4/netfilter/ipt_REJECT.c.
 */
import type { Ipv4, Ipv4Hdr, TcpHdr } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import { selectSource } from '../dev/select-source.ts';
import { RT_SCOPE_UNIVERSE } from '../dev/state.ts';
import { withFirst, withTtl } from '../ipv4/layers.ts';
import type { Net } from '../net.ts';
import type { IfIndex, Skb } from '../skb.ts';
import { ctOf } from './conntrack.ts';
import type { NfHook } from './hook-table.ts';
import { manipOf, natSetup } from './nat.ts';
import { nfReject } from './reject.ts';
import { NO_NAT_RANGE, type NatRange, type XtTarget } from './rule.ts';

/** accept, drop: the walk is over. continue: to the next rule. */
export type TargetVerdict = 'accept' | 'drop' | 'continue';

type Extension = Exclude<XtTarget, { readonly kind: 'none' | 'verdict' | 'jump' }>;

export function runTarget(net: Net, target: Extension, skb: Skb, hook: NfHook, indev: IfIndex, outdev: IfIndex): TargetVerdict {
  switch (target.kind) {
    case 'REJECT':
      nfReject(net, skb, target.with);
      return 'drop';
    case 'MARK':
      setMark(net, skb, hook, ((skb.mark & ~target.mask) ^ target.value) >>> 0);
      return 'continue';
    case 'CONNMARK':
      connmark(net, target, skb, hook);
      return 'continue';
    case 'SNAT':
    case 'DNAT':
      return setup(net, skb, hook, target.range);
    case 'MASQUERADE':
      return masquerade(net, skb, hook, outdev, target.range);
    case 'REDIRECT':
      return redirect(net, skb, hook, indev, target.range);
    case 'LOG':
      net.trace(`nf:${hook}`, 'state', 'netfilter.log', skb, { prefix: target.prefix, level: target.level });
      return 'continue';
    case 'CT':
      if (target.notrack && skb.ct === null) skb.untracked = true;
      return 'continue';
    case 'TOS':
    case 'DSCP':
    case 'TTL':
    case 'TCPMSS':
      return mangleHeader(net, target, skb, hook);
  }
}

function setMark(net: Net, skb: Skb, hook: NfHook, mark: number): void {
  if (net.tracing && mark !== skb.mark) net.trace(`nf:${hook}`, 'state', 'netfilter.marked', skb, { from: skb.mark, mark });
  skb.mark = mark;
}

function connmark(net: Net, target: XtTarget & { kind: 'CONNMARK' }, skb: Skb, hook: NfHook): void {
  const entry = ctOf(net, skb);
  if (entry === null) return;
  const before = entry.mark;
  if (target.op === 'set') entry.mark = ((entry.mark & ~target.mask) ^ target.value) >>> 0;
  else if (target.op === 'save') entry.mark = ((entry.mark & ~target.ctMask) ^ (skb.mark & target.nfMask)) >>> 0;
  else setMark(net, skb, hook, ((skb.mark & ~target.nfMask) ^ (entry.mark & target.ctMask)) >>> 0);
  if (entry.mark !== before) entry.changed = true;
}

function setup(net: Net, skb: Skb, hook: NfHook, range: NatRange): TargetVerdict {
  const entry = ctOf(net, skb);
  if (entry === null) return 'accept';
  if (natSetup(net, entry, range, manipOf(hook))) return 'accept';
  net.trace(`nf:${hook}`, 'drop', 'netfilter.nat-no-port', skb, null);
  return 'drop';
}

/** The source becomes the address that the way out would choose. */
function masquerade(net: Net, skb: Skb, hook: NfHook, outdev: IfIndex, range: NatRange): TargetVerdict {
  const entry = ctOf(net, skb);
  const out = devGet(net.host, outdev);
  if (entry === null || entry.orig.src === 0 || out === null) return 'accept';
  const nexthop = skb.dst?.gateway ?? (skb.layers[0] as Ipv4Hdr).dst;
  const src = selectSource(net.host, out, nexthop, RT_SCOPE_UNIVERSE);
  if (src === 0) {
    net.trace(`nf:${hook}`, 'drop', 'netfilter.masquerade-no-address', skb, { out: out.name });
    return 'drop';
  }
  return setup(net, skb, hook, {
    ...NO_NAT_RANGE,
    portFirst: range.portFirst,
    portLast: range.portLast,
    random: range.random,
    addrFirst: src,
    addrLast: src,
  });
}

/** The destination becomes this host: 127.0.0.1 for its own packets, else the first address of the interface. */
function redirect(net: Net, skb: Skb, hook: NfHook, indev: IfIndex, range: NatRange): TargetVerdict {
  const own = hook === 'LOCAL_OUT' ? (0x7f000001 as Ipv4) : (devGet(net.host, indev)?.addrs[0]?.local ?? null);
  if (own === null) {
    net.trace(`nf:${hook}`, 'drop', 'netfilter.redirect-no-address', skb, null);
    return 'drop';
  }
  return setup(net, skb, hook, { ...range, addrFirst: own, addrLast: own });
}

function mangleHeader(net: Net, target: XtTarget & { kind: 'TOS' | 'DSCP' | 'TTL' | 'TCPMSS' }, skb: Skb, hook: NfHook): TargetVerdict {
  const ip = skb.layers[0] as Ipv4Hdr;
  switch (target.kind) {
    case 'TOS':
      return setTos(net, skb, hook, ip, ((ip.tos & ~target.mask) ^ target.value) & 0xff);
    case 'DSCP':
      return setTos(net, skb, hook, ip, (ip.tos & 3) | (target.value << 2));
    case 'TTL': {
      const wanted = target.op === 'set' ? target.value : target.op === 'dec' ? ip.ttl - target.value : ip.ttl + target.value;
      const ttl = Math.max(0, Math.min(255, wanted));
      if (ttl === ip.ttl) return 'continue';
      skb.layers = withFirst(skb.layers, withTtl(ip, ttl));
      net.traceMangle(`nf:${hook}`, 'netfilter.ttl-set', skb, { from: ip.ttl, to: ttl });
      return 'continue';
    }
    case 'TCPMSS':
      clampMss(net, target.mss, skb, hook);
      return 'continue';
  }
}

function setTos(net: Net, skb: Skb, hook: NfHook, ip: Ipv4Hdr, tos: number): TargetVerdict {
  if (tos === ip.tos) return 'continue';
  skb.layers = withFirst(skb.layers, { ...ip, tos });
  net.traceMangle(`nf:${hook}`, 'netfilter.tos-set', skb, { from: ip.tos, to: tos });
  return 'continue';
}

/** Only ever lowers what a SYN announces. */
function clampMss(net: Net, wanted: number | 'clamp', skb: Skb, hook: NfHook): void {
  const tcp = skb.layers[1];
  if (tcp?.kind !== 'tcp' || tcp.options.mss === null) return;
  const mss = wanted === 'clamp' ? (skb.dst?.mtu ?? 0) - 40 : wanted;
  if (mss <= 0 || mss >= tcp.options.mss) return;
  const changed: TcpHdr = { ...tcp, options: { ...tcp.options, mss } };
  skb.layers = [skb.layers[0] as Ipv4Hdr, changed, ...skb.layers.slice(2)];
  net.traceMangle(`nf:${hook}`, 'netfilter.mss-clamped', skb, { from: tcp.options.mss, to: mss });
}
