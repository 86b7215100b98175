/**
 * Putting fragments together again, and giving up after net.ipv4.ipfrag_time.
 * Comes from: ipv4/input.ts (local delivery), netfilter/hooks.ts (connection tracking).
 * Goes to: the caller, with the whole packet; icmp/ on timeout.
 * Source: Linux 6.1 net/ipv4/ip_fragment.c, ip_defrag(), ip_frag_queue(), ip_frag_reasm(), ip_frag_coalesce_ok(), ip_expire();
 *   net/ipv4/inet_fragment.c for overlaps; RFC 815, RFC 3168 §5.3 (ECN).
 * Differs: memory is counted as bytes of packet, without the kernel's bookkeeping.
 */
import { nanos, NS_PER_S } from '../../engine/index.ts';
import { IPV4_HLEN, layersLen, type Ipv4Hdr } from '../../wire/index.ts';
import { devGet } from '../dev/get.ts';
import { ipRouteInput } from '../fib/input.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';
import { roomBehind } from './frag.ts';
import { ipHdr, joinLayers, readAgain, sliceLayers } from './layers.ts';
import type { DefragUser, Fragment, FragQueue } from './state.ts';

const CE = 1 << 3;
const NOT_ECT = 1;

/**
 * Keeps a fragment until the others are here.
 * @returns true when `skb` now is the whole packet; false when it waits or ended
 */
export function ipDefrag(net: Net, skb: Skb, user: DefragUser): boolean {
  const ip = ipHdr(skb);
  const { mib } = net.host.ipv4;
  mib.reasmReqds++;
  const queue = findQueue(net, skb, ip, user);
  if (queue === null) {
    mib.reasmFails++;
    net.trace('ip_defrag', 'drop', 'ipv4.fragment-memory-full', skb, {
      limit: net.host.sysctl['net.ipv4.ipfrag_high_thresh'] ?? 0,
    });
    return false;
  }
  if (!queueFragment(net, queue, skb, ip)) {
    mib.reasmFails++;
    return false;
  }
  if (!queue.lastIn || !isComplete(queue)) {
    net.trace('ip_defrag', 'queue', 'ipv4.fragment-waits', skb, net.tracing ? { from: ip.fragOffset, have: queue.parts.length } : null);
    return false;
  }
  return reassemble(net, queue, skb);
}

function findQueue(net: Net, skb: Skb, ip: Ipv4Hdr, user: DefragUser): FragQueue | null {
  const state = net.host.ipv4;
  const key = `${user} ${ip.src} ${ip.dst} ${ip.id} ${ip.proto}`;
  const known = state.frags.get(key);
  if (known !== undefined) return known;
  if (state.fragBytes > Number(net.host.sysctl['net.ipv4.ipfrag_high_thresh'] ?? 4194304)) return null;
  const queue: FragQueue = {
    key,
    user,
    iif: skb.iif,
    parts: [],
    length: 0,
    lastIn: false,
    ecnSeen: 0,
    timer: null,
  };
  const timeS = Number(net.host.sysctl['net.ipv4.ipfrag_time'] ?? 30);
  queue.timer = net.arm('ip-frag', key, nanos(timeS * NS_PER_S));
  state.frags.set(key, queue);
  return queue;
}

/** @returns false when the fragment ended here: a duplicate, or one that fits nowhere */
function queueFragment(net: Net, queue: FragQueue, skb: Skb, ip: Ipv4Hdr): boolean {
  const from = ip.fragOffset;
  let to = from + layersLen(skb.layers) - IPV4_HLEN;
  // all but the last must end at a multiple of 8; surplus bytes do not count
  if (ip.mf) to -= to % 8;
  const contradicts = ip.mf ? queue.lastIn && to > queue.length : to < queue.length || (queue.lastIn && to !== queue.length);
  if (to === from || contradicts) {
    net.trace('ip_defrag', 'drop', 'ipv4.fragment-contradicts', skb, { from, to });
    return false;
  }
  let index = 0;
  for (; index < queue.parts.length; index++) {
    const part = queue.parts[index] as Fragment;
    if (part.from <= from && to <= part.to) {
      net.trace('ip_defrag', 'drop', 'ipv4.fragment-duplicate', skb, { from, to });
      return false;
    }
    if (part.from < to && from < part.to) {
      // who sends overlapping fragments means to deceive a filter: all of them go
      net.trace('ip_defrag', 'drop', 'ipv4.fragment-overlaps', skb, { from, to });
      killQueue(net, queue, 'ipv4.fragment-overlaps');
      return false;
    }
    if (part.from >= to) break;
  }
  queue.parts.splice(index, 0, { from, to, skb });
  net.host.ipv4.fragBytes += to - from;
  queue.ecnSeen |= 1 << (ip.tos & 3);
  if (!ip.mf) queue.lastIn = true;
  if (to > queue.length) queue.length = to;
  return true;
}

function isComplete(queue: FragQueue): boolean {
  let at = 0;
  for (const part of queue.parts) {
    if (part.from !== at) return false;
    at = part.to;
  }
  return at === queue.length;
}

function reassemble(net: Net, queue: FragQueue, skb: Skb): boolean {
  const first = queue.parts[0] as Fragment;
  if ((queue.ecnSeen & NOT_ECT) !== 0 && queue.ecnSeen !== NOT_ECT) {
    net.trace('ip_defrag', 'drop', 'ipv4.fragment-ecn-mixed', skb, {});
    queue.parts = queue.parts.filter((part) => part.skb !== skb);
    killQueue(net, queue, 'ipv4.fragment-ecn-mixed');
    return false;
  }
  let maxSize = 0;
  let maxDfSize = 0;
  for (const part of queue.parts) {
    const hdr = ipHdr(part.skb);
    maxSize = Math.max(maxSize, hdr.totalLen);
    if (hdr.df) maxDfSize = Math.max(maxDfSize, hdr.totalLen);
    if (part.skb !== skb) net.trace('ip_defrag', 'deliver', 'ipv4.fragment-joined', part.skb, null);
  }
  const hdr = ipHdr(first.skb);
  const ip: Ipv4Hdr = {
    ...hdr,
    tos: (queue.ecnSeen & CE) !== 0 ? hdr.tos | 3 : hdr.tos,
    totalLen: IPV4_HLEN + queue.length,
    mf: false,
    fragOffset: 0,
    df: maxDfSize === maxSize,
  };
  const count = queue.parts.length;
  const payload = joinLayers(queue.parts.map((part) => sliceLayers(part.skb.layers, IPV4_HLEN, IPV4_HLEN + part.to - part.from)));
  forget(net, queue);
  net.host.ipv4.mib.reasmOks++;
  skb.layers = readAgain(ip, payload);
  skb.joinedFrom = { maxSize: Math.max(maxDfSize, maxSize), sizes: sizesKept(queue) };
  // joined bytes are its own, whoever has copies of the pieces
  skb.cloned = false;
  net.traceMangle('ip_defrag', 'ipv4.reassembled', skb, net.tracing ? { count, bytes: ip.totalLen } : null);
  return true;
}

/** Payload of the pieces. A packet for the host itself begins with as many as fit into the first one's memory. */
function sizesKept({ parts, user }: FragQueue): number[] {
  const sizes = parts.map(({ from, to }) => to - from);
  if (user !== 'local-deliver') return sizes;
  let [first = 0] = sizes;
  let room = roomBehind(IPV4_HLEN + first);
  let next = 1;
  for (; next < sizes.length && (sizes[next] as number) <= room; next++) {
    first += sizes[next] as number;
    room -= sizes[next] as number;
  }
  return [first, ...sizes.slice(next)];
}

function forget(net: Net, queue: FragQueue): void {
  for (const part of queue.parts) net.host.ipv4.fragBytes -= part.to - part.from;
  net.host.ipv4.frags.delete(queue.key);
}

function killQueue(net: Net, queue: FragQueue, reason: string): void {
  for (const part of queue.parts) net.trace('ip_defrag', 'drop', reason, part.skb, { from: part.from, to: part.to });
  forget(net, queue);
}

/** The rest did not come in time: an end host tells the sender, if it has the first fragment to quote. */
export function ipExpire(net: Net, key: string, seq: number): void {
  const queue = net.host.ipv4.frags.get(key);
  if (queue === undefined || queue.timer !== seq) return;
  const head = queue.parts[0];
  net.host.ipv4.mib.reasmFails++;
  net.host.ipv4.mib.reasmTimeout++;
  const seconds = Number(net.host.sysctl['net.ipv4.ipfrag_time'] ?? 30);
  for (const part of queue.parts)
    net.trace('ip_defrag', 'drop', 'ipv4.fragments-timed-out', part.skb, {
      seconds,
      have: queue.parts.length,
    });
  forget(net, queue);
  if (head === undefined || head.from !== 0) return;
  const skb = head.skb;
  const dev = devGet(net.host, queue.iif);
  if (dev === null) return;
  if (skb.dst === null) {
    const dst = ipRouteInput(net, skb, dev);
    // a router only looked at the fragments in passing: reporting is the end host's business
    if (dst === null || dst.type !== 'local') return;
    skb.dst = dst;
  }
  net.tables.calls.icmpSend(net, skb, 11, 1, 0);
}
