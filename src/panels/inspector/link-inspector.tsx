/** A cable: its delay, rate and loss, to be changed at the moment shown; cut and healed. */
import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { CABLE_FIGURES, figureText, hasFigure, readFigure, type CableFigure, type CableState } from '../../lab/index.ts';
import { useWorld } from '../common/use-world.ts';
import { useLab, useSay } from '../common/use-lab.ts';
import { changeCable } from './deeds.ts';
import css from './inspector.module.css';
import { useWantedField } from './wanted-field.ts';

const EXAMPLE: Readonly<Record<CableFigure, string>> = { delay: '250us, 5ms', rate: '10M, 1G, 0', loss: '5 %' };

export function LinkInspector({ link: id }: { readonly link: number }) {
  const say = useSay();
  const link = useWorld((world) => {
    const found = world.shared.links[id];
    return found === undefined ? null : { ...found };
  });
  const cast = useLab((s) => s.branch?.cast);
  const inFile = useLab((s) => s.lab?.input.world.links[id]);
  if (link === null || cast === undefined) return null;
  const [a, b] = link.ends.map((end) => ({
    node: cast.names.node(end.node),
    dev: cast.names.dev(end.node, end.dev),
  }));
  if (a === undefined || b === undefined) return null;
  return (
    <>
      <p className={css['ends']}>
        <b>{a.node}</b>·{a.dev} – <b>{b.node}</b>·{b.dev}
      </p>
      <Button
        className={css['action'] ?? ''}
        data-danger={link.up || undefined}
        onPress={() => void changeCable(id, link.up ? 'cut' : 'plug')}
      >
        {link.up ? say('link.cut') : say('link.heal')}
      </Button>
      {CABLE_FIGURES.map((figure) => (
        <Setting key={figure} link={id} figure={figure} state={link} inFile={inFile ?? link} />
      ))}
    </>
  );
}

interface SettingProps {
  readonly link: number;
  readonly figure: CableFigure;
  readonly state: CableState;
  readonly inFile: CableState;
}

function Setting({ link, figure, state, inFile }: SettingProps) {
  const say = useSay();
  const id = useId();
  const input = useWantedField(link, figure);
  const [text, setText] = useState<string | null>(null);
  const example = EXAMPLE[figure];
  const bad = text !== null && text !== '' && readFigure(figure, text) === null;
  const unlimited = say('link.unlimited');
  const value = figureText(figure, state, unlimited);
  const before = figureText(figure, inFile, unlimited);
  const submit = (): void => {
    const part = text === null || text === '' ? null : readFigure(figure, text);
    if (text === null || part === null) return;
    setText(null);
    // What it is already is no change.
    if (!hasFigure(state, part)) changeCable(link, figure, text);
  };
  return (
    <form
      className={css['setting']}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id}>{say(`link.${figure}`)}</label>
      <b data-changed={value === before ? undefined : ''}>{value}</b>
      <input
        ref={input}
        id={id}
        value={text ?? ''}
        placeholder={example}
        aria-invalid={bad}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={text === null || text === '' || bad}>
        {say('link.set')}
      </button>
      {bad ? <small role="alert">{say('link.bad', { example })}</small> : null}
      {value === before ? null : <small>{say('link.inFile', { value: before })}</small>}
    </form>
  );
}
