/**
 * The bytes of a packet as tcpdump prints them: -x and -xx in hexadecimal digits, -X and -XX with the
 * characters beside them, -A as characters alone.
 * Comes from: shell/programs/tcpdump.ts.
 * Source: tcpdump 4.99.3 print-ascii.c (hex_print, hex_and_ascii_print, ascii_print).
 */

/** What is asked for, and whether the link's header is a part of it. */
export interface HexForm {
  readonly style: 'hex' | 'both' | 'ascii';
  readonly link: boolean;
}

const PER_LINE = 16;
/** Eight groups of two bytes with a blank before each. */
const HEX_WIDTH = 40;

const visible = (byte: number): string => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

function hexText(bytes: Uint8Array): string {
  let text = '';
  bytes.forEach((byte, i) => {
    text += `${i % 2 === 0 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`;
  });
  return text;
}

function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    // of the two bytes that end a line in HTTP only the second is printed
    if (byte === 13 && (bytes[i + 1] ?? 0) === 10) continue;
    const kept = byte === 9 || byte === 10 || byte === 32;
    text += kept ? String.fromCharCode(byte) : visible(byte);
  }
  return text;
}

/** Lines behind the packet's own, each with its newline. */
export function packetBytes(bytes: Uint8Array, form: HexForm): string {
  if (form.style === 'ascii') return `${asciiText(bytes)}\n`;
  let text = '';
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = bytes.subarray(at, at + PER_LINE);
    const hex = hexText(part);
    const beside = form.style === 'both' ? `${' '.repeat(HEX_WIDTH - hex.length)}  ${[...part].map((byte) => visible(byte)).join('')}` : '';
    text += `\t0x${at.toString(16).padStart(4, '0')}: ${hex}${beside}\n`;
  }
  return text;
}
