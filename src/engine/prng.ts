/**
 * The run's only source of chance: sfc32, whose whole state is four 32-bit words.
 * Source: Chris Doty-Humphrey, PractRand, "Small Fast Counting" generator, 32-bit variant.
 * Differs: seeded by one number through splitmix32 and 12 discarded rounds.
 */

/** Four unsigned 32-bit words. */
export type PrngState = [number, number, number, number];

/** @param seed any integer; only its low 32 bits count. */
export function seedPrng(seed: number): PrngState {
  let mixed = seed >>> 0;
  const word = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const state: PrngState = [word(), word(), word(), 1];
  for (let i = 0; i < 12; i++) nextUint32(state);
  return state;
}

/** Moves the state on and returns an unsigned 32-bit integer. */
export function nextUint32(state: PrngState): number {
  const [a, b, c, d] = state;
  const sum = (a + b + d) >>> 0;
  state[0] = (b ^ (b >>> 9)) >>> 0;
  state[1] = (c + (c << 3)) >>> 0;
  state[2] = (((c << 21) | (c >>> 11)) + sum) >>> 0;
  state[3] = (d + 1) >>> 0;
  return sum;
}

const WORD = 0x100000000;

/** A uniform integer in [0, bound). @param bound 1 to 2^53 */
export function nextBelow(state: PrngState, bound: number): number {
  if (!(bound >= 1 && Number.isSafeInteger(bound))) throw new RangeError(`no chance among ${bound}`);
  if (bound > WORD) return nextBelowLong(state, bound);
  // Draws above the largest multiple of bound are thrown away, so that no remainder is favoured.
  const limit = WORD - (WORD % bound);
  for (;;) {
    const draw = nextUint32(state);
    if (draw < limit) return draw % bound;
  }
}

/** Two draws make 53 bits. */
function nextBelowLong(state: PrngState, bound: number): number {
  const all = Number.MAX_SAFE_INTEGER + 1;
  const limit = all - (all % bound);
  for (;;) {
    const high = nextUint32(state) & 0x1fffff;
    const draw = high * WORD + nextUint32(state);
    if (draw < limit) return draw % bound;
  }
}
