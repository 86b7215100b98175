/**
 * What a node waits for, in plain words, and moving one of these moments by hand.
 * Comes from: dispatch.ts (a stimulus), the page (the list).  Goes to: the rows of host/, ipvs/, switch/.
 *
 * A timer is an event that waits in the queue; the rows tell whether anybody still waits for it. A deadline
 * is only a value in a row of a table. To a person both are the same.
 */
import { waitingOf, type Nanos, type NodeId, type Step, type WaitingEvent } from '../engine/index.ts';
import { hostDeadlineRows, hostTimerRows, type TimerRow, type TimerView } from '../host/index.ts';
import { ipvsTimerRows, type IpvsState } from '../ipvs/index.ts';
import { fdbDeadlines, fdbMove } from '../switch/index.ts';
import type { Mac } from '../wire/index.ts';
import type { LinuxNode, NodeState, Shared, Stimulus, What, WorldState } from './state.ts';

/** One of the moments that a node waits for. */
export interface PendingTimer extends TimerView {
  /** with `key`: names it in a stimulus */
  readonly timer: string;
  readonly key: number | string;
}

const PROCESS = 'process';
const FDB = 'switch-fdb';

/** Everything a node waits for at the present moment of a state, earliest first. */
export function pendingTimers(state: Readonly<WorldState>, node: NodeId): PendingTimer[] {
  const at = state.nodes[node];
  if (at === undefined || !at.on) return [];
  if (at.kind === 'switch')
    return fdbDeadlines(at.sw, state.now)
      .map(({ mac, of, due }) => ({ timer: FDB, key: mac as number, name: 'switch.fdb', of, due }))
      .toSorted(byDue);
  const events = waitingOf(state, node).flatMap((event) => {
    const found = viewOf(at, event);
    return found === null ? [] : [found];
  });
  const deadlines = hostDeadlineRows.flatMap(({ timer, list }) => list(at.host, state.now).map((row) => ({ timer, ...row })));
  return [...events, ...deadlines].toSorted(byDue);
}

function byDue(a: PendingTimer, b: PendingTimer): number {
  return a.due - b.due;
}

function viewOf(node: Readonly<LinuxNode>, { what, seq, at, to: pid }: WaitingEvent<What>): PendingTimer | null {
  if (what.kind === 'timer') {
    const { timer, key } = what;
    const view = rowView(hostTimerRows, timer, node.host, key, seq, at) ?? rowView(ipvsTimerRows, timer, node.ipvs, key, seq, at);
    return view === null ? null : { timer, key, ...view };
  }
  if (what.kind !== 'wake' || what.wake.kind !== 'timer') return null;
  const proc = node.user.procs.get(pid);
  if (proc === undefined) return null;
  return { timer: PROCESS, key: `${pid} ${what.wake.key}`, name: 'process', of: `${proc.argv.join(' ')} [${pid}]`, due: at };
}

function rowView<Part>(
  rows: readonly TimerRow<Part>[],
  timer: string,
  part: Part,
  key: number | string,
  seq: number,
  at: Nanos,
): TimerView | null {
  return rows.find((row) => row.timer === timer)?.view(part, key, seq, at) ?? null;
}

/** Lets a timer fire now, or at another time than it would; what the state keeps beside it moves along. */
export function moveTimer(step: Step<NodeState, Shared, What>, node: NodeId, stimulus: Extract<Stimulus, { kind: 'timer' }>): void {
  const { timer, key, byNs } = stimulus;
  const found = pendingTimers(step.state, node).find((each) => each.timer === timer && each.key === key);
  if (found === undefined) {
    step.note({ node, stage: 'timer', verdict: 'state', reason: 'timer.none', args: { timer } });
    return;
  }
  const now = step.now;
  const to = (byNs === null ? now : Math.max(now, found.due + byNs)) as Nanos;
  const of = found.of === '' ? '' : `(${found.of})`;
  step.cause = step.note({
    node,
    stage: 'timer',
    verdict: 'state',
    reason: byNs === null ? 'timer.now' : byNs < 0 ? 'timer.sooner' : 'timer.later',
    args: { what: found.name, of, by: Math.abs(byNs ?? 0) },
  });
  const state = step.node(node);
  if (state.kind === 'switch') {
    fdbMove(state.sw, Number(key) as Mac, to);
    return;
  }
  const event = step.waiting(node).find((each) => isThis(viewOf(state, each), found));
  hostDeadlineRows.find((row) => row.timer === timer)?.move(state.host, key, to);
  hostTimerRows.find((row) => row.timer === timer)?.move?.(state.host, key, to);
  ipvsTimerRows.find((row) => row.timer === timer)?.move?.(state.ipvs as IpvsState, key, to);
  if (event !== undefined) step.reschedule({ ...event, cause: step.cause }, to);
}

function isThis(view: PendingTimer | null, wanted: PendingTimer): boolean {
  return view !== null && view.timer === wanted.timer && view.key === wanted.key;
}
