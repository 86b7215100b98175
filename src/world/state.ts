/**
 * The world: all nodes and the cables between them. Alone knows every kind of node.
 */
import type { EngineState, NodeId, SimEvent } from '../engine/index.ts';
import type { Frame } from '../engine/index.ts';
import type { HostState, Skb, Wake } from '../host/index.ts';
import type { IpvsState } from '../ipvs/index.ts';
import type { SwitchState } from '../switch/index.ts';
import type { UserState } from './user.ts';

/** Which symbol and colour a node has on screen; means nothing to the engine. */
export type NodeRole = 'client' | 'router' | 'switch' | 'director' | 'realserver' | 'host';

export interface LinuxNode {
  readonly kind: 'linux';
  readonly name: string;
  readonly role: NodeRole;
  host: HostState;
  ipvs: IpvsState;
  user: UserState;
}

export interface SwitchNode {
  readonly kind: 'switch';
  readonly name: string;
  readonly role: NodeRole;
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

export interface Shared {
  links: Link[];
  /** link of each port: index by node, then by dev; -1 for none */
  linkOf: number[][];
  /**
   * The nodes are namespaces of one kernel, as in the reference captures: a module that one loads is
   * there for all, and a packet keeps TCP's confirmation of the neighbour on its way through them
   * (Linux 6.1 net/core/skbuff.c, skb_scrub_packet() leaves dst_pending_confirm as it is).
   */
  oneKernel: boolean;
}

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
    };

export type What =
  /** confirm: the sender's wish that neighbours count as alive, which stays with a packet as long as it is in one kernel */
  | { readonly kind: 'frame'; readonly dev: number; readonly frame: Frame; readonly confirm: boolean }
  | { readonly kind: 'loop'; readonly dev: number; readonly skb: Skb }
  | { readonly kind: 'timer'; readonly timer: string; readonly key: number | string }
  | { readonly kind: 'wake'; readonly pid: number; readonly wake: Wake }
  | { readonly kind: 'stimulus'; readonly stimulus: Stimulus };

export type WorldState = EngineState<NodeState, Shared, What>;
export type WorldEvent = SimEvent<What>;
