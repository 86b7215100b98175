/**
 * The whole state of one Linux host's network stack. Plain data, changed in place by this room.
 * Read dev/state.ts, neigh/state.ts, fib/state.ts first.
 */
import type { Nanos } from '../engine/index.ts';
import type { Dev, DevConf } from './dev/state.ts';
import type { FibState } from './fib/state.ts';
import type { IcmpState } from './icmp/state.ts';
import type { Ipv4State } from './ipv4/state.ts';
import type { NeighTable } from './neigh/state.ts';
import type { NetfilterState } from './netfilter/state.ts';
import type { SocketState } from './socket/state.ts';

export interface HostState {
  hostname: string;
  /** index is the ifindex; [0] is null, [1] is lo, a deleted interface leaves null */
  devs: (Dev | null)[];
  /** net.ipv4.conf.all and .default */
  conf: { all: DevConf; default: DevConf };
  neigh: NeighTable;
  fib: FibState;
  nf: NetfilterState;
  ipv4: Ipv4State;
  icmp: IcmpState;
  sockets: SocketState;
  /** settings that belong to no part of their own, by dotted name, with their present value */
  sysctl: Record<string, number | string>;
  /** loaded kernel modules, in order of loading */
  modules: string[];
  bootedAt: Nanos;
}
