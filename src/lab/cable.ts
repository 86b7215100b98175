/**
 * The figures of a cable as people read and write them, and a change of one as a deed.
 * Goes to: the map, its menu, the inspector, the form of what-if.
 */
import { formatSpan, parseSpan, type Nanos, type NodeId } from '../engine/index.ts';
import { rateText } from '../sim/index.ts';
import type { LinkId } from '../world/index.ts';
import type { Both } from './branch.ts';
import type { Doing } from './what-if.ts';

export const CABLE_FIGURES = ['delay', 'rate', 'loss'] as const;
export type CableFigure = (typeof CABLE_FIGURES)[number];

export const CABLE_CHANGES = ['cut', 'plug', ...CABLE_FIGURES] as const;
export type CableChange = (typeof CABLE_CHANGES)[number];

/** Figures worth trying, in the words of a lab file; a rate of 0 is none. */
export const USUAL_FIGURES: Readonly<Record<CableFigure, readonly string[]>> = {
  delay: ['50us', '1ms', '10ms', '100ms', '1s'],
  rate: ['1M', '10M', '100M', '1G', '0'],
  loss: ['0 %', '1 %', '10 %', '50 %', '100 %'],
};

export interface CableState {
  readonly delayNs: number;
  /** null: a frame takes no time to be sent */
  readonly rateBps: number | null;
  readonly lossPpm: number;
}

export interface Cable {
  readonly id: LinkId;
  readonly ends: string;
  readonly node: NodeId;
}

/** `10M`, `1 Gbit/s`; 0 is unlimited. */
export function readRate(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kMG]?)(?:bit(?:\/s)?)?$/.exec(text.trim());
  if (match === null) return null;
  const unit = { '': 1, k: 1_000, M: 1_000_000, G: 1_000_000_000 }[match[2] ?? ''] ?? 1;
  return Math.round(Number(match[1]) * unit);
}

export function readLoss(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(text.trim());
  const percent = match === null ? NaN : Number(match[1]);
  return percent >= 0 && percent <= 100 ? Math.round(percent * 10_000) : null;
}

/** A figure that was written, as a part of a cable's state; null when it is none. */
export function readFigure(figure: CableFigure, text: string): Partial<CableState> | null {
  if (figure === 'delay') {
    const delayNs = parseSpan(text);
    return delayNs === null ? null : { delayNs };
  }
  if (figure === 'rate') {
    const rateBps = readRate(text);
    return rateBps === null ? null : { rateBps: rateBps === 0 ? null : rateBps };
  }
  const lossPpm = readLoss(text);
  return lossPpm === null ? null : { lossPpm };
}

/** @param unlimited the word for a cable without a rate */
export function figureText(figure: CableFigure, { delayNs, rateBps, lossPpm }: CableState, unlimited: string): string {
  if (figure === 'delay') return formatSpan(delayNs as Nanos);
  if (figure === 'rate') return rateBps === null ? unlimited : rateText(rateBps);
  return `${lossPpm / 10_000} %`;
}

/** Whether a cable has this figure already. */
export function hasFigure(state: CableState, part: Partial<CableState>): boolean {
  return (Object.keys(part) as (keyof CableState)[]).every((key) => state[key] === part[key]);
}

const WORDS = {
  delay: { en: 'delay', zh: '时延' },
  rate: { en: 'rate', zh: '速率' },
  loss: { en: 'loss', zh: '丢包率' },
} as const satisfies Record<CableFigure, Both>;

const NO_STATE: CableState = { delayNs: 0, rateBps: null, lossPpm: 0 };

/** @param figure what was written, if the change has one; @returns null when that is no figure */
export function cableChange(
  { id, ends, node }: Cable,
  how: CableChange,
  figure = '',
): { readonly doing: Doing; readonly label: Both } | null {
  const link = { kind: 'link', link: id } as const;
  if (how === 'cut')
    return { doing: { node, stimulus: { ...link, up: false } }, label: { en: `cable ${ends} cut`, zh: `拔掉 ${ends} 网线` } };
  if (how === 'plug')
    return { doing: { node, stimulus: { ...link, up: true } }, label: { en: `cable ${ends} plugged in`, zh: `插上 ${ends} 网线` } };
  const part = readFigure(how, figure);
  if (part === null) return null;
  const shown = figureText(how, { ...NO_STATE, ...part }, '∞');
  return {
    doing: { node, stimulus: { ...link, ...part } },
    label: { en: `${WORDS[how].en} of ${ends} ${shown}`, zh: `${ends} ${WORDS[how].zh}改为 ${shown}` },
  };
}
