/** What a hand can do to what is selected: to a frame on its cable, to a node's power switch, to its timers. */
import { Power } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { formatSpan, parseSpan, type Nanos, type NodeId, type TraceId } from '../../engine/index.ts';
import { act, exact, frameDeed, isPast, powerDeed, PUT_OFF_NS, timerDeed, type Branch, type Deed } from '../../lab/index.ts';
import { playback } from '../../playback/index.ts';
import { timerNames, type FrameDue, type PendingTimer } from '../../world/index.ts';
import { Empty } from '../common/table.tsx';
import { useLab, useLang, useSay } from '../common/use-lab.ts';
import { useWorld } from '../common/use-world.ts';
import css from './in-hand.module.css';

function perform({ doings, label }: Deed): void {
  const [doing] = doings;
  // What was done is looked at, while nothing moves.
  playback.send({ type: 'PAUSE' });
  if (doing !== undefined) act(doing.node, doing.stimulus, label);
}

/** A frame that is on a cable at the moment shown: it can be lost there, or held up; so can each copy of one. */
export function FrameInHand({ branch, record }: { readonly branch: Branch; readonly record: TraceId }) {
  const say = useSay();
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  useLab((s) => s.version);
  const past = useLab((s) => isPast(branch, s.cursor));
  const [span, setSpan] = useState('10ms');
  const dues = duesOf(branch, record, executed);
  if (dues.length === 0) return null;
  const delay = parseSpan(span);
  const holdUp = (due: FrameDue | undefined): void => {
    if (delay !== null && due !== undefined) perform(frameDeed(branch, due, delay));
  };
  return (
    <form
      className={css['hand']}
      onSubmit={(submit) => {
        submit.preventDefault();
        if (dues.length === 1) holdUp(dues[0]);
      }}
    >
      <b>{say('hand.title')}</b>
      {dues.map((due, i) => (
        <div key={due.hop}>
          <p>{say('hand.arrives', { node: branch.run.nodeName(due.node), span: formatSpan((due.due - at) as Nanos) })}</p>
          <Button className={css['button'] ?? ''} data-danger="" onPress={() => perform(frameDeed(branch, due, null))}>
            {say('hand.drop')}
          </Button>
          <Button className={css['button'] ?? ''} isDisabled={delay === null} onPress={() => holdUp(due)}>
            {say('hand.delay')}
          </Button>
          {i > 0 ? null : (
            <input
              value={span}
              size={5}
              aria-label={say('hand.span')}
              aria-invalid={delay === null}
              onChange={(change) => setSpan(change.target.value)}
            />
          )}
        </div>
      ))}
      <small>{delay === null ? say('link.bad', { example: '10ms, 2s' }) : past ? say('hand.about') : ''}</small>
    </form>
  );
}

/** The frame that a record put on its cable, or all that the same event did, if they are still there. */
function duesOf({ run }: Branch, record: TraceId, executed: number): readonly FrameDue[] {
  const { trace } = run;
  const { event } = trace.get(record);
  const receivers = new Set<NodeId>();
  for (let id = trace.firstOf(event); id < trace.firstOf(event + 1); id++) {
    const { stage, verdict, args } = trace.get(id as TraceId);
    if (stage === 'link:tx' && verdict === 'pass') receivers.add(Number(args?.['toNode']) as NodeId);
  }
  const dues = run.framesDueAt(executed, [...receivers]).filter(({ hop }) => trace.get(hop).event === event);
  const own = dues.filter(({ hop }) => hop === record);
  return own.length > 0 ? own : dues;
}

/** A node's power switch. */
export function PowerSwitch({ node }: { readonly node: NodeId }) {
  const say = useSay();
  const branch = useLab((s) => s.branch);
  const on = useWorld((world) => world.nodes[node]?.on) ?? true;
  if (branch === null) return null;
  return (
    <>
      <Button
        className={css['power'] ?? ''}
        data-danger={on || undefined}
        onPress={() => perform(powerDeed(branch, node, on ? 'off' : 'on'))}
      >
        <Power size={15} aria-hidden />
        {say(on ? 'power.off' : 'power.on')}
      </Button>
      {on ? null : <p className={css['isOff']}>{say('power.isOff')}</p>}
    </>
  );
}

/** A director has a timer for each connection: more than these are only counted. */
const SHOWN_MAX = 40;

/** What a node waits for, with each moment to be moved. */
export function Timers({ node }: { readonly node: NodeId }) {
  const say = useSay();
  const lang = useLang();
  const branch = useLab((s) => s.branch);
  const executed = useLab((s) => s.cursor.executed);
  const at = useLab((s) => s.cursor.at);
  useLab((s) => s.version);
  if (branch === null) return null;
  const all = branch.run.timersAt(executed, node);
  if (all.length === 0) return <Empty>{say('timers.empty')}</Empty>;
  const move = (timer: PendingTimer, by: Nanos | null): void => perform(timerDeed(branch, node, timer, by));
  return (
    <ul className={css['timers']} aria-label={say('timers.title')}>
      {all.slice(0, SHOWN_MAX).map((timer) => (
        <li key={`${timer.timer} ${timer.key}`}>
          <p>
            <span>{timerNames[timer.name]?.[lang] ?? timer.name}</span>
            {timer.of === '' ? null : <code>{timer.of}</code>}
          </p>
          <div>
            <time>
              {say('timers.due')} {exact(Math.max(0, timer.due - at))}
            </time>
            <Button className={css['button'] ?? ''} onPress={() => move(timer, null)}>
              {say('timers.now')}
            </Button>
            <Button className={css['button'] ?? ''} aria-label={say('timers.laterLong')} onPress={() => move(timer, PUT_OFF_NS)}>
              {say('timers.later')}
            </Button>
          </div>
        </li>
      ))}
      {all.length > SHOWN_MAX ? <li>{say('timers.more', { count: all.length - SHOWN_MAX })}</li> : null}
    </ul>
  );
}
