/** A cable of the file: its ends, its delay, rate and loss, in the file's own words. */
import { Trash2 } from 'lucide-react';
import { CABLE_FIGURES, edit, removeSelected, type CableFigure } from '../../lab/index.ts';
import { pluggedPorts, type ScenarioNode } from '../../scenario/index.ts';
import { useSay } from '../common/use-lab.ts';
import { useWantedField } from '../inspector/wanted-field.ts';
import { Field } from './field.tsx';
import css from './edit.module.css';
import { useFile } from './use-edit.ts';

/** What the loader takes where the file says nothing. */
const DEFAULTS = { delay: '50us', rate: '1G', loss: '0 %' } as const;

export function LinkForm({ link: index }: { readonly link: number }) {
  const say = useSay();
  const file = useFile();
  const link = file?.scenario.links[index];
  if (file === null || link === undefined) return null;
  const { scenario, figures } = file;
  const name = link.ends.map(([node]) => node).join(' – ');
  const endOf = (side: 0 | 1, port: string): string => `${link.ends[side][0]}:${port}`;
  const move = (side: 0 | 1, port: string): void => {
    const ends = [endOf(0, side === 0 ? port : link.ends[0][1]), endOf(1, side === 1 ? port : link.ends[1][1])] as const;
    edit([{ kind: 'set-link', link: index, ends }], { en: `cable ${name} in another port`, zh: `${name} 网线换端口` });
  };
  return (
    <div className={css['form']}>
      {([0, 1] as const).map((side) => {
        const [at, port] = link.ends[side];
        const node = scenario.nodes.find((one) => one.name === at);
        if (node === undefined) return null;
        const plugged = pluggedPorts(scenario, at);
        return (
          <div key={side} className={css['field']}>
            <label htmlFor={`end-${side}`}>{say('build.port', { node: at })}</label>
            <select id={`end-${side}`} value={port} onChange={(event) => move(side, event.target.value)}>
              {portsOf(node).map((one) => (
                <option key={one} value={one} disabled={one !== port && plugged.has(one)}>
                  {one}
                </option>
              ))}
            </select>
          </div>
        );
      })}
      {CABLE_FIGURES.map((figure) => (
        <Figure key={figure} link={index} figure={figure} name={name} value={figures.link(index, figure)} />
      ))}
      <button type="button" className={css['danger']} onClick={removeSelected}>
        <Trash2 size={15} aria-hidden /> {say('build.removeCable')}
      </button>
    </div>
  );
}

interface FigureProps {
  readonly link: number;
  readonly figure: CableFigure;
  readonly name: string;
  readonly value: string;
}

function Figure({ link, figure, name, value }: FigureProps) {
  const say = useSay();
  const input = useWantedField(link, figure);
  return (
    <Field
      mono
      input={input}
      label={say(`build.${figure}`)}
      value={value}
      placeholder={DEFAULTS[figure]}
      onCommit={(text) =>
        edit([{ kind: 'set-link', link, [figure]: text }], { en: `${figure} of the cable ${name}`, zh: `修改 ${name} 网线` })
      }
    />
  );
}

function portsOf(node: ScenarioNode): readonly string[] {
  return node.kind === 'switch' ? node.ports : node.interfaces.map((iface) => iface.name);
}
