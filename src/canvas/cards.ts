/**
 * What the card of a frame says, and what is left of it when only one layer is looked at.
 * Comes from: frames of a trace.  Goes to: draw-cards.ts, panels/what-if.
 */
import type { FrameId, TraceReader } from '../engine/index.ts';
import { frameText, macText, type AddressRole, type Cast, type FrameText, type LayerView } from '../lab/index.ts';
import { formatIpv4, type Ipv4, type Layers } from '../wire/index.ts';

export interface CardEnd {
  readonly text: string;
  readonly role: AddressRole;
  readonly label: string;
}

export interface Card {
  readonly protocol: FrameText['protocol'];
  /** owner·iface → owner·iface */
  readonly macs: string;
  readonly pairs: readonly (readonly [CardEnd, CardEnd])[];
  readonly what: string;
  readonly ttl: string;
  readonly short: string;
  /** equal for frames that look the same: pictures are kept by it */
  readonly key: string;
}

/** Cards by frame and layer: frames never change, and a cast lives as long as its branch does not grow. */
const cards = new WeakMap<Cast, Readonly<Record<LayerView, Map<FrameId, Card>>>>();

export function cardOf(trace: TraceReader, frame: FrameId, cast: Cast, layer: LayerView = 'all'): Card {
  let all = cards.get(cast);
  if (all === undefined) cards.set(cast, (all = { all: new Map(), l2: new Map(), l3: new Map(), l4: new Map() }));
  const known = all[layer].get(frame);
  if (known !== undefined) return known;
  const made = makeCard(trace.frame(frame).layers, cast, layer);
  all[layer].set(frame, made);
  return made;
}

function makeCard(layers: Layers, cast: Cast, layer: LayerView): Card {
  const text = frameText(layers);
  const showPorts = layer === 'all' || layer === 'l4';
  const macs =
    (layer !== 'all' && layer !== 'l2') || text.srcMac === null || text.dstMac === null
      ? ''
      : `${macText(text.srcMac, cast.macs)} → ${macText(text.dstMac, cast.macs)}`;
  const end = (addr: Ipv4, port: number | null): CardEnd => {
    const info = cast.roles.get(addr);
    return {
      text: port === null || !showPorts ? formatIpv4(addr) : `${formatIpv4(addr)}:${port}`,
      role: info?.role ?? 'other',
      label: info?.label ?? '',
    };
  };
  const pairs = layer === 'l2' ? [] : text.pairs.map(({ from, to }) => [end(from.addr, from.port), end(to.addr, to.port)] as const);
  const ttl = text.ttls.length === 0 || layer === 'l2' || layer === 'l4' ? '' : `TTL ${text.ttls.join('/')}`;
  const { what, short } = saidAt(text, layer);
  const key = `${text.protocol}|${macs}|${pairs.map(([a, b]) => `${a.label}${a.text}>${b.label}${b.text}`).join(',')}|${what}|${ttl}`;
  return { protocol: text.protocol, macs, pairs, what, ttl, short, key };
}

const NAME: Readonly<Record<FrameText['protocol'], string>> = {
  arp: 'ARP',
  tcp: 'TCP',
  udp: 'UDP',
  icmp: 'ICMP',
  ipip: 'IPIP',
  vrrp: 'VRRP',
  other: 'IP',
};

/** The third line: a lower layer knows only what is inside, not what it says. */
function saidAt({ protocol, what, short, pairs }: FrameText, layer: LayerView): { what: string; short: string } {
  if (layer === 'all' || layer === 'l4') return { what, short };
  if (protocol === 'arp') return layer === 'l2' ? { what, short } : { what: 'ARP', short: 'ARP' };
  if (pairs.length === 0) return { what: 'Ethernet', short: 'eth' };
  if (layer === 'l2') return { what: 'IPv4', short: 'IPv4' };
  if (protocol === 'icmp') return { what, short };
  return { what: `IPv4: ${NAME[protocol]}`, short: NAME[protocol] };
}
