/** A cable: its delay, rate and loss, to be changed at the moment shown; cut and healed. */
import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { act, type Both } from '../../lab/index.ts';
import { rateText } from '../../canvas/index.ts';
import { parseSpan } from '../../engine/index.ts';
import type { LinkId, Stimulus } from '../../world/index.ts';
import { useWorld } from '../common/use-world.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import css from './inspector.module.css';

export function LinkInspector({ link: id }: { readonly link: number }) {
  const say = useSay();
  const link = useWorld((world) => {
    const found = world.shared.links[id];
    return found === undefined ? null : { ...found };
  });
  const cast = useLab((s) => s.branch?.cast);
  if (link === null || cast === undefined) return null;
  const [a, b] = link.ends.map((end) => ({
    node: cast.names.node(end.node),
    dev: cast.names.dev(end.node, end.dev),
  }));
  if (a === undefined || b === undefined) return null;
  const ends = `${a.node} – ${b.node}`;
  const change = (what: Omit<Extract<Stimulus, { kind: 'link' }>, 'kind' | 'link'>, label: Both): void => {
    act(link.ends[0].node, { kind: 'link', link: id as LinkId, ...what }, label);
  };

  return (
    <>
      <p className={css['ends']}>
        <b>{a.node}</b>·{a.dev} – <b>{b.node}</b>·{b.dev}
      </p>
      <Button
        className={css['action'] ?? ''}
        data-danger={link.up || undefined}
        onPress={() =>
          change(
            { up: !link.up },
            link.up ? { en: `cable ${ends} cut`, zh: `拔掉 ${ends} 网线` } : { en: `cable ${ends} plugged in`, zh: `插上 ${ends} 网线` },
          )
        }
      >
        {link.up ? say('link.cut') : say('link.heal')}
      </Button>
      <Setting
        label={say('link.delay')}
        value={spanText(link.delayNs)}
        read={(text) => parseSpan(text)}
        onChange={(delayNs) =>
          change({ delayNs }, { en: `delay of ${ends} ${spanText(delayNs)}`, zh: `${ends} 时延改为 ${spanText(delayNs)}` })
        }
        example="250us, 5ms"
      />
      <Setting
        label={say('link.rate')}
        value={link.rateBps === null ? say('link.unlimited') : rateText(link.rateBps)}
        read={readRate}
        onChange={(rateBps) =>
          change({ rateBps: rateBps === 0 ? null : rateBps }, { en: `rate of ${ends} changed`, zh: `修改 ${ends} 速率` })
        }
        example="10M, 1G, 0"
      />
      <Setting
        label={say('link.loss')}
        value={`${link.lossPpm / 10_000} %`}
        read={readLoss}
        onChange={(lossPpm) =>
          change({ lossPpm }, { en: `loss of ${ends} ${lossPpm / 10_000} %`, zh: `${ends} 丢包率改为 ${lossPpm / 10_000} %` })
        }
        example="5 %"
      />
    </>
  );
}

interface SettingProps {
  readonly label: string;
  readonly value: string;
  readonly read: (text: string) => number | null;
  readonly onChange: (value: number) => void;
  readonly example: string;
}

function Setting({ label, value, read, onChange, example }: SettingProps) {
  const say = useSay();
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const bad = text !== null && text !== '' && read(text) === null;
  const submit = (): void => {
    const parsed = text === null ? null : read(text);
    if (parsed === null) return;
    setText(null);
    onChange(parsed);
  };
  return (
    <form
      className={css['setting']}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <b>{value}</b>
      <input id={id} value={text ?? ''} placeholder={example} aria-invalid={bad} onChange={(event) => setText(event.target.value)} />
      <button type="submit" disabled={text === null || text === '' || bad}>
        {say('link.set')}
      </button>
      {bad ? <small role="alert">{say('link.bad', { example })}</small> : null}
    </form>
  );
}

function spanText(ns: number): string {
  if (ns >= 1_000_000_000) return `${ns / 1_000_000_000} s`;
  if (ns >= 1_000_000) return `${ns / 1_000_000} ms`;
  return ns >= 1_000 ? `${ns / 1_000} µs` : `${ns} ns`;
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
