import { describe, expect, it } from 'vitest';
import { nanos } from '../engine/index.ts';
import { emit, makeArp, makeEth, type Ipv4, type Layers, type Mac } from '../wire/index.ts';
import { writePcapng } from './pcapng.ts';

const ARP: Layers = [makeEth(1 as Mac, 2 as Mac, 0x0806), makeArp(1, 2 as Mac, 3 as Ipv4, 0 as Mac, 4 as Ipv4)];

interface Block {
  readonly type: number;
  readonly body: DataView;
}

/** The blocks of a file; checks that each tells its length twice and alike. */
function blocksOf(file: Uint8Array): Block[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const blocks: Block[] = [];
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    expect(length % 4).toBe(0);
    expect(view.getUint32(at + length - 4, true)).toBe(length);
    blocks.push({
      type: view.getUint32(at, true),
      body: new DataView(file.buffer, file.byteOffset + at + 8, length - 12),
    });
    at += length;
  }
  return blocks;
}

function textOf(view: DataView): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

describe('writePcapng', () => {
  const file = writePcapng(
    [
      { name: 'rs1:eth0', link: 'ethernet' },
      { name: 'rs1:tunl0', link: 'raw' },
    ],
    [{ at: nanos(5_000_000_123), iface: 0, layers: ARP, dir: 'in', comment: '答复 reply' }],
  );
  const [section, first, second, packet] = blocksOf(file) as [Block, Block, Block, Block];

  it('begins with a section header in little-endian order', () => {
    expect(section.type).toBe(0x0a0d0d0a);
    expect(section.body.getUint32(0, true)).toBe(0x1a2b3c4d);
  });

  it('names the interfaces, their link types and nanoseconds', () => {
    expect([first.type, first.body.getUint16(0, true)]).toEqual([1, 1]);
    expect([second.type, second.body.getUint16(0, true)]).toEqual([1, 101]);
    expect(textOf(first.body)).toContain('rs1:eth0');
    // option 9 (if_tsresol), one byte: 9
    expect(textOf(first.body)).toContain('\u0009\u0000\u0001\u0000\u0009');
  });

  it('holds each packet with its time, bytes and comment', () => {
    expect(packet.type).toBe(6);
    expect(packet.body.getUint32(4, true) * 2 ** 32 + packet.body.getUint32(8, true)).toBe(5_000_000_123);
    expect(packet.body.getUint32(12, true)).toBe(42);
    const bytes = new Uint8Array(packet.body.buffer, packet.body.byteOffset + 20, 42);
    expect([...bytes]).toEqual([...emit(ARP)]);
    expect(textOf(packet.body)).toContain('答复 reply');
  });
});
