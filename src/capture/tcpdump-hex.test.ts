import { describe, expect, it } from 'vitest';
import { packetBytes } from './tcpdump-hex.ts';

const bytes = new Uint8Array([0x45, 0, 0, 0x13, 0x47, 0x45, 0x54, 0x20, 0x2f, 0x0d, 0x0a, 0x7e, 0x7f, 0x80, 0x41, 0x42, 0x43]);

describe('packetBytes', () => {
  it('prints pairs of bytes, sixteen to a line, and a last one alone', () => {
    expect(packetBytes(bytes, { style: 'hex', link: false })).toBe('\t0x0000:  4500 0013 4745 5420 2f0d 0a7e 7f80 4142\n\t0x0010:  43\n');
  });

  it('prints characters beside them, in a column of their own', () => {
    expect(packetBytes(bytes, { style: 'both', link: false })).toBe(
      '\t0x0000:  4500 0013 4745 5420 2f0d 0a7e 7f80 4142  E...GET./..~..AB\n' + '\t0x0010:  43                                       C\n',
    );
  });

  it('prints lines of text as lines, without the carriage return', () => {
    expect(packetBytes(bytes, { style: 'ascii', link: false })).toBe('E...GET /\n~..ABC\n');
  });
});
