/** Fields of the form for what a hand does: press a power switch, move a timer, take a frame off its cable. */
import { useId, type ReactNode } from 'react';
import { formatSpan, parseSpan, type Nanos, type NodeId } from '../../engine/index.ts';
import { frameDeed, powerDeed, PUT_OFF_NS, timerDeed, type Branch, type Deed } from '../../lab/index.ts';
import { timerNames, type FrameDue, type PendingTimer } from '../../world/index.ts';
import { NodeChoice } from '../common/node-choice.tsx';
import { useLang, useSay } from '../common/use-lab.ts';
import css from './change-form.module.css';

export type HandKind = 'power' | 'timer' | 'frame';

export interface HandChoice {
  readonly node: number;
  readonly power: 'off' | 'on' | 'reboot';
  readonly timer: number;
  readonly frame: number;
  /** what happens to the timer or the frame */
  readonly late: boolean;
  readonly span: string;
}

export const FIRST_CHOICE: HandChoice = { node: 0, power: 'off', timer: 0, frame: 0, late: false, span: '10ms' };

/** What is chosen, as a deed; null while something is missing. */
export function handDeed(kind: HandKind, choice: HandChoice, branch: Branch, executed: number): Deed | null {
  const node = choice.node as NodeId;
  if (kind === 'power') return powerDeed(branch, node, choice.power);
  if (kind === 'timer') {
    const timer = branch.run.timersAt(executed, node)[choice.timer];
    return timer === undefined ? null : timerDeed(branch, node, timer, choice.late ? PUT_OFF_NS : null);
  }
  const due = branch.run.framesDueAt(executed)[choice.frame];
  const delay = choice.late ? parseSpan(choice.span) : null;
  return due === undefined || (choice.late && delay === null) ? null : frameDeed(branch, due, delay);
}

interface HandFieldsProps {
  readonly kind: HandKind;
  readonly choice: HandChoice;
  readonly onChoice: (choice: HandChoice) => void;
  readonly branch: Branch;
  readonly executed: number;
  readonly at: Nanos;
}

export function HandFields({ kind, choice, onChoice, branch, executed, at }: HandFieldsProps) {
  const say = useSay();
  const lang = useLang();
  const set = (part: Partial<HandChoice>): void => onChoice({ ...choice, ...part });
  const nodes = branch.run.input.world.nodes.map(({ name }) => name);
  const nodeField = <Choice label={say('form.node')} value={choice.node} options={nodes} onChange={(node) => set({ node, timer: 0 })} />;
  if (kind === 'power') {
    const ways = ['off', 'on', 'reboot'] as const;
    return (
      <>
        {nodeField}
        <Choice
          label={say('form.how')}
          value={ways.indexOf(choice.power)}
          options={[say('form.turnOff'), say('form.turnOn'), say('form.reboot')]}
          onChange={(i) => set({ power: ways[i] ?? 'off' })}
        />
      </>
    );
  }
  if (kind === 'timer') {
    const timers = branch.run.timersAt(executed, choice.node as NodeId);
    return (
      <>
        {nodeField}
        {timers.length === 0 ? (
          <p className={css['about']}>{say('form.noTimer')}</p>
        ) : (
          <>
            <Choice
              label={say('form.whichTimer')}
              value={choice.timer}
              options={timers.map((timer) => timerText(timer, lang, at))}
              onChange={(timer) => set({ timer })}
            />
            <Late choice={choice} set={set} now={say('form.fireNow')} late={say('form.putOff')} />
          </>
        )}
      </>
    );
  }
  const frames = branch.run.framesDueAt(executed);
  if (frames.length === 0) return <p className={css['about']}>{say('form.noFrame')}</p>;
  return (
    <>
      <Choice
        label={say('form.whichFrame')}
        value={choice.frame}
        options={frames.map((frame) => frameText(frame, branch, at))}
        onChange={(frame) => set({ frame })}
      />
      <Late choice={choice} set={set} now={say('form.dropFrame')} late={say('form.delayFrame')}>
        <input
          value={choice.span}
          aria-label={say('hand.span')}
          aria-invalid={parseSpan(choice.span) === null}
          onChange={(event) => set({ span: event.target.value })}
        />
      </Late>
    </>
  );
}

function timerText({ name, of, due }: PendingTimer, lang: 'en' | 'zh', at: Nanos): string {
  return `${timerNames[name]?.[lang] ?? name} ${of} (${formatSpan(Math.max(0, due - at) as Nanos)})`;
}

function frameText({ node, hop, frame }: FrameDue, branch: Branch, at: Nanos): string {
  const from = branch.run.trace.get(hop).node;
  const until = formatSpan(Math.max(0, Number(branch.run.trace.get(hop).args?.['until']) - at) as Nanos);
  return `#${frame} ${branch.run.nodeName(from)} → ${branch.run.nodeName(node)} (${until})`;
}

interface LateProps {
  readonly choice: HandChoice;
  readonly set: (part: Partial<HandChoice>) => void;
  readonly now: string;
  readonly late: string;
  readonly children?: ReactNode;
}

function Late({ choice, set, now, late, children }: LateProps) {
  const say = useSay();
  return (
    <>
      <Choice label={say('form.how')} value={choice.late ? 1 : 0} options={[now, late]} onChange={(i) => set({ late: i === 1 })} />
      {choice.late ? children : null}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: number;
  readonly options: readonly string[];
  readonly onChange: (index: number) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <NodeChoice id={id} label={label} names={options} value={value} onChange={onChange} />
    </>
  );
}
