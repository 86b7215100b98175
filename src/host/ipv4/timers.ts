/** Timers of ipv4/, joined with the others in host/timers.ts. */
import type { Net } from '../net.ts';
import { ipExpire } from './defrag.ts';

export const ipv4Timers = {
  'ip-frag': (net: Net, key: number | string, seq: number): void => ipExpire(net, String(key), seq),
} as const;
