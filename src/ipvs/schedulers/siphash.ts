/**
 * HalfSipHash as 64-bit kernels compute it: SipHash-1-3 of one 32-bit word, both key halves equal,
 * the lower 32 bits of the result. 64-bit words are kept as two 32-bit halves.
 * Comes from: mh.ts.
 * Source: Linux 6.1 lib/siphash.c, hsiphash_1u32(); Aumasson and Bernstein, "SipHash".
 */

/** v0 to v3, each as high and low half. */
type Sip = [number, number, number, number, number, number, number, number];

/** v[a] += v[b] */
function add(v: Sip, a: number, b: number): void {
  const lo = (v[a + 1] as number) + (v[b + 1] as number);
  v[a] = ((v[a] as number) + (v[b] as number) + (lo > 0xffffffff ? 1 : 0)) >>> 0;
  v[a + 1] = lo >>> 0;
}

/** v[a] = rotl(v[a], bits), bits below 32 */
function rotl(v: Sip, a: number, bits: number): void {
  const hi = v[a] as number;
  const lo = v[a + 1] as number;
  v[a] = ((hi << bits) | (lo >>> (32 - bits))) >>> 0;
  v[a + 1] = ((lo << bits) | (hi >>> (32 - bits))) >>> 0;
}

/** v[a] ^= v[b] */
function xor(v: Sip, a: number, b: number): void {
  v[a] = ((v[a] as number) ^ (v[b] as number)) >>> 0;
  v[a + 1] = ((v[a + 1] as number) ^ (v[b + 1] as number)) >>> 0;
}

/** rotation by 32 bits: the halves change places */
function swap(v: Sip, a: number): void {
  const hi = v[a] as number;
  v[a] = v[a + 1] as number;
  v[a + 1] = hi;
}

const V0 = 0;
const V1 = 2;
const V2 = 4;
const V3 = 6;

function round(v: Sip): void {
  add(v, V0, V1);
  rotl(v, V1, 13);
  xor(v, V1, V0);
  swap(v, V0);
  add(v, V2, V3);
  rotl(v, V3, 16);
  xor(v, V3, V2);
  add(v, V0, V3);
  rotl(v, V3, 21);
  xor(v, V3, V0);
  add(v, V2, V1);
  rotl(v, V1, 17);
  xor(v, V1, V2);
  swap(v, V2);
}

/** @param key both 64-bit halves of the key have this value @returns unsigned 32 bit */
export function hsiphash1(word: number, key: number): number {
  const v: Sip = [
    0x736f6d65,
    (0x70736575 ^ key) >>> 0,
    0x646f7261,
    (0x6e646f6d ^ key) >>> 0,
    0x6c796765,
    (0x6e657261 ^ key) >>> 0,
    0x74656462,
    (0x79746573 ^ key) >>> 0,
  ];
  // The last block: length 4 in the top byte, the word below.
  const blockHi = 0x04000000;
  const blockLo = word >>> 0;
  v[6] = (v[6] ^ blockHi) >>> 0;
  v[7] = (v[7] ^ blockLo) >>> 0;
  round(v);
  v[0] = (v[0] ^ blockHi) >>> 0;
  v[1] = (v[1] ^ blockLo) >>> 0;
  v[5] = (v[5] ^ 0xff) >>> 0;
  round(v);
  round(v);
  round(v);
  return (v[1] ^ v[3] ^ v[5] ^ v[7]) >>> 0;
}
