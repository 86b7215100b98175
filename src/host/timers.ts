/**
 * The host's timers by name: what Net.arm() names, this table does.
 * Comes from: world/tables.ts.  Goes to: the folders' timer functions.
 */
import { arpProxyTimer } from './arp/rcv.ts';
import { addrTimer } from './dev/addr.ts';
import { ipv4Timers } from './ipv4/timers.ts';
import { neighGcTimer } from './neigh/create.ts';
import { neighTimer } from './neigh/nud.ts';
import type { Net } from './net.ts';
import { tcpTimers } from './tcp/timers.ts';
import { groCellTimer } from './tunnel/cell.ts';

export type TimerFunction = (net: Net, key: number | string, seq: number) => void;

export const hostTimers: Readonly<Record<string, TimerFunction>> = {
  addr: addrTimer,
  neigh: neighTimer,
  'neigh-proxy': arpProxyTimer,
  'neigh-gc': neighGcTimer,
  'gro-cell': groCellTimer,
  ...ipv4Timers,
  ...tcpTimers,
};
