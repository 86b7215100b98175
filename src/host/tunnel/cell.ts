/**
 * The queue between unpacking and the host's input: each tunnel device has one that is emptied once the
 * ordinary queue is, and joins TCP segments that follow each other while it does.
 * Comes from: tunnel/input.ts.  Goes to: the host's input again, by the tunnel device.
 * Source: Linux 6.1 net/core/gro_cells.c, gro_cells_receive(), gro_cell_poll(); net/core/gro.c,
 *   dev_gro_receive(); net/ipv4/tcp_offload.c, tcp_gro_receive(); net/ipv4/af_inet.c, inet_gro_receive().
 * Differs: only segments for this host are joined, because a host that forwards cuts them apart again; more
 *   than eight streams at once are no limit.
 *
 *   a packet socket has a copy  ──► ordinary queue ──────────────┐
 *   nobody has                  ──► cell ── ordinary queue empty ─┴─► ip_rcv
 *
 * So on a watched interface a packet put together from fragments, of which nobody has a copy, comes behind
 * whole ones that arrived after it.
 */
import { layersLen, TCP_ACK, TCP_FIN, TCP_PSH, type Ipv4Hdr, type TcpHdr, type TcpOptions } from '../../wire/index.ts';
import type { Dev } from '../dev/state.ts';
import { inetAddrType } from '../fib/lookup.ts';
import { joinLayers } from '../ipv4/layers.ts';
import type { Net } from '../net.ts';
import type { Skb } from '../skb.ts';

const MAX_BYTES = 65535;

export function groCellsReceive(net: Net, dev: Dev, skb: Skb): void {
  if (skb.cloned) {
    net.loop(dev.ifindex, skb);
    return;
  }
  dev.cell.push(skb);
  if (dev.cell.length === 1) net.poll('gro-cell', dev.ifindex);
}

/** The ordinary queue is empty. */
export function groCellTimer(net: Net, key: number | string): void {
  const dev = net.host.devs[Number(key)];
  if (dev === null || dev === undefined) return;
  const waiting = dev.cell;
  dev.cell = [];
  const only = waiting[0];
  if (waiting.length === 1 && only !== undefined) net.loop(dev.ifindex, only);
  else for (const skb of joined(net, waiting)) net.loop(dev.ifindex, skb);
}

/** A segment to which more may be joined. */
interface Held {
  readonly skb: Skb;
  /** bytes of data in the first of the segments */
  readonly size: number;
}

/** Segments to which more may be joined are held back until the rest has been looked at. */
function joined(net: Net, waiting: readonly Skb[]): Skb[] {
  const ready: Skb[] = [];
  const held: Held[] = [];
  for (const skb of waiting) {
    const tcp = segmentOf(skb);
    const at = tcp === null ? -1 : held.findIndex((other) => isSameStream(other.skb, skb));
    const before = held[at];
    const joins = before !== undefined && canJoin(before, skb);
    if (joins) join(net, before.skb, skb);
    if (before !== undefined && (!joins || endsSeries(before, skb))) {
      held.splice(at, 1);
      ready.push(before.skb);
    }
    if (joins) continue;
    const size = dataLen(skb);
    if (tcp?.flags === TCP_ACK && size > 0 && inetAddrType(net.host, ipOf(skb).dst) === 'local') held.push({ skb, size });
    else ready.push(skb);
  }
  return [...ready, ...held.map(({ skb }) => skb)];
}

function ipOf(skb: Skb): Ipv4Hdr {
  return skb.layers[0] as Ipv4Hdr;
}

function tcpOf(skb: Skb): TcpHdr {
  return skb.layers[1] as TcpHdr;
}

function segmentOf({ layers }: Skb): TcpHdr | null {
  const [ip, tcp] = layers;
  return ip?.kind === 'ipv4' && !ip.mf && ip.fragOffset === 0 && tcp?.kind === 'tcp' ? tcp : null;
}

function dataLen({ layers }: Skb): number {
  return layersLen(layers.slice(2));
}

function isSameStream(a: Skb, b: Skb): boolean {
  const [p, q] = [ipOf(a), ipOf(b)];
  const [s, t] = [tcpOf(a), tcpOf(b)];
  return p.src === q.src && p.dst === q.dst && s.sport === t.sport && s.dport === t.dport;
}

/** The next bytes of the stream, with nothing else different in the headers, no segment longer than the first. */
function canJoin(before: Held, skb: Skb): boolean {
  const [p, q] = [ipOf(before.skb), ipOf(skb)];
  const [s, t] = [tcpOf(before.skb), tcpOf(skb)];
  const size = dataLen(skb);
  return (
    p.ttl === q.ttl &&
    p.tos === q.tos &&
    p.df === q.df &&
    p.totalLen + size <= MAX_BYTES &&
    s.ack === t.ack &&
    s.window === t.window &&
    (t.flags & ~(TCP_FIN | TCP_PSH)) === TCP_ACK &&
    sameOptions(s.options, t.options) &&
    (s.seq + dataLen(before.skb)) >>> 0 === t.seq &&
    size > 0 &&
    size <= before.size
  );
}

function sameOptions(a: TcpOptions, b: TcpOptions): boolean {
  return a.sack === null && b.sack === null && a.timestamps?.val === b.timestamps?.val && a.timestamps?.ecr === b.timestamps?.ecr;
}

/** A short segment, or one that pushes or ends the stream, is the last of a series. */
function endsSeries(before: Held, skb: Skb): boolean {
  return dataLen(skb) < before.size || tcpOf(skb).flags !== TCP_ACK;
}

function join(net: Net, before: Skb, skb: Skb): void {
  const ip = ipOf(before);
  const tcp = tcpOf(before);
  const data = skb.layers.slice(2);
  net.trace('gro', 'deliver', 'tunnel.segment-joined', skb, null);
  const totalLen = ip.totalLen + layersLen(data);
  const flags = tcp.flags | tcpOf(skb).flags;
  before.layers = [{ ...ip, totalLen }, { ...tcp, flags }, ...joinLayers([before.layers.slice(2), data])];
  net.traceMangle('gro', 'tunnel.segments-joined', before, net.tracing ? { bytes: totalLen } : null);
}
