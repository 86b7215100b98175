/**
 * Bytes from layers, with right lengths of headers and right checksums.
 * Comes from: pcapng files, the packet inspector, filters that look at bytes.  Goes to: Uint8Array.
 * Source: RFC 826, 791, 792, 768, 9293, 7323, 3768, 5798; Linux 6.1 net/ipv4/tcp_output.c,
 *   tcp_options_write() for the order of options.
 * Differs: a first fragment of UDP carries checksum 0 (none), because the sum would need the other
 *   fragments; the sum of a packet inside an ICMP error covers only the part that is there.
 */
import { checksum, pseudoHeaderSum } from './checksum.ts';
import {
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_VRRP,
  layerLen,
  layersLen,
  tcpHeaderLen,
  type ArpHdr,
  type EthHdr,
  type IcmpHdr,
  type Ipv4Hdr,
  type Layer,
  type Layers,
  type TcpHdr,
  type UdpHdr,
  type VrrpHdr,
} from './layers.ts';

/** The frame or packet as it is on the wire: no padding, no frame check sequence. */
export function emit(layers: Layers): Uint8Array {
  const bytes = new Uint8Array(layersLen(layers));
  let offset = 0;
  for (const layer of layers) {
    writeLayer(bytes, offset, layer);
    offset += layerLen(layer);
  }
  // checksums from the inside out, because the outer ones cover the inner ones
  let end = offset;
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i] as Layer;
    end -= layerLen(layer);
    sealLayer(bytes, end, layer, i > 0 ? (layers[i - 1] as Layer) : null);
  }
  return bytes;
}

function writeLayer(bytes: Uint8Array, at: number, layer: Layer): void {
  switch (layer.kind) {
    case 'eth':
      return writeEth(bytes, at, layer);
    case 'arp':
      return writeArp(bytes, at, layer);
    case 'ipv4':
      return writeIpv4(bytes, at, layer);
    case 'icmp':
      return writeIcmp(bytes, at, layer);
    case 'udp':
      return writeUdp(bytes, at, layer);
    case 'tcp':
      return writeTcp(bytes, at, layer);
    case 'vrrp':
      return writeVrrp(bytes, at, layer);
    case 'payload':
      bytes.set(layer.bytes, at);
  }
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function putMac(bytes: Uint8Array, at: number, mac: number): void {
  put16(bytes, at, Math.floor(mac / 0x100000000));
  put32(bytes, at + 2, mac % 0x100000000);
}

function writeEth(bytes: Uint8Array, at: number, eth: EthHdr): void {
  putMac(bytes, at, eth.dst);
  putMac(bytes, at + 6, eth.src);
  put16(bytes, at + 12, eth.type);
}

function writeArp(bytes: Uint8Array, at: number, arp: ArpHdr): void {
  put16(bytes, at, 1); // hardware: Ethernet
  put16(bytes, at + 2, 0x0800); // protocol: IPv4
  bytes[at + 4] = 6;
  bytes[at + 5] = 4;
  put16(bytes, at + 6, arp.op);
  putMac(bytes, at + 8, arp.sha);
  put32(bytes, at + 14, arp.spa);
  putMac(bytes, at + 18, arp.tha);
  put32(bytes, at + 24, arp.tpa);
}

function writeIpv4(bytes: Uint8Array, at: number, ip: Ipv4Hdr): void {
  bytes[at] = 0x45;
  bytes[at + 1] = ip.tos;
  put16(bytes, at + 2, ip.totalLen);
  put16(bytes, at + 4, ip.id);
  put16(bytes, at + 6, (ip.df ? 0x4000 : 0) | (ip.mf ? 0x2000 : 0) | (ip.fragOffset >>> 3));
  bytes[at + 8] = ip.ttl;
  bytes[at + 9] = ip.proto;
  put32(bytes, at + 12, ip.src);
  put32(bytes, at + 16, ip.dst);
}

function writeIcmp(bytes: Uint8Array, at: number, icmp: IcmpHdr): void {
  bytes[at] = icmp.type;
  bytes[at + 1] = icmp.code;
  put32(bytes, at + 4, icmp.rest);
}

function writeUdp(bytes: Uint8Array, at: number, udp: UdpHdr): void {
  put16(bytes, at, udp.sport);
  put16(bytes, at + 2, udp.dport);
  put16(bytes, at + 4, udp.len);
}

function writeTcp(bytes: Uint8Array, at: number, tcp: TcpHdr): void {
  put16(bytes, at, tcp.sport);
  put16(bytes, at + 2, tcp.dport);
  put32(bytes, at + 4, tcp.seq);
  put32(bytes, at + 8, tcp.ack);
  bytes[at + 12] = (tcpHeaderLen(tcp) >>> 2) << 4;
  bytes[at + 13] = tcp.flags;
  put16(bytes, at + 14, tcp.window);
  writeTcpOptions(bytes, at + 20, tcp);
}

function writeTcpOptions(bytes: Uint8Array, from: number, tcp: TcpHdr): void {
  const { mss, sackPermitted, timestamps, windowScale, sack, toa } = tcp.options;
  let at = from;
  if (mss !== null) {
    put16(bytes, at, 0x0204);
    put16(bytes, at + 2, mss);
    at += 4;
  }
  if (timestamps !== null) {
    // either SACK permitted or two NOPs bring the timestamps to a multiple of four
    put16(bytes, at, sackPermitted ? 0x0402 : 0x0101);
    put16(bytes, at + 2, 0x080a);
    put32(bytes, at + 4, timestamps.val);
    put32(bytes, at + 8, timestamps.ecr);
    at += 12;
  } else if (sackPermitted) {
    put32(bytes, at, 0x01010402);
    at += 4;
  }
  if (windowScale !== null) {
    put32(bytes, at, 0x01030300 | windowScale);
    at += 4;
  }
  if (sack !== null) {
    put32(bytes, at, 0x01010500 | (2 + 8 * sack.length));
    at += 4;
    for (const block of sack) {
      put32(bytes, at, block.left);
      put32(bytes, at + 4, block.right);
      at += 8;
    }
  }
  if (toa !== null) {
    put16(bytes, at, 0xfe08);
    put16(bytes, at + 2, toa.port);
    put32(bytes, at + 4, toa.addr);
  }
}

function writeVrrp(bytes: Uint8Array, at: number, vrrp: VrrpHdr): void {
  bytes[at] = (vrrp.version << 4) | vrrp.type;
  bytes[at + 1] = vrrp.vrid;
  bytes[at + 2] = vrrp.priority;
  bytes[at + 3] = vrrp.addrs.length;
  if (vrrp.version === 2) {
    bytes[at + 4] = vrrp.authType;
    bytes[at + 5] = vrrp.interval;
  } else put16(bytes, at + 4, vrrp.interval & 0x0fff);
  let end = at + 8;
  for (const addr of vrrp.addrs) {
    put32(bytes, end, addr);
    end += 4;
  }
  const auth = vrrp.auth ?? '';
  for (let i = 0; i < auth.length; i++) bytes[end + i] = auth.charCodeAt(i);
}

/** Fills in a header's checksum; everything after `at` is written. */
function sealLayer(bytes: Uint8Array, at: number, layer: Layer, below: Layer | null): void {
  switch (layer.kind) {
    case 'ipv4':
      put16(bytes, at + 10, checksum(bytes, at, 20));
      return;
    case 'icmp':
      put16(bytes, at + 2, checksum(bytes, at, bytes.length - at));
      return;
    case 'udp':
      if (below?.kind === 'ipv4' && !below.mf) {
        const length = bytes.length - at;
        // a sum of zero is written as its other form, because zero means "none"
        put16(bytes, at + 6, checksum(bytes, at, length, pseudoHeaderSum(below.src, below.dst, IPPROTO_UDP, length)) || 0xffff);
      }
      return;
    case 'tcp':
      if (below?.kind === 'ipv4') {
        const length = bytes.length - at;
        put16(bytes, at + 16, checksum(bytes, at, length, pseudoHeaderSum(below.src, below.dst, IPPROTO_TCP, length)));
      }
      return;
    case 'vrrp': {
      const length = bytes.length - at;
      const start = layer.version === 3 && below?.kind === 'ipv4' ? pseudoHeaderSum(below.src, below.dst, IPPROTO_VRRP, length) : 0;
      put16(bytes, at + 6, checksum(bytes, at, length, start));
      return;
    }
    case 'eth':
    case 'arp':
    case 'payload':
  }
}
