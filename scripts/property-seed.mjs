/**
 * One seed for all property tests, so that a run of the tests means the same today and tomorrow.
 * `npm test -- seeds 20` looks for rare counter-examples with new ones; LVS_LAB_SEED chooses one.
 * Vitest loads this twice: before each test file, and once for the line that names the seed.
 */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

const USUAL = 20_261_121;

/** What fast-check draws its examples from: a 32-bit number. */
export const seed = seedOf(process.env.LVS_LAB_SEED);

configureGlobal({ ...readConfigureGlobal(), seed });

/** Vitest's hook before the first file. */
export function setup() {
  console.error(`[seed] property tests draw from ${seed}; LVS_LAB_SEED=<number> chooses another`);
}

/** @param {string | undefined} word */
export function seedOf(word) {
  if (word === undefined || word === '') return USUAL;
  if (/^-?\d{1,10}$/.test(word) && Number(word) === (Number(word) | 0)) return Number(word);
  throw new Error(`LVS_LAB_SEED=${word} is no 32-bit integer`);
}
