/**
 * Plays a case in the lab: setup, then the steps with about the pauses that starting programs made in
 * the recordings; notes outputs and the frames at the captured interfaces.
 * Comes from: a case.  Goes to: compare.ts.
 */
import { canonical, type InitialSeqs } from '../../capture/index.ts';
import {
  Engine,
  later,
  layersOf,
  NS_PER_MS,
  NS_PER_S,
  type Frame,
  type FrameId,
  type Nanos,
  type NodeId,
  type Program,
  type TraceId,
  type TraceReader,
} from '../../engine/index.ts';
import { userland } from '../userland.ts';
import { devByName, LO_IF } from '../../host/index.ts';
import {
  ETH_HLEN,
  ETH_P_IP,
  isGroupMac,
  layersLen,
  MAC_ZERO,
  makeEth,
  TCP_ACK,
  TCP_RST,
  type Ipv4Hdr,
  type Layers,
} from '../../wire/index.ts';
import {
  buildWorld,
  createProgram,
  farEnd,
  newTrace,
  type LinuxNode,
  type NodeState,
  type Shared,
  type Stimulus,
  type What,
  type WorldState,
} from '../../world/index.ts';
import { worldOfCase } from './build.ts';
import type { Case, CaseStep, Played, SeenPacket, StepResult } from './case.ts';
import type { RecordedClock, WheelPhase } from './recorded-clock.ts';
import { SharedPieces } from './shared-pieces.ts';

/** What a played case also tells, for finding the cause of a difference. */
export interface PlayedInLab extends Played {
  /** setup commands that failed or printed something */
  readonly setup: readonly {
    readonly at: string;
    readonly run: string;
    readonly rc: number;
    readonly out: string;
  }[];
  /** steps that did not end, or an error of the lab itself */
  readonly trouble: readonly string[];
  readonly events: number;
  /** everything that happened */
  readonly trace: TraceReader;
  /** the state at the end */
  readonly world: Readonly<WorldState>;
}

/** Milliseconds from a step's beginning to the program's first act, as seen in the recordings. */
const START_MS: Readonly<Record<string, number>> = {
  'tcp-get': 3.2,
  'udp-get': 3.4,
  arping: 4.9,
  ping: 6.7,
  ip: 9,
  ipvsadm: 7,
  iptables: 9,
  conntrack: 14,
  keepalived: 60,
};
const START_DEFAULT_MS = 5;
/** A command in $( ) is a program of its own, started before. */
const SUBSTITUTION_MS = 6.4;
/** Of several commands in one line each is started by a shell that goes on. */
const FORK_MS = 3;
/** Commands one after another, without anything that only a shell understands. */
const PLAIN_ROW = /^[^'"`$()|&<>{}\\]+;[^'"`$()|&<>{}\\]+$/;
/** Words at which a command begins that is the shell's own: what it does holds for those that follow. */
const SHELL_WORD =
  /^(for|do|done|if|then|elif|else|fi|while|until|case|esac|select|function|time|!|\.|source|eval|exec|exit|return|break|continue|cd|pushd|popd|set|shopt|unset|export|declare|typeset|readonly|local|read|alias|unalias|umask|ulimit|trap|shift|wait|hash|getopts|\w+=.*)$/;
/** Milliseconds from a program's last act to the next step. Closing a packet socket waits for the network to come to rest. */
const END_MS: Readonly<Record<string, number>> = { arping: 10.5, ping: 1.4, tcpdump: 10 };
const END_DEFAULT_MS = 0.8;
/** Room that a card leaves for a VLAN tag. */
const VLAN_HLEN = 4;
/** A background command gets this head start. */
const BACKGROUND_MS = 20;
/** The recorder builds the networks after the nodes, then applies simple commands of the setup by itself. */
const BUILD_MS = 110;
const SIMPLE_SETUP_MS = 0.7;
const SIMPLE_SETUP = /^(ip (addr|route) add |ip link set \S+ (up|down)$|sysctl -q -w )/;
/** It gives ipvsadm several such lines at once. */
const JOINED_SETUP = /^ipvsadm -[Aa] /;
/** From the end of the setup to the beginning of the recording, and from there to the first step. */
const QUIET_MS = 50;
const FIRST_STEP_MS = 10;
/** Frames are still taken this long after the last step. */
const AFTER_MS = 300;
/** A step that does not end within this is given up. */
const STEP_LIMIT_MS = 400_000;
const EVENT_LIMIT = 2_000_000;

interface Terminal {
  out: string;
  /** null while the command runs */
  code: number | null;
}

/**
 * The recordings are ordered by time stamps, and a virtual Ethernet cable stamps a received frame in two
 * ways: when it is put into the receiver's queue, or, if a TCP socket has written its departure time into
 * it, when it is taken out. Only resets that no socket sends go without such a time.
 * Source: Linux 6.1 net/core/dev.c, netif_rx_internal(); include/linux/skbuff.h, skb_clear_tstamp();
 *   net/ipv4/tcp_ipv4.c, tcp_v4_send_reset().
 */
function isStampedLate(layers: Layers, fragments: Set<string>): boolean {
  for (const layer of layers) {
    if (layer.kind === 'icmp') return false;
    if (layer.kind === 'tcp') {
      const late = (layer.flags & TCP_RST) === 0 || ((layer.flags & TCP_ACK) !== 0 && layer.seq !== 0);
      if (late) for (const ip of layers) if (ip.kind === 'ipv4' && ip.mf) fragments.add(fragmentKey(ip));
      return late;
    }
    // later fragments carry no header, but the time of the packet they were cut from
    if (layer.kind === 'ipv4' && layer.fragOffset > 0) return fragments.has(fragmentKey(layer));
  }
  return false;
}

function fragmentKey({ src, dst, id }: Ipv4Hdr): string {
  return `${src} ${dst} ${id}`;
}

class Player {
  private readonly item: Case;
  private readonly engine: Engine<NodeState, Shared, What>;
  private readonly terminals = new Map<string, Terminal>();
  private readonly seqs: InitialSeqs = new Map();
  /** packets in pieces whose pieces are stamped late */
  private readonly lateFragments = new Set<string>();
  /** frames that left by a captured interface */
  private readonly copied = new Set<number>();
  private readonly pieces = new SharedPieces();
  /** captures by node and interface number; null until the setup is done */
  private taps: Map<string, SeenPacket[]> | null = null;
  private at = 0 as Nanos;
  /** where the recording begins */
  private zero = 0 as Nanos;
  readonly packets: Record<string, SeenPacket[]> = {};
  readonly trouble: string[] = [];

  constructor(item: Case, seed: number) {
    this.item = item;
    const inner = createProgram(userland);
    const watched: Program<NodeState, Shared, What> = {
      dispatch: (step, event) => {
        if (event.what.kind === 'frame') {
          this.arrived(event.node, event.to, layersOf(event.what));
          this.share(event.node, event.to, event.what.id);
        }
        if (event.what.kind === 'loop') this.looped(event.node, event.what.dev, event.what.skb.layers);
        const before = step.state.nextTrace;
        inner.dispatch(step, event);
        for (let id = before; id < step.state.nextTrace; id++) this.noted(id as TraceId);
      },
    };
    const world = buildWorld(worldOfCase(item, seed), userland);
    // the recorder's kernel has IPVS loaded from the start
    for (const node of world.nodes) if (node.kind === 'linux') node.host.modules.push('ip_vs');
    this.engine = new Engine(watched, world, [], newTrace(world));
  }

  get events(): number {
    return this.engine.state.executed;
  }

  get trace(): TraceReader {
    return this.engine.trace;
  }

  get world(): Readonly<WorldState> {
    return this.engine.state;
  }

  /** Begins to take frames at the interfaces that the case names. */
  capture(): void {
    this.taps = new Map();
    for (const name of this.item.capture ?? []) {
      const [node = '', iface = ''] = name.split(':', 2);
      const id = this.nodeId(node);
      const dev = devByName((this.engine.state.nodes[id] as LinuxNode).host, iface);
      const list: SeenPacket[] = [];
      this.packets[name] = list;
      if (dev !== null) {
        this.taps.set(`${id}:${dev.ifindex}`, list);
      } else this.trouble.push(`no interface ${name} to capture at`);
    }
  }

  private nodeId(name: string): NodeId {
    const id = this.item.nodes.findIndex((node) => node.name === name);
    if (id < 0) throw new RangeError(`${this.item.name}: no node ${name}`);
    return id as NodeId;
  }

  /** Since the recording began. */
  private seconds(): number {
    return (this.engine.state.now - this.zero) / NS_PER_S;
  }

  /** A frame leaves a port: seen there, and at the other end where the stamp is given in advance. */
  private sent(node: NodeId, dev: number, frame: Frame): void {
    // a switch passes the very same bytes on
    if (this.engine.state.nodes[node]?.kind === 'linux') this.pieces.send(node, frame.layers, () => canonical(frame.layers, this.seqs));
    const out = this.taps?.get(`${node}:${dev}`);
    if (out !== undefined) {
      this.take(out, 'out', frame.layers);
      this.copied.add(frame.id);
    }
    const { links, linkOf } = this.engine.state.shared;
    const link = links[linkOf[node]?.[dev] ?? -1];
    if (link === undefined || isStampedLate(frame.layers, this.lateFragments)) return;
    const far = farEnd(link, node, dev);
    this.received(far.node, far.dev, frame.layers);
  }

  /**
   * The recordings were made with packet sockets, which keep a copy of each frame at its sender's interface
   * and its receiver's; all hosts being one kernel, the copy shares its bytes with what arrives.
   */
  private share(node: NodeId, number: number, frame: FrameId): void {
    const state = this.engine.state.nodes[node];
    const dev = state?.kind === 'linux' ? state.host.devs[number] : null;
    if (dev !== null && dev !== undefined) dev.tapped = this.copied.has(frame) || this.taps?.has(`${node}:${number}`) === true;
  }

  private arrived(node: NodeId, dev: number, layers: Layers): void {
    if (isStampedLate(layers, this.lateFragments)) this.received(node, dev, layers);
  }

  /** A packet comes in by an interface without a cable. On lo it has just left by the same. */
  private looped(node: NodeId, dev: number, layers: Layers): void {
    const list = this.taps?.get(`${node}:${dev}`);
    if (list === undefined) return;
    // copies of own broadcasts come in by the card's number, but no socket on it takes them
    if ((this.engine.state.nodes[node] as LinuxNode).host.devs[dev]?.kind === 'ethernet') return;
    const onLo = dev === LO_IF;
    const summary = canonical(onLo ? [makeEth(MAC_ZERO, MAC_ZERO, ETH_P_IP), ...layers] : layers, this.seqs);
    const t = this.seconds();
    if (onLo) list.push({ t, dir: 'out', summary });
    list.push({ t, dir: 'in', summary });
  }

  private received(node: NodeId, dev: number, layers: Layers): void {
    const list = this.taps?.get(`${node}:${dev}`);
    if (list === undefined) return;
    const iface = (this.engine.state.nodes[node] as LinuxNode).host.devs[dev];
    const eth = layers[0];
    if (iface?.up !== true || eth?.kind !== 'eth') return;
    // The card throws such frames away before any packet socket sees them.
    if (layersLen(layers) > iface.mtu + ETH_HLEN + VLAN_HLEN) return;
    const mine = eth.dst === iface.lladdr || isGroupMac(eth.dst);
    this.take(list, mine ? 'in' : 'other', layers);
  }

  private take(list: SeenPacket[], dir: SeenPacket['dir'], layers: Layers): void {
    const seen: SeenPacket = { t: this.seconds(), dir, summary: canonical(layers, this.seqs) };
    list.push(seen);
    this.pieces.take(layers, seen);
  }

  private noted(id: TraceId): void {
    const record = this.engine.trace.get(id);
    if (record.stage === 'link:tx') {
      if (record.verdict === 'pass') this.sent(record.node, record.dev, this.engine.trace.frame(record.frame));
    } else if (record.reason === 'ipv4.forwarded') {
      this.pieces.copy(this.engine.trace.frame(record.frame).layers);
    } else if (record.reason === 'ipv4.fragmented') {
      if (record.args?.['asItCame'] === 1) this.pieces.sendOn(record.node, this.engine.trace.frame(record.frame).layers);
    } else if (record.stage === 'tty' || record.stage === 'sh:done') {
      const terminal = this.terminals.get(`${record.node}/${String(record.args?.['tty'])}`);
      if (terminal === undefined) return;
      if (record.stage === 'tty') terminal.out += String(record.args?.['text'] ?? '');
      else terminal.code = Number(record.args?.['code'] ?? 0);
    }
  }

  /** Lets the time pass. */
  pass(ms: number): void {
    this.at = later(this.at, Math.round(ms * NS_PER_MS) as Nanos);
    this.runTo(this.at, () => false);
  }

  /** The recording begins: as soon as the slots of the wheel lie as they did, and a little later still. */
  begin(wheel: WheelPhase | null, laterMs: number): void {
    if (wheel !== null) {
      const slot = wheel.slotMs * NS_PER_MS;
      const into = (this.at + Math.round(wheel.phaseMs * NS_PER_MS)) % slot;
      if (into > 0) this.pass((slot - into) / NS_PER_MS);
    }
    this.pass(laterMs);
    this.zero = this.at;
  }

  /** Lets the time pass until a moment of the recording; nothing if it is over. */
  passTo(recordedMs: number): void {
    const wanted = this.zero + Math.round(recordedMs * NS_PER_MS);
    if (wanted > this.at) this.pass((wanted - this.at) / NS_PER_MS);
  }

  private runTo(until: Nanos, done: () => boolean): void {
    for (;;) {
      if (done()) return;
      const next = this.engine.nextAt;
      if (next === null || next > until) return;
      if (this.engine.state.executed >= EVENT_LIMIT) throw new RangeError(`more than ${EVENT_LIMIT} events`);
      this.engine.advance();
    }
  }

  /** Types a command at a terminal of its own. */
  type(at: string, tty: string, command: string): void {
    const node = this.nodeId(at);
    this.terminals.set(`${node}/${tty}`, { out: '', code: null });
    const stimulus: Stimulus = { kind: 'exec', tty, text: `bash -c ${quoted(command)}` };
    this.engine.act(this.at, node, { kind: 'stimulus', stimulus });
  }

  /** Waits until the command at a terminal has ended. */
  finish(at: string, tty: string, command: string): { rc: number; out: string } {
    const terminal = this.terminals.get(`${this.nodeId(at)}/${tty}`) as Terminal;
    this.runTo(later(this.at, (STEP_LIMIT_MS * NS_PER_MS) as Nanos), () => terminal.code !== null);
    if (this.engine.state.now > this.at) this.at = this.engine.state.now;
    if (terminal.code === null) this.trouble.push(`"${command}" at ${at} does not end`);
    return { rc: terminal.code ?? 124, out: terminal.out };
  }

  /** The process that runs the command typed at a terminal. */
  processOf(at: string, tty: string): number | null {
    const { user } = this.engine.state.nodes[this.nodeId(at)] as LinuxNode;
    const shell = user.ttys.get(tty);
    for (const proc of user.procs.values()) if (proc.ppid === shell) return proc.pid;
    return null;
  }
}

/** One word for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What of a recording is chance, and can be chosen for a play. */
export interface Chance {
  /** the recording's own clock; without it steps follow each other as programs usually take */
  readonly clock?: RecordedClock | undefined;
  /** how much later the recording begins, against the slots of the timer wheel */
  readonly laterMs?: number;
  /** seed of what the kernel draws: how long a neighbour counts as reachable, a proxy's delay */
  readonly seed?: number;
}

export function playCase(item: Case, { clock, laterMs = 0, seed = 1 }: Chance = {}): PlayedInLab {
  const player = new Player(item, seed);
  const setup: PlayedInLab['setup'][number][] = [];
  let count = 0;
  player.pass(BUILD_MS);
  for (const node of item.nodes) {
    let before = '';
    for (const run of node.setup ?? []) {
      const tty = `setup${count++}`;
      player.type(node.name, tty, run);
      const { rc, out } = player.finish(node.name, tty, run);
      if (rc !== 0 || out !== '') setup.push({ at: node.name, run, rc, out });
      player.pass(setupMs(run, before));
      before = run;
    }
  }
  player.capture();
  player.pass(QUIET_MS);
  player.begin(clock?.wheel ?? null, laterMs);
  const background = new Map<string, { at: string; tty: string; run: string }>();
  const steps = item.steps.map((step, index) => {
    player.passTo(clock?.stepsMs[index] ?? (index === 0 ? FIRST_STEP_MS : 0));
    return playStep(player, step, `step${index}`, background);
  });
  player.pass(AFTER_MS);
  const { packets, trouble, events, trace, world } = player;
  return { steps, packets, setup, trouble, events, trace, world };
}

/** How long the recorder took for a command of the setup, about. */
function setupMs(run: string, before: string): number {
  if (SIMPLE_SETUP.test(run)) return SIMPLE_SETUP_MS;
  if (JOINED_SETUP.test(run) && JOINED_SETUP.test(before)) return 0;
  return (START_MS[run.split(' ', 1)[0] ?? ''] ?? START_DEFAULT_MS) + END_DEFAULT_MS;
}

function programOf(run: string): string {
  return run.trim().split(/\s+/)[0] ?? '';
}

/** Commands one after another of which none changes what the next one sees of the shell. */
export function isRow(run: string): boolean {
  return PLAIN_ROW.test(run) && run.split(';').every((part) => !SHELL_WORD.test(programOf(part)));
}

function playRow(player: Player, at: string, run: string, tty: string): StepResult {
  let rc = 0;
  let out = '';
  let program = '';
  run.split(';').forEach((part, index) => {
    program = programOf(part);
    if (program === '') return;
    player.pass((START_MS[program] ?? START_DEFAULT_MS) + FORK_MS);
    player.type(at, `${tty}-${index}`, part);
    const result = player.finish(at, `${tty}-${index}`, part);
    rc = result.rc;
    out += result.out;
  });
  player.pass(END_MS[program] ?? END_DEFAULT_MS);
  return { rc, out };
}

function playStep(
  player: Player,
  step: CaseStep,
  tty: string,
  background: Map<string, { at: string; tty: string; run: string }>,
): StepResult {
  if ('sleep' in step) {
    player.pass(step.sleep * 1000);
    return {};
  }
  if ('run' in step) {
    if (step.bg === undefined && isRow(step.run)) return playRow(player, step.at, step.run, tty);
    const program = programOf(step.run);
    const start = (START_MS[program] ?? START_DEFAULT_MS) + (step.run.split('$(').length - 1) * SUBSTITUTION_MS;
    player.pass(start);
    player.type(step.at, tty, step.run);
    if (step.bg !== undefined) {
      background.set(step.bg, { at: step.at, tty, run: step.run });
      player.pass(Math.max(BACKGROUND_MS - start, 0));
      return { rc: 0, out: '' };
    }
    const result = player.finish(step.at, tty, step.run);
    player.pass(END_MS[program] ?? END_DEFAULT_MS);
    return result;
  }
  const id = 'wait' in step ? step.wait : step.stop;
  const job = background.get(id);
  if (job === undefined) throw new RangeError(`no background command ${id}`);
  if ('stop' in step) {
    const pid = player.processOf(job.at, job.tty);
    if (pid !== null) player.type(job.at, `${tty}-kill`, `kill ${pid}`);
  }
  return player.finish(job.at, job.tty, job.run);
}
