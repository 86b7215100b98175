/** Timers of ipv4/, joined with the others in host/timers.ts. */
import type { Net } from '../net.ts';
import { ipExpire } from './defrag.ts';
import { ipPiecesGoOn } from './output.ts';

export const ipv4Timers = {
  'ip-pieces': (net: Net, key: number | string): void => ipPiecesGoOn(net, Number(key)),
  'ip-frag': (net: Net, key: number | string, seq: number): void => ipExpire(net, String(key), seq),
} as const;
