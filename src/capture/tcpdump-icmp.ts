/**
 * ICMP in tcpdump's words.
 * Source: tcpdump 4.99.3 print-icmp.c, icmp_print().
 */
import {
  formatIpv4,
  ICMP_DEST_UNREACH,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  isIcmpError,
  layersLen,
  type IcmpHdr,
  type Ipv4,
  type Ipv4Hdr,
  type Layers,
} from '../wire/index.ts';
import type { TcpdumpOptions } from './tcpdump.ts';
import { portName } from './tcpdump-transport.ts';

/** @param quote writes the packet an error is about, from the layer with that index on */
export function icmpText(options: TcpdumpOptions, layers: Layers, at: number, quote: (index: number) => string): string {
  const hdr = layers[at] as IcmpHdr;
  let text = `ICMP ${sentence(options, layers, at, hdr)}, length ${layersLen(layers, at)}`;
  if (options.verbose > 0 && isIcmpError(hdr.type) && layers[at + 1]?.kind === 'ipv4') text += `\n\t${quote(at + 1)}`;
  return text;
}

function sentence(options: TcpdumpOptions, layers: Layers, at: number, hdr: IcmpHdr): string {
  switch (hdr.type) {
    case ICMP_ECHO:
    case ICMP_ECHOREPLY:
      return `echo ${hdr.type === ICMP_ECHO ? 'request' : 'reply'}, id ${hdr.rest >>> 16}, seq ${hdr.rest & 0xffff}`;
    case ICMP_DEST_UNREACH:
      return unreachable(options, layers, at, hdr);
    case ICMP_REDIRECT: {
      const about = layers[at + 1] as Ipv4Hdr;
      const what = ['net', 'host', 'net (tos)', 'host (tos)'][hdr.code] ?? `#${hdr.code}`;
      return `redirect ${formatIpv4(about.dst)} to ${what} ${formatIpv4(hdr.rest as Ipv4)}`;
    }
    case ICMP_TIME_EXCEEDED:
      return hdr.code === 0 ? 'time exceeded in-transit' : hdr.code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${hdr.code}`;
    case 4:
      return 'source quench';
    case 12:
      return `parameter problem - octet ${hdr.rest >>> 24}`;
    default:
      return `type-#${hdr.type}`;
  }
}

function unreachable(options: TcpdumpOptions, layers: Layers, at: number, hdr: IcmpHdr): string {
  const about = layers[at + 1] as Ipv4Hdr;
  const dst = formatIpv4(about.dst);
  switch (hdr.code) {
    case 0:
      return `net ${dst} unreachable`;
    case 1:
      return `host ${dst} unreachable`;
    case 2:
      return `${dst} protocol ${about.proto} unreachable`;
    case 3:
      return portUnreachable(options, layers, at, about, dst);
    case 4: {
      const mtu = hdr.rest & 0xffff;
      return mtu === 0 ? `${dst} unreachable - need to frag` : `${dst} unreachable - need to frag (mtu ${mtu})`;
    }
    case 9:
      return `net ${dst} unreachable - admin prohibited`;
    case 10:
      return `host ${dst} unreachable - admin prohibited`;
    case 13:
      return `host ${dst} unreachable - admin prohibited filter`;
    default:
      return `${dst} unreachable - #${hdr.code}`;
  }
}

function portUnreachable(options: TcpdumpOptions, layers: Layers, at: number, about: Ipv4Hdr, dst: string): string {
  const ports = layers[at + 2];
  if (ports?.kind === 'tcp' || ports?.kind === 'udp')
    return `${dst} ${ports.kind} port ${portName(ports.dport, ports.kind, options.numeric)} unreachable`;
  // tcpdump reads a port from where TCP and UDP have theirs, whatever the protocol
  return `${dst} protocol ${about.proto} port ${secondWord(layers, at + 2)} unreachable`;
}

/** Bytes 2 and 3 behind the quoted header. An inner IPv4 header has its total length there. */
function secondWord(layers: Layers, at: number): number {
  const layer = layers[at];
  if (layer?.kind === 'ipv4') return layer.totalLen;
  if (layer?.kind === 'payload') return ((layer.bytes[2] ?? 0) << 8) | (layer.bytes[3] ?? 0);
  return 0;
}
