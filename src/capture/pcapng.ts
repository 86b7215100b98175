/**
 * Capture files that Wireshark and tcpdump open.
 * Comes from: frames with their times and interfaces.  Goes to: bytes of a file.
 * Source: IETF draft-ietf-opsawg-pcapng: section header, interface description and enhanced packet
 *   blocks; options opt_comment, if_name, if_tsresol, epb_flags.
 * Differs: frames are written without padding and check sequence.
 */
import type { Nanos } from '../engine/index.ts';
import { emit, type Layers } from '../wire/index.ts';

export interface CaptureInterface {
  /** 'rs1:eth0' */
  readonly name: string;
  /** 'raw': no link layer, packets begin with the IPv4 header */
  readonly link: 'ethernet' | 'raw';
}

export interface CapturePacket {
  readonly at: Nanos;
  /** index in the list of interfaces */
  readonly iface: number;
  readonly layers: Layers;
  readonly dir?: 'in' | 'out' | 'other';
  readonly comment?: string;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;

/** Bytes that grow, little-endian. */
class Writer {
  private buffer = new Uint8Array(4096);
  private view = new DataView(this.buffer.buffer);
  length = 0;

  private room(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const bigger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more));
    bigger.set(this.buffer);
    this.buffer = bigger;
    this.view = new DataView(bigger.buffer);
  }

  u16(value: number): void {
    this.room(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  u32(value: number): void {
    this.room(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** Bytes, filled up to a multiple of four. */
  padded(bytes: Uint8Array): void {
    const full = (bytes.length + 3) & ~3;
    this.room(full);
    this.buffer.set(bytes, this.length);
    this.length += full;
  }

  option(code: number, bytes: Uint8Array): void {
    this.u16(code);
    this.u16(bytes.length);
    this.padded(bytes);
  }

  /** A block: its length stands in front and behind. */
  block(type: number, body: (writer: Writer) => void): void {
    const start = this.length;
    this.u32(type);
    this.u32(0);
    body(this);
    const total = this.length + 4 - start;
    this.u32(total);
    this.view.setUint32(start + 4, total, true);
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.length);
  }
}

/** The file. Packets are written in the order given. */
export function writePcapng(
  interfaces: readonly CaptureInterface[],
  packets: readonly CapturePacket[],
  comment = '',
): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  const text = new TextEncoder();
  writer.block(SECTION_HEADER, (w) => {
    w.u32(0x1a2b3c4d);
    w.u16(1);
    w.u16(0);
    w.u32(0xffffffff);
    w.u32(0xffffffff);
    if (comment !== '') w.option(1, text.encode(comment));
    w.option(4, text.encode('LVS Lab'));
    w.option(0, new Uint8Array(0));
  });
  for (const { name, link } of interfaces) {
    writer.block(INTERFACE_DESCRIPTION, (w) => {
      w.u16(link === 'ethernet' ? LINKTYPE_ETHERNET : LINKTYPE_RAW);
      w.u16(0);
      w.u32(262_144);
      w.option(2, text.encode(name));
      w.option(9, Uint8Array.of(9)); // times are in 10^-9 s
      w.option(0, new Uint8Array(0));
    });
  }
  for (const packet of packets) {
    const bytes = emit(packet.layers);
    writer.block(ENHANCED_PACKET, (w) => {
      w.u32(packet.iface);
      w.u32(Math.floor(packet.at / 0x100000000));
      w.u32(packet.at % 0x100000000);
      w.u32(bytes.length);
      w.u32(bytes.length);
      w.padded(bytes);
      if (packet.comment !== undefined) w.option(1, text.encode(packet.comment));
      if (packet.dir !== undefined) w.option(2, flagsOf(packet.dir));
      w.option(0, new Uint8Array(0));
    });
  }
  return writer.done();
}

/** Direction in bits 0-1: 1 inbound, 2 outbound; reception type in bits 2-4: 4 promiscuous. */
function flagsOf(dir: 'in' | 'out' | 'other'): Uint8Array {
  return Uint8Array.of(dir === 'out' ? 2 : dir === 'in' ? 1 : 1 | (4 << 2), 0, 0, 0);
}
