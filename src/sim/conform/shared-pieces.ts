/**
 * Whose bytes a recorded piece of a packet shows. All hosts of a recording are one kernel: a packet socket's
 * copy shares its bytes with the piece that goes on. A router copies a piece before it writes into it; but a
 * host that has put the pieces together to look at the whole (for connection tracking or IPVS) and sends them
 * on as they came writes its new headers straight into every piece after the first. What was taken of these
 * on their last cable then shows the headers of the next one.
 * Comes from: play.ts, every frame put on a cable or taken there.  Goes to: the captures of a played case.
 * Source: Linux 6.1 net/ipv4/ip_output.c, ip_do_fragment(), ip_fraglist_prepare(); net/ipv4/ip_forward.c,
 *   ip_forward() (skb_cow()); net/ipv4/inet_fragment.c, inet_frag_reasm_prepare() (the first piece gets bytes
 *   of its own).
 */
import type { NodeId } from '../../engine/index.ts';
import type { Ipv4Hdr, Layers } from '../../wire/index.ts';
import type { SeenPacket } from './case.ts';

type Summary = SeenPacket['summary'];

export class SharedPieces {
  /** what was taken of a piece since it was put on its last cable */
  private readonly taken = new Map<string, SeenPacket[]>();
  /** packets that a host sends on in the pieces they came in */
  private readonly asTheyCame = new Set<string>();

  /** A host has put together a packet and is about to send it on in the pieces it came in. */
  sendOn(node: NodeId, layers: Layers): void {
    const ip = ipOf(layers);
    if (ip !== null) this.asTheyCame.add(`${node} ${packetKey(ip)}`);
  }

  /** A router is about to write into a packet: from now on it has bytes of its own. */
  copy(layers: Layers): void {
    const ip = ipOf(layers);
    if (ip !== null && ip.fragOffset > 0) this.taken.delete(pieceKey(ip));
  }

  /** A host puts a frame on a cable: if it is a piece sent on as it came, earlier copies change with it. */
  send(node: NodeId, layers: Layers, summary: () => Summary): void {
    const ip = ipOf(layers);
    if (ip === null || ip.fragOffset === 0) return;
    const key = pieceKey(ip);
    if (this.asTheyCame.has(`${node} ${packetKey(ip)}`)) {
      for (const seen of this.taken.get(key) ?? []) seen.summary = summary();
    }
    this.taken.set(key, []);
  }

  /** A frame was taken on its cable. */
  take(layers: Layers, seen: SeenPacket): void {
    const ip = ipOf(layers);
    if (ip !== null && ip.fragOffset > 0) this.taken.get(pieceKey(ip))?.push(seen);
  }
}

function ipOf(layers: Layers): Ipv4Hdr | null {
  for (const layer of layers) {
    if (layer.kind === 'ipv4') return layer;
    if (layer.kind !== 'eth') return null;
  }
  return null;
}

/** Addresses may be translated on the way; what the sender numbered stays. */
function packetKey(ip: Ipv4Hdr): string {
  return `${ip.proto} ${ip.id}`;
}

function pieceKey(ip: Ipv4Hdr): string {
  return `${packetKey(ip)} ${ip.fragOffset} ${ip.totalLen}`;
}
