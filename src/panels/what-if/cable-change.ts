/** A change of a cable from what a person wrote. */
import { formatSpan, parseSpan, type NodeId } from '../../engine/index.ts';
import type { Both, Doing } from '../../lab/index.ts';
import type { LinkId } from '../../world/index.ts';
import { readLoss, readRate } from '../inspector/link-inspector.tsx';

export const CABLE_CHANGES = ['cut', 'plug', 'delay', 'rate', 'loss'] as const;
export type CableChange = (typeof CABLE_CHANGES)[number];

export interface Cable {
  readonly id: LinkId;
  readonly ends: string;
  readonly node: NodeId;
}

/** @returns null when the figure is none */
export function cableChange(
  { id, ends, node }: Cable,
  how: CableChange,
  figure: string,
): { readonly doing: Doing; readonly label: Both } | null {
  const link = { kind: 'link', link: id } as const;
  switch (how) {
    case 'cut':
      return {
        doing: { node, stimulus: { ...link, up: false } },
        label: { en: `cable ${ends} cut`, zh: `拔掉 ${ends} 网线` },
      };
    case 'plug':
      return {
        doing: { node, stimulus: { ...link, up: true } },
        label: { en: `cable ${ends} plugged in`, zh: `插上 ${ends} 网线` },
      };
    case 'delay': {
      const delayNs = parseSpan(figure);
      if (delayNs === null) return null;
      const text = formatSpan(delayNs);
      return {
        doing: { node, stimulus: { ...link, delayNs } },
        label: { en: `delay of ${ends} ${text}`, zh: `${ends} 时延改为 ${text}` },
      };
    }
    case 'rate': {
      const rate = readRate(figure);
      if (rate === null) return null;
      const text = rate === 0 ? '∞' : figure.trim();
      return {
        doing: { node, stimulus: { ...link, rateBps: rate === 0 ? null : rate } },
        label: { en: `rate of ${ends} ${text}`, zh: `${ends} 速率改为 ${text}` },
      };
    }
    case 'loss': {
      const lossPpm = readLoss(figure);
      if (lossPpm === null) return null;
      const text = `${lossPpm / 10_000} %`;
      return {
        doing: { node, stimulus: { ...link, lossPpm } },
        label: { en: `loss of ${ends} ${text}`, zh: `${ends} 丢包率改为 ${text}` },
      };
    }
  }
}
