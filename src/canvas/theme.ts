/**
 * The colours and sizes of the page's stylesheet, as the canvas needs them.
 * Comes from: app/tokens.css.  Goes to: draw-*.ts.
 */
import type { AddressRole } from '../lab/index.ts';

const TOKENS = [
  'ground',
  'surface',
  'raised',
  'ink',
  'ink-2',
  'ink-3',
  'line',
  'line-strong',
  'arp',
  'drop',
  'change',
  'flash',
  'accent',
  'cip',
  'vip',
  'dip',
  'rip',
  'lip',
  'plain',
] as const;
type Token = (typeof TOKENS)[number];

export interface Theme {
  readonly color: Readonly<Record<Token, string>>;
  /** 1 on a desk, more before a projector */
  readonly scale: number;
  readonly sans: string;
  readonly mono: string;
  /** changes with anything above: part of the key of cached pictures */
  readonly key: string;
}

/** Custom properties are not resolved by themselves: each is read from a colour that uses it. */
export function readTheme(host: HTMLElement): Theme {
  const probe = document.createElement('span');
  // A colour on its way to another would be read half-way.
  probe.style.transition = 'none';
  host.append(probe);
  const color = {} as Record<Token, string>;
  for (const token of TOKENS) {
    probe.style.color = `var(--${token})`;
    color[token] = getComputedStyle(probe).color;
  }
  probe.style.fontFamily = 'var(--sans)';
  const sans = getComputedStyle(probe).fontFamily;
  probe.style.fontFamily = 'var(--mono)';
  const mono = getComputedStyle(probe).fontFamily;
  const base = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  probe.remove();
  const scale = base / 15;
  return { color, scale, sans, mono, key: keyOf(`${scale} ${sans} ${mono} ${Object.values(color).join(' ')}`) };
}

const keys: string[] = [];

/** A short word for a long one: it becomes part of many keys. */
function keyOf(long: string): string {
  if (!keys.includes(long)) keys.push(long);
  return `t${keys.indexOf(long)}`;
}

const ROLE_TOKEN: Readonly<Record<AddressRole, Token>> = {
  CIP: 'cip',
  VIP: 'vip',
  DIP: 'dip',
  RIP: 'rip',
  LIP: 'lip',
  other: 'plain',
};

export function roleColor(theme: Theme, role: AddressRole): string {
  return theme.color[ROLE_TOKEN[role]];
}
