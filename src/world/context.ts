/**
 * What a node's code sees of the world during one event: clock, timers, cables, processes, trace.
 * Comes from: dispatch.ts, one context for each node and engine.  Goes to: host, ipvs, programs.
 */
import { later, NO_TRACE, type Nanos, type NodeId, type Step, type TraceArgs, type TraceId, type Verdict } from '../engine/index.ts';
import {
  createUdpMemory,
  devOfPacket,
  sockCloseAll,
  wheelLevel,
  type Dev,
  type HostState,
  type HostTables,
  type IfIndex,
  type Skb,
  type UdpMemory,
  type Wake,
} from '../host/index.ts';
import type { IpvsState } from '../ipvs/index.ts';
import type { EthHdr, Layers } from '../wire/index.ts';
import { farEnd, transmit, wireLen } from './link.ts';
import { loadModule } from './modules.ts';
import { portLosesLink } from './port-link.ts';
import type { FrameOnCable, LinuxNode, NodeState, Shared, What } from './state.ts';
import { hostTables } from './tables.ts';
import type { Userland } from './userland.ts';
import type { NodeNet, Proc, Sink, UserState } from './user.ts';

/** How much text one redirected file may hold, in UTF-16 units. */
const FILE_MAX = 1_000_000;

const NOBODY_WOKEN = { kind: 'wake', wake: { kind: 'socket', sock: -1 } } as const;

export class NodeContext implements NodeNet {
  readonly node: NodeId;
  readonly tables: HostTables = hostTables;
  readonly tracing: boolean;
  usualHeader: EthHdr | null = null;
  usualDev: Dev | null = null;
  readonly udpMemory: UdpMemory = createUdpMemory();
  /** what every packet and process needs of `linux`, at hand */
  host: HostState;
  ipvs: IpvsState;
  user: UserState;
  readonly parts: { ipvs: IpvsState; user: UserState };
  private readonly step: Step<NodeState, Shared, What>;
  private readonly userland: Userland;
  private readonly all: Contexts;
  private linux: LinuxNode;
  /** the process that was woken last, and the table it is in */
  private lastProc: Proc | null = null;
  private lastProcs: UserState['procs'] | null = null;
  /** the event of the socket for which a process was woken last; nothing changes it, so it serves again */
  private socketWake: { readonly kind: 'wake'; readonly wake: { readonly kind: 'socket'; readonly sock: number } } = NOBODY_WOKEN;

  constructor(step: Step<NodeState, Shared, What>, node: NodeId, userland: Userland, all: Contexts) {
    this.step = step;
    this.tracing = step.trace.level === 'lab';
    this.node = node;
    this.userland = userland;
    this.all = all;
    this.linux = step.peek(node) as LinuxNode;
    this.host = this.linux.host;
    this.ipvs = this.linux.ipvs;
    this.user = this.linux.user;
    this.parts = { ipvs: this.linux.ipvs, user: this.linux.user };
  }

  /** Takes hold of the node's present state, as a copy of its own if a checkpoint holds the other. */
  enter(): this {
    const linux = this.step.node(this.node) as LinuxNode;
    if (linux !== this.linux) {
      this.linux = linux;
      this.renew();
    }
    return this;
  }

  /** Takes hold of the parts anew after the node has got other ones. */
  renew(): void {
    const { host, ipvs, user } = this.linux;
    this.host = host;
    this.ipvs = ipvs;
    this.user = user;
    this.parts.ipvs = ipvs;
    this.parts.user = user;
    this.usualHeader = null;
    this.usualDev = null;
  }

  get now(): Nanos {
    return this.step.state.now;
  }

  arm(timer: string, key: number | string, delay: Nanos, late = false): number {
    return this.step.scheduleTimer(
      later(this.now, delay),
      this.node,
      { kind: 'timer', timer, key },
      wheelLevel(delay),
      late && this.all.inProcess,
    );
  }

  afterwards(timer: string, key: number | string): boolean {
    if (!this.all.inProcess) return false;
    this.step.scheduleNext(this.node, { kind: 'timer', timer, key });
    return true;
  }

  poll(timer: string, key: number | string): void {
    this.step.schedulePoll(this.now, this.node, { kind: 'timer', timer, key });
  }

  transmit(ifindex: IfIndex, eth: EthHdr, above: Layers, skb: Skb): void {
    const { step } = this;
    const frame: FrameOnCable = {
      kind: 'frame',
      id: step.nextFrameId(),
      bornFrom: skb.frame,
      eth,
      above,
      bytes: wireLen(above),
      confirm: skb.confirmNeigh && step.state.shared.oneKernel,
    };
    step.keepFrame(frame);
    const dev = devOfPacket(this, ifindex);
    const before = step.cause;
    if (skb.lastTrace !== NO_TRACE) step.cause = skb.lastTrace;
    if (dev !== null) transmit(step, this.node, ifindex, dev, frame);
    step.cause = before;
  }

  linkChanged(dev: IfIndex, up: boolean): void {
    if (up) return;
    const { links, linkOf } = this.step.state.shared;
    const link = links[linkOf[this.node]?.[dev] ?? -1];
    if (link !== undefined) portLosesLink(this.step, farEnd(link, this.node, dev));
  }

  loop(dev: IfIndex, skb: Skb): void {
    this.step.schedule(this.now, this.node, { kind: 'loop', dev, skb }, skb.lastTrace);
  }

  wake(pid: number, wake: Wake): void {
    this.step.scheduleLast(this.now, this.node, { kind: 'wake', wake }, pid);
  }

  wakeForSocket(pid: number, sock: number): void {
    if (this.socketWake.wake.sock !== sock) this.socketWake = { kind: 'wake', wake: { kind: 'socket', sock } };
    this.step.scheduleLast(this.now, this.node, this.socketWake, pid);
  }

  trace(stage: string, verdict: Verdict, reason: string, skb: Skb | null, args: TraceArgs | null = null, dev?: IfIndex): TraceId {
    if (!this.tracing && verdict !== 'drop') return skb === null ? this.step.cause : skb.lastTrace;
    if (skb === null) return this.step.note({ node: this.node, stage, verdict, reason, dev: dev ?? 0, args });
    const cause = skb.lastTrace === NO_TRACE ? this.step.cause : skb.lastTrace;
    const id = this.step.note({
      node: this.node,
      stage,
      verdict,
      reason,
      dev: dev ?? skb.iif,
      frame: skb.frame,
      cause,
      args,
    });
    skb.lastTrace = id;
    return id;
  }

  traceMangle(stage: string, reason: string, skb: Skb, args: TraceArgs | null = null): TraceId {
    if (!this.tracing) return skb.lastTrace;
    const before = skb.frame;
    const after = this.step.nextFrameId();
    this.step.keepFrame({ id: after, bornFrom: before, eth: skb.eth, above: skb.layers });
    const cause = skb.lastTrace === NO_TRACE ? this.step.cause : skb.lastTrace;
    const id = this.step.note({
      node: this.node,
      stage,
      verdict: 'mangle',
      reason,
      dev: skb.iif,
      frame: before,
      frameOut: after,
      cause,
      args,
    });
    skb.frame = after;
    skb.lastTrace = id;
    return id;
  }

  random(): number {
    return this.step.random();
  }

  randomBelow(bound: number): number {
    return this.step.randomBelow(bound);
  }

  spawn(
    program: string,
    argv: readonly string[],
    io: { ppid: number; tty: string | null; stdout: Sink; stderr: Sink },
    state: unknown,
  ): number {
    const run = this.userland.programs[program];
    if (run === undefined) throw new RangeError(`no program ${program}`);
    const pid = this.user.nextPid++;
    const proc: Proc = {
      pid,
      ppid: io.ppid,
      program,
      argv: [...argv],
      tty: io.tty,
      stdout: io.stdout,
      stderr: io.stderr,
      startedAt: this.now,
      state,
    };
    this.user.procs.set(pid, proc);
    run(this, proc, { kind: 'start' });
    return pid;
  }

  exit(pid: number, code: number): void {
    const proc = this.user.procs.get(pid);
    if (proc === undefined) return;
    this.user.procs.delete(pid);
    this.lastProc = null;
    sockCloseAll(this, pid);
    if (proc.stdout.kind === 'pipe' && !this.hasWriter(proc.stdout.pid)) this.wake(proc.stdout.pid, { kind: 'stdin', text: null });
    if (this.user.procs.has(proc.ppid)) this.wake(proc.ppid, { kind: 'child', pid, code });
  }

  /** A pipe ends when the last process that writes into it has gone. */
  private hasWriter(reader: number): boolean {
    for (const { stdout } of this.user.procs.values()) if (stdout.kind === 'pipe' && stdout.pid === reader) return true;
    return false;
  }

  write(sink: Sink, text: string): void {
    if (text === '') return;
    switch (sink.kind) {
      case 'tty':
        this.step.note({
          node: this.node,
          stage: 'tty',
          verdict: 'state',
          reason: 'tty.output',
          args: { tty: sink.tty, text },
        });
        return;
      case 'file': {
        const grown = (this.user.files.get(sink.path) ?? '') + text;
        this.user.files.set(sink.path, grown.length > FILE_MAX ? grown.slice(0, FILE_MAX) : grown);
        return;
      }
      case 'pipe':
        this.wake(sink.pid, { kind: 'stdin', text });
        return;
      case 'null':
    }
  }

  sleep(pid: number, key: string, delay: Nanos): void {
    this.step.schedule(later(this.now, delay), this.node, { kind: 'wake', wake: { kind: 'timer', key } }, this.step.cause, pid);
  }

  processor(until?: Nanos): Nanos {
    const { shared } = this.step.state;
    if (!shared.oneKernel) return this.now;
    if (until !== undefined && until > shared.processorUntil) this.step.shared().processorUntil = until;
    return Math.max(this.step.state.shared.processorUntil, this.now) as Nanos;
  }

  modprobe(name: string): 'loaded' | 'unknown' {
    if (!this.step.state.shared.oneKernel) return loadModule(this, name);
    let result: 'loaded' | 'unknown' = 'unknown';
    for (let id = 0; id < this.step.state.nodes.length; id++) {
      if (this.step.peek(id as NodeId).kind === 'linux') result = loadModule(contextOf(this.all, id as NodeId), name);
    }
    return result;
  }

  /** Delivers a wake to a process, if it still lives. */
  resume(pid: number, wake: Wake): void {
    const { procs } = this.user;
    if (this.lastProc?.pid !== pid || this.lastProcs !== procs) {
      this.lastProc = procs.get(pid) ?? null;
      this.lastProcs = procs;
    }
    const proc = this.lastProc;
    if (proc !== null) this.userland.programs[proc.program]?.(this, proc, wake);
  }

  /** The shell of a terminal, started when there is none. */
  shellOf(tty: string): number {
    const known = this.user.ttys.get(tty);
    if (known !== undefined && this.user.procs.has(known)) return known;
    const pid = this.userland.openTerminal(this, tty);
    this.user.ttys.set(tty, pid);
    return pid;
  }
}

/** One context for each Linux node of an engine, made when first needed. */
export interface Contexts {
  readonly step: Step<NodeState, Shared, What>;
  readonly userland: Userland;
  readonly byNode: (NodeContext | undefined)[];
  /** the event under way is a process that runs, not a packet or a timer */
  inProcess: boolean;
}

export function createContexts(step: Step<NodeState, Shared, What>, userland: Userland): Contexts {
  return { step, userland, byNode: [], inProcess: false };
}

/** The context of a node, holding its present state. The node must be a Linux host. */
export function contextOf(contexts: Contexts, node: NodeId): NodeContext {
  const known = contexts.byNode[node];
  if (known !== undefined) return known.enter();
  const made = new NodeContext(contexts.step, node, contexts.userland, contexts);
  contexts.byNode[node] = made;
  return made.enter();
}
