/**
 * The rules of the world: what each kind of event does at each kind of node.
 * Comes from: engine/engine.ts.  Goes to: host/dev/receive.ts, switch/receive.ts, programs, timers.
 */
import { NO_TRACE, type Nanos, type NodeId, type Program, type Step, type TraceArgs, type Verdict } from '../engine/index.ts';
import { devLoopReceive, devReceive, type IfIndex } from '../host/index.ts';
import {
  createSwitch,
  createSwitchMemory,
  switchReceive,
  type SwitchMemory,
  type SwitchNet,
  type switchReasons,
  type SwitchState,
} from '../switch/index.ts';
import { cablePlace } from './cables.ts';
import { contextOf, createContexts, type Contexts } from './context.ts';
import { handleFrame } from './by-hand.ts';
import { layAgain, transmit } from './link.ts';
import { setCarrier, switchPower } from './power.ts';
import type { FrameOnCable, Link, NodeState, Shared, Stimulus, SwitchNode, What, WorldEvent } from './state.ts';
import { timers } from './tables.ts';
import { moveTimer } from './timers.ts';
import type { Userland } from './userland.ts';

type WorldStep = Step<NodeState, Shared, What>;

/** The program of a world whose nodes run these programs. */
export function createProgram(userland: Userland): Program<NodeState, Shared, What> {
  let contexts: Contexts | null = null;
  let switches: SwitchContext | null = null;
  return {
    dispatch(step, event) {
      if (contexts === null || switches === null || contexts.step !== step) {
        contexts = createContexts(step, userland);
        switches = new SwitchContext(step);
      }
      dispatch(contexts, switches, step, event);
    },
  };
}

/** Timers by which a process goes on with what it was sending. */
const GOES_ON: ReadonlySet<string> = new Set(['ip-pieces', 'tcp-push']);

function dispatch(contexts: Contexts, switches: SwitchContext, step: WorldStep, event: WorldEvent): void {
  const { node, what, to } = event;
  contexts.inProcess = what.kind === 'wake' || what.kind === 'stimulus' || (what.kind === 'timer' && GOES_ON.has(what.timer));
  switch (what.kind) {
    case 'frame':
      if (!step.peek(node).on) {
        step.note({ node, dev: to, frame: what.id, stage: 'power', verdict: 'drop', reason: 'power.off-rx' });
      } else if (step.peek(node).kind === 'switch') switches.receive(node, to, what);
      else devReceive(contextOf(contexts, node), to as IfIndex, what);
      return;
    case 'loop':
      // The packet sits in the event, which a checkpoint may hold: it is changed as a copy.
      devLoopReceive(contextOf(contexts, node), what.dev as IfIndex, { ...what.skb });
      return;
    case 'timer':
      timers[what.timer]?.(contextOf(contexts, node), what.key, event.seq);
      return;
    case 'wake':
      contextOf(contexts, node).resume(to, what.wake);
      return;
    case 'stimulus':
      stimulate(contexts, step, node, what.stimulus);
  }
}

const NO_MEMORY = createSwitchMemory(createSwitch([]));

/** What a switch sees of the world while it handles a frame; one for each engine, filled in anew for each frame. */
class SwitchContext implements SwitchNet<FrameOnCable> {
  readonly tracing: boolean;
  memory: SwitchMemory = NO_MEMORY;
  private readonly step: WorldStep;
  private node = 0 as NodeId;
  private sw: SwitchState | null = null;
  private readonly memories: (SwitchMemory | undefined)[] = [];

  constructor(step: WorldStep) {
    this.step = step;
    this.tracing = step.trace.level === 'lab';
  }

  get now(): Nanos {
    return this.step.state.now;
  }

  receive(node: NodeId, port: number, frame: FrameOnCable): void {
    this.node = node;
    const { sw } = this.step.node(node) as SwitchNode;
    this.sw = sw;
    this.memory = this.memories[node] ??= createSwitchMemory(sw);
    switchReceive(this, sw, port, frame);
  }

  /** A port without a cable is no port to flood to. */
  plugged(port: number): boolean {
    return cablePlace(this.step.state.shared.cables, this.node, port) >= 0;
  }

  send(number: number, frame: FrameOnCable): void {
    const txPort = this.sw?.ports[number - 1];
    if (txPort !== undefined) transmit(this.step, this.node, number, txPort, frame);
  }

  trace(verdict: Verdict, reason: keyof typeof switchReasons, of: FrameOnCable, dev: number, args: TraceArgs | null): void {
    if (!this.tracing && verdict !== 'drop') return;
    this.step.cause = this.step.note({
      node: this.node,
      stage: 'switch',
      verdict,
      reason,
      dev,
      frame: of.id,
      args,
    });
  }
}

function stimulate(contexts: Contexts, step: WorldStep, node: NodeId, stimulus: Stimulus): void {
  step.cause = NO_TRACE;
  switch (stimulus.kind) {
    case 'link':
      changeLink(contexts, step, stimulus);
      return;
    case 'power':
      switchPower(contexts, step, node, stimulus.on);
      return;
    case 'frame':
      handleFrame(step, node, stimulus);
      return;
    case 'timer':
      moveTimer(step, node, stimulus);
      return;
    default:
      toTerminal(contexts, step, node, stimulus);
  }
}

function toTerminal(
  contexts: Contexts,
  step: WorldStep,
  node: NodeId,
  stimulus: Extract<Stimulus, { kind: 'exec' | 'eof' | 'signal' }>,
): void {
  if (!step.peek(node).on) {
    step.note({ node, stage: 'power', verdict: 'state', reason: 'power.nobody' });
    return;
  }
  const net = contextOf(contexts, node);
  const shell = net.shellOf(stimulus.tty);
  switch (stimulus.kind) {
    case 'exec':
      return net.resume(shell, { kind: 'stdin', text: stimulus.text });
    case 'eof':
      return net.resume(shell, { kind: 'stdin', text: null });
    case 'signal':
      return net.resume(shell, { kind: 'signal', signal: stimulus.signal });
  }
}

function changeLink(contexts: Contexts, step: WorldStep, stimulus: Extract<Stimulus, { kind: 'link' }>): void {
  const shared = step.shared();
  const link = shared.links[stimulus.link];
  if (link === undefined) {
    step.note({
      node: 0 as NodeId,
      stage: 'link',
      verdict: 'state',
      reason: 'node.unknown',
      args: { name: `cable ${stimulus.link}` },
    });
    return;
  }
  if (stimulus.delayNs !== undefined) link.delayNs = stimulus.delayNs;
  if (stimulus.rateBps !== undefined) link.rateBps = stimulus.rateBps;
  if (stimulus.lossPpm !== undefined) link.lossPpm = stimulus.lossPpm;
  const { a, b } = namesOf(step, link);
  const changed = stimulus.up !== undefined && stimulus.up !== link.up;
  if (stimulus.up !== undefined) link.up = stimulus.up;
  layAgain(step);
  step.cause = step.note({
    node: link.ends[0].node,
    stage: 'link',
    verdict: 'state',
    reason: 'link.changed',
    args: { a, b, up: link.up ? 1 : 0, delay: link.delayNs, rate: link.rateBps ?? 0, loss: link.lossPpm },
  });
  if (!changed) return;
  const bothOn = link.ends.every((end) => step.peek(end.node).on);
  for (const end of link.ends) setCarrier(contexts, step, end, link.up && bothOn);
}

function namesOf(step: WorldStep, link: Link): { a: string; b: string } {
  const [a, b] = link.ends.map((end) => step.peek(end.node).name);
  return { a: a ?? '', b: b ?? '' };
}
