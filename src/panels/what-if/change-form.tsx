/**
 * The form for a pair of futures: one thing to change at the moment shown (a setting, a command, a cable),
 * and what is then done in both.
 */
import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import type { NodeId } from '../../engine/index.ts';
import {
  CABLE_CHANGES,
  cableChange,
  choicesOf,
  exact,
  lab,
  onePlan,
  shortName,
  startWhatIf,
  typed,
  usualPins,
  readSetting,
  type Both,
  type CableChange,
  type Doing,
} from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import type { WorldView } from '../../sim/index.ts';
import type { LinkId } from '../../world/index.ts';
import { NodeChoice } from '../common/node-choice.tsx';
import { Segments } from '../common/segments.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import { doingsOf } from '../scenario/doings.tsx';
import { FIRST_CHOICE, handDeed, HandFields, type HandKind } from './hand-fields.tsx';
import { Window } from '../common/window.tsx';
import css from './change-form.module.css';

type Kind = 'setting' | 'command' | 'cable' | HandKind;
const KINDS = ['setting', 'command', 'cable', 'power', 'timer', 'frame'] as const;
const BY_HAND: readonly Kind[] = ['power', 'timer', 'frame'];

interface Choices {
  readonly settings: readonly {
    readonly node: NodeId;
    readonly host: string;
    readonly name: string;
    readonly value: string;
  }[];
  readonly nodes: readonly { readonly id: NodeId; readonly name: string }[];
  readonly links: readonly {
    readonly id: LinkId;
    readonly ends: string;
    readonly up: boolean;
    readonly node: NodeId;
  }[];
}

function choicesNow(world: WorldView): Choices {
  const given = lab.getState().lab?.scenario.pins ?? [];
  const pins =
    given.length === 0
      ? usualPins(world.nodes)
      : given.map((pin) => ({
          node: world.nodes.findIndex((n) => n.name === pin.node) as NodeId,
          sysctl: pin.sysctl,
        }));
  const name = (node: number): string => world.nodes[node]?.name ?? '';
  return {
    settings: pins.flatMap(({ node, sysctl }) => {
      const state = world.nodes[node];
      const value = state?.kind === 'linux' ? readSetting(state, sysctl) : null;
      return value === null ? [] : [{ node, host: name(node), name: sysctl, value }];
    }),
    nodes: world.nodes.flatMap((node, i) => (node.kind === 'linux' ? [{ id: i as NodeId, name: node.name }] : [])),
    links: world.shared.links.map((link, i) => ({
      id: i as LinkId,
      ends: link.ends.map((end) => name(end.node)).join(' – '),
      up: link.up,
      node: link.ends[0].node,
    })),
  };
}

export interface ChangeFormProps {
  readonly onClose: () => void;
}

export default function ChangeForm({ onClose }: ChangeFormProps) {
  const say = useSay();
  const at = useLab((s) => s.cursor.at);
  return (
    <Window title={say('form.title')} width={30} onClose={onClose}>
      <p className={css['about']}>{say('form.about', { time: exact(at) })}</p>
      <Fields onClose={onClose} />
    </Window>
  );
}

function Fields({ onClose }: { readonly onClose: () => void }) {
  const say = useSay();
  const lang = useLang();
  const id = useId();
  const choices = useWorld(choicesNow);
  const branch = useLab((s) => s.branch);
  const ready = useLab((s) => s.phase === 'ready');
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  const doings = useWorld(doingsOf) ?? [];
  const [kind, setKind] = useState<Kind>('setting');
  const [setting, setSetting] = useState(0);
  const [value, setValue] = useState<string | null>(null);
  const [node, setNode] = useState(0);
  const [line, setLine] = useState('');
  const [link, setLink] = useState(0);
  const [how, setHow] = useState<CableChange>('cut');
  const [figure, setFigure] = useState('');
  const [hand, setHand] = useState(FIRST_CHOICE);
  const [then, setThen] = useState(doings.length > 0 ? 0 : -1);
  if (choices === null) return null;
  const pin = choices.settings[setting];
  const wanted = value ?? choicesOf(pin?.name ?? '').find((v) => v !== pin?.value) ?? '0';
  const cable = choices.links[link];
  const cut = cable === undefined ? null : cableChange(cable, how, figure);

  const change = (): { doings: readonly Doing[]; label: Both } | null => {
    const { cursor } = lab.getState();
    if (branch === null) return null;
    if (kind === 'power' || kind === 'timer' || kind === 'frame') return handDeed(kind, hand, branch, cursor.executed);
    const line_ = line.trim();
    if (kind === 'setting' && pin !== undefined) {
      const what = `${shortName(pin.name)}=${wanted}`;
      return {
        doings: [typed(branch, cursor.executed, pin.node, `sysctl -w ${pin.name}=${wanted}`)],
        label: { en: `${what} on ${pin.host}`, zh: `${pin.host} 上 ${what}` },
      };
    }
    const host = choices.nodes[node];
    if (kind === 'command' && host !== undefined && line_ !== '')
      return {
        doings: [typed(branch, cursor.executed, host.id, line_)],
        label: { en: `${line_} on ${host.name}`, zh: `${host.name} 上 ${line_}` },
      };
    return kind === 'cable' && cut !== null ? { doings: [cut.doing], label: cut.label } : null;
  };
  const run = (): void => {
    const made = change();
    const { cursor } = lab.getState();
    if (made === null || branch === null) return;
    const next = doings[then];
    playback.send({ type: 'PAUSE' });
    onClose();
    startWhatIf(onePlan(made.doings, made.label, next === undefined ? [] : [typed(branch, cursor.executed, next.node, next.command)]));
  };
  const possible =
    kind === 'setting'
      ? pin !== undefined
      : kind === 'command'
        ? line.trim() !== ''
        : BY_HAND.includes(kind)
          ? change() !== null
          : cut !== null;

  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <Segments<Kind>
        label={say('form.kind')}
        value={kind}
        options={KINDS.map((one) => ({
          value: one,
          label: say(`form.${one}`),
        }))}
        onChange={setKind}
      />
      {kind === 'setting' ? (
        <>
          <label htmlFor={`${id}which`}>{say('form.which')}</label>
          <NodeChoice
            id={`${id}which`}
            label={say('form.which')}
            names={choices.settings.map((one) => `${one.host}: ${shortName(one.name)} (${say('form.now', { value: one.value })})`)}
            value={setting}
            onChange={(i) => {
              setSetting(i);
              setValue(null);
            }}
          />
          <Segments
            mono
            showLabel
            label={say('form.value')}
            value={wanted}
            options={choicesOf(pin?.name ?? '').map((v) => ({ value: v, label: v }))}
            onChange={setValue}
          />
        </>
      ) : null}
      {kind === 'command' ? (
        <>
          <label htmlFor={`${id}node`}>{say('form.node')}</label>
          <NodeChoice
            id={`${id}node`}
            label={say('form.node')}
            names={choices.nodes.map(({ name: host }) => host)}
            value={node}
            onChange={setNode}
          />
          <label htmlFor={`${id}line`}>{say('form.line')}</label>
          <input
            id={`${id}line`}
            className={css['line']}
            value={line}
            spellCheck={false}
            autoComplete="off"
            placeholder="ip neigh flush all"
            onChange={(event) => setLine(event.target.value)}
          />
        </>
      ) : null}
      {kind === 'cable' ? (
        <>
          <label htmlFor={`${id}link`}>{say('form.link')}</label>
          <NodeChoice
            id={`${id}link`}
            label={say('form.link')}
            names={choices.links.map(({ ends }) => ends)}
            value={link}
            onChange={setLink}
          />
          <label htmlFor={`${id}how`}>{say('form.how')}</label>
          <select id={`${id}how`} value={how} onChange={(event) => setHow(event.target.value as CableChange)}>
            {CABLE_CHANGES.map((one) => (
              <option key={one} value={one}>
                {say(`form.${one}`)}
              </option>
            ))}
          </select>
          {how === 'cut' || how === 'plug' ? null : (
            <>
              <label htmlFor={`${id}to`}>{say('form.to')}</label>
              <input
                id={`${id}to`}
                value={figure}
                placeholder={EXAMPLE[how]}
                aria-invalid={figure !== '' && cut === null}
                onChange={(event) => setFigure(event.target.value)}
              />
              {figure !== '' && cut === null ? <small role="alert">{say('link.bad', { example: EXAMPLE[how] })}</small> : null}
            </>
          )}
        </>
      ) : null}
      {branch !== null && (kind === 'power' || kind === 'timer' || kind === 'frame') ? (
        <HandFields kind={kind} choice={hand} onChoice={setHand} branch={branch} executed={executed} at={at} />
      ) : null}
      <label htmlFor={`${id}then`}>{say('form.then')}</label>
      <select id={`${id}then`} value={then} onChange={(event) => setThen(Number(event.target.value))}>
        <option value={-1}>{say('form.nothing')}</option>
        {doings.map((doing, i) => (
          <option key={doing.command + String(doing.node)} value={i}>
            {doing.label[lang]}
          </option>
        ))}
      </select>
      <footer>
        <Button type="submit" className={css['run'] ?? ''} isDisabled={!possible || !ready}>
          {say('form.run')}
        </Button>
      </footer>
    </form>
  );
}

const EXAMPLE = { delay: '5ms', rate: '10M', loss: '5 %' } as const;
