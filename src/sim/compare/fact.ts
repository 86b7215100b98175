/**
 * One thing that is so in a future: "request 2 of the client was answered by rs1". Two futures differ in
 * the facts whose values differ.
 */
import type { NodeId } from '../../engine/index.ts';

/** A text in both languages. */
export interface Told {
  readonly en: string;
  readonly zh: string;
}

export const SECTIONS = ['arp', 'request', 'neigh', 'ipvs', 'route', 'setting', 'terminal', 'drop'] as const;
export type Section = (typeof SECTIONS)[number];

export interface Fact {
  readonly section: Section;
  /** the same in both futures for the same thing */
  readonly key: string;
  readonly node: NodeId | null;
  readonly what: Told;
  readonly value: Told;
  /** what stands for it where it is missing */
  readonly missing: Told;
}

export function same(text: string): Told {
  return { en: text, zh: text };
}

export function fact(section: Section, key: string, node: NodeId | null, what: Told, value: Told, missing: Told = same('—')): Fact {
  return { section, key: `${section} ${key}`, node, what, value, missing };
}
