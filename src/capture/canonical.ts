/**
 * A frame as a small record that two captures can be compared by: what the fate of a packet depends
 * on, without identifiers, checksums, windows and options.
 * Comes from: layers, in order of time.  Goes to: the conformance runner.
 * Source: the format of the reference captures, see sim/conform/fixtures/README.md.
 */
import {
  ARP_REPLY,
  ARP_REQUEST,
  emit,
  formatIpv4,
  formatMac,
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_FRAG_NEEDED,
  ICMP_REDIRECT,
  IPPROTO_IPIP,
  IPPROTO_VRRP,
  isIcmpError,
  layersLen,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
  type IcmpHdr,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
  type TcpHdr,
} from '../wire/index.ts';

/** Port of IPVS connection synchronisation. */
const SYNC_PORT = 8848;

export type Canonical = { readonly [key: string]: CanonicalValue };
export type CanonicalValue = string | number | boolean | readonly CanonicalValue[] | Canonical;

/**
 * First sequence number of each direction, by addresses and ports: numbers are told relative to the
 * last SYN seen in the direction.
 */
export type InitialSeqs = Map<string, number>;

const FLAGS = [
  [0x01, 'FIN'],
  [0x02, 'SYN'],
  [0x04, 'RST'],
  [0x08, 'PSH'],
  [0x10, 'ACK'],
  [0x20, 'URG'],
] as const;

/** @param seqs kept by the caller over all frames of all captures, in order of time */
export function canonical(layers: Layers, seqs: InitialSeqs): Canonical {
  const out: Record<string, CanonicalValue> = {};
  let at = 0;
  const eth = layers[0];
  if (eth?.kind === 'eth') {
    out['eth'] = {
      dst: formatMac(eth.dst),
      src: formatMac(eth.src),
      type: eth.type.toString(16).padStart(4, '0'),
    };
    at = 1;
  }
  const next = layers[at];
  if (next?.kind === 'arp') {
    const op = next.op === ARP_REQUEST ? 'request' : next.op === ARP_REPLY ? 'reply' : next.op;
    out['arp'] = {
      op,
      sha: formatMac(next.sha),
      spa: formatIpv4(next.spa),
      tha: formatMac(next.tha),
      tpa: formatIpv4(next.tpa),
    };
  } else if (next?.kind === 'ipv4') out['ip'] = ipv4(layers, at, next, seqs);
  return out;
}

function ipv4(layers: Layers, at: number, ip: Ipv4Hdr, seqs: InitialSeqs): Canonical {
  const out: Record<string, CanonicalValue> = {
    src: formatIpv4(ip.src),
    dst: formatIpv4(ip.dst),
    proto: ip.proto,
    ttl: ip.ttl,
    len: ip.totalLen,
    df: ip.df,
  };
  if (ip.tos !== 0) out['tos'] = ip.tos;
  if (ip.mf || ip.fragOffset > 0) out['frag'] = { off: ip.fragOffset, mf: ip.mf };
  if (ip.fragOffset > 0) return out;
  const next = layers[at + 1];
  const here = layersLen(layers, at + 1);
  switch (next?.kind) {
    case 'ipv4':
      if (ip.proto === IPPROTO_IPIP) out['inner'] = ipv4(layers, at + 1, next, seqs);
      break;
    case 'tcp':
      out['tcp'] = tcp(next, ip, layersLen(layers, at + 2), seqs);
      break;
    case 'udp':
      out['udp'] =
        next.dport === SYNC_PORT
          ? { sport: 0, dport: next.dport, len: next.len - 8, data: 'sync' }
          : { sport: next.sport, dport: next.dport, len: next.len - 8 };
      break;
    case 'icmp':
      out['icmp'] = icmp(layers, at + 1, next);
      break;
    case 'vrrp':
      out['vrrp'] = vrrp(emit([next]));
      break;
    case 'payload':
      if (ip.proto === IPPROTO_VRRP && here >= 8) out['vrrp'] = vrrp(next.bytes);
      else out['len4'] = here;
      break;
    default:
      out['len4'] = here;
  }
  return out;
}

function keyOf(src: Ipv4, sport: number, dst: Ipv4, dport: number): string {
  return `${src}:${sport}>${dst}:${dport}`;
}

function tcp(hdr: TcpHdr, ip: Ipv4Hdr, length: number, seqs: InitialSeqs): Canonical {
  const out: Record<string, CanonicalValue> = {
    sport: hdr.sport,
    dport: hdr.dport,
    flags: FLAGS.filter(([bit]) => (hdr.flags & bit) !== 0).map(([, name]) => name),
  };
  const mine = keyOf(ip.src, hdr.sport, ip.dst, hdr.dport);
  const lone = (hdr.flags & TCP_RST) !== 0 && (hdr.flags & TCP_ACK) === 0;
  if (lone && !seqs.has(mine)) out['seq'] = 0;
  else {
    if ((hdr.flags & TCP_SYN) !== 0 && !lone) seqs.set(mine, hdr.seq);
    else if (!seqs.has(mine)) seqs.set(mine, (hdr.seq - 1) >>> 0);
    out['seq'] = (hdr.seq - (seqs.get(mine) as number)) >>> 0;
  }
  if ((hdr.flags & TCP_ACK) !== 0) {
    const theirs = keyOf(ip.dst, hdr.dport, ip.src, hdr.sport);
    if (!seqs.has(theirs)) seqs.set(theirs, (hdr.ack - 1) >>> 0);
    out['ack'] = (hdr.ack - (seqs.get(theirs) as number)) >>> 0;
  }
  out['len'] = length;
  if ((hdr.flags & TCP_SYN) !== 0 && hdr.options.mss !== null) out['mss'] = hdr.options.mss;
  return out;
}

function icmp(layers: Layers, at: number, hdr: IcmpHdr): Canonical {
  const out: Record<string, CanonicalValue> = { type: hdr.type, code: hdr.code };
  if (hdr.type === ICMP_ECHO || hdr.type === ICMP_ECHOREPLY) {
    out['seq'] = hdr.rest & 0xffff;
    out['len'] = layersLen(layers, at + 1);
  }
  if (hdr.type === ICMP_DEST_UNREACH && hdr.code === ICMP_FRAG_NEEDED) out['mtu'] = hdr.rest & 0xffff;
  if (hdr.type === ICMP_REDIRECT) out['gateway'] = formatIpv4(hdr.rest as Ipv4);
  const about = layers[at + 1];
  if (isIcmpError(hdr.type) && about?.kind === 'ipv4') {
    const inside: Record<string, CanonicalValue> = {
      src: formatIpv4(about.src),
      dst: formatIpv4(about.dst),
      proto: about.proto,
    };
    const ports = layers[at + 2];
    if (ports?.kind === 'tcp' || ports?.kind === 'udp') {
      inside['sport'] = ports.sport;
      inside['dport'] = ports.dport;
    }
    out['about'] = inside;
  }
  return out;
}

function vrrp(bytes: Uint8Array): Canonical {
  const [head = 0, vrid = 0, prio = 0, naddr = 0] = bytes;
  const addrs: string[] = [];
  for (let i = 0; i < naddr; i++) addrs.push([...bytes.subarray(8 + 4 * i, 12 + 4 * i)].join('.'));
  return { version: head >> 4, type: head & 15, vrid, prio, naddr, addrs };
}

/** A TCP segment that carries nothing but an acknowledgement. */
export function isPureAck(packet: Canonical): boolean {
  const outer = packet['ip'] as Canonical | undefined;
  const ip = (outer?.['inner'] as Canonical | undefined) ?? outer;
  const hdr = ip?.['tcp'] as Canonical | undefined;
  const flags = hdr?.['flags'] as readonly string[] | undefined;
  return flags?.length === 1 && flags[0] === 'ACK' && hdr?.['len'] === 0;
}
