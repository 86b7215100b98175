/**
 * The world: all nodes and the cables between them. Alone knows every kind of node.
 */
import type { EngineState, Nanos, NodeId, SentFrame, SimEvent } from '../engine/index.ts';
import type { HostState, Skb, Wake } from '../host/index.ts';
import type { IpvsState } from '../ipvs/index.ts';
import type { SwitchState } from '../switch/index.ts';
import type { EthHdr, Mac } from '../wire/index.ts';
import type { Cables } from './cables.ts';
import type { UserState } from './user.ts';

/** Which symbol and colour a node has on screen; means nothing to the engine. */
export type NodeRole = 'client' | 'router' | 'switch' | 'director' | 'realserver' | 'host';

export interface LinuxNode {
  readonly kind: 'linux';
  readonly name: string;
  readonly role: NodeRole;
  /** false: switched off; what is below is then as it will be when it boots */
  on: boolean;
  host: HostState;
  ipvs: IpvsState;
  user: UserState;
}

export interface SwitchNode {
  readonly kind: 'switch';
  readonly name: string;
  readonly role: NodeRole;
  on: boolean;
  sw: SwitchState;
}

export type NodeState = LinuxNode | SwitchNode;

export interface LinkEnd {
  readonly node: NodeId;
  /** interface index of a host, port number (from 1) of a switch */
  readonly dev: number;
}

/** Number of a link in World.links. */
export type LinkId = number & { readonly __unit: 'link' };

export interface Link {
  readonly ends: readonly [LinkEnd, LinkEnd];
  /** propagation delay */
  delayNs: number;
  /** bits per second, or null: frames take no time to send */
  rateBps: number | null;
  /** chance of loss in millionths */
  lossPpm: number;
  /** false: pulled out */
  up: boolean;
}

/** A network card of a machine. */
export interface IfaceSpec {
  readonly name: string;
  readonly mac: Mac;
  /** bytes */
  readonly mtu: number;
}

/** What a machine is made of, and what it does by itself each time it boots. */
export interface Machine {
  readonly cards: readonly IfaceSpec[];
  /** typed at BOOT_TTY one after the other, as rc.local would */
  readonly commands: readonly string[];
}

export interface Shared {
  links: Link[];
  /** link of each port: index by node, then by dev; -1 for none */
  linkOf: number[][];
  /** the same for packets: see cables.ts */
  cables: Cables;
  /**
   * The nodes are namespaces of one kernel, as in the reference captures: a module that one loads is
   * there for all, and a packet keeps TCP's confirmation of the neighbour on its way through them
   * (Linux 6.1 net/core/skbuff.c, skb_scrub_packet() leaves dst_pending_confirm as it is). They share its
   * one processor, too.
   */
  oneKernel: boolean;
  /** up to when programs have the shared processor */
  processorUntil: Nanos;
  /** by node; null for a switch */
  machines: (Machine | null)[];
}

/** Terminal on which the commands of a machine's boot are typed. */
export const BOOT_TTY = 'setup';

/** What can be done to a world from outside; the journal is made of these, each with its node. */
export type Stimulus =
  /** a line typed at a terminal; a terminal that does not exist yet is opened */
  | { readonly kind: 'exec'; readonly tty: string; readonly text: string }
  | { readonly kind: 'signal'; readonly tty: string; readonly signal: 'INT' | 'TERM' | 'KILL' | 'HUP' }
  /** end of input (Ctrl-D) */
  | { readonly kind: 'eof'; readonly tty: string }
  | {
      readonly kind: 'link';
      readonly link: LinkId;
      readonly up?: boolean;
      readonly delayNs?: number;
      readonly rateBps?: number | null;
      readonly lossPpm?: number;
    }
  /** pressing a node's power switch: off loses all but the files, on boots */
  | { readonly kind: 'power'; readonly on: boolean }
  /** a frame on its way to this node, by the port where it is due and the moment; `nth` of those due there then, from 0 */
  | ({ readonly kind: 'frame'; readonly dev: number; readonly due: Nanos; readonly nth: number } & FrameDeed)
  /** a timer of the node, see timers.ts: how much later it fires, or earlier; null: now */
  | { readonly kind: 'timer'; readonly timer: string; readonly key: number | string; readonly byNs: number | null };

export type FrameDeed = { readonly deed: 'drop' } | { readonly deed: 'delay'; readonly delayNs: number };

/**
 * A frame that comes to the port which its event is for. One record for its whole way: switches send on the one that
 * came to them.
 */
export interface FrameOnCable extends SentFrame {
  readonly kind: 'frame';
  readonly eth: EthHdr;
  /** on the wire, with padding and check sequence */
  readonly bytes: number;
  /** the sender's wish that neighbours count as alive, which stays with a packet as long as it is in one kernel */
  readonly confirm: boolean;
}

export type What =
  | FrameOnCable
  | { readonly kind: 'loop'; readonly dev: number; readonly skb: Skb }
  | { readonly kind: 'timer'; readonly timer: string; readonly key: number | string }
  /** the event is for the process that wakes */
  | { readonly kind: 'wake'; readonly wake: Wake }
  | { readonly kind: 'stimulus'; readonly stimulus: Stimulus };

export type WorldState = EngineState<NodeState, Shared, What>;
export type WorldEvent = SimEvent<What>;
