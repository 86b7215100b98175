/**
 * Maglev hashing: the client's address decides, by a table of 4093 places that changes little when a
 * server comes or goes.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_mh.c, ip_vs_mh_permutate(), ip_vs_mh_populate(), ip_vs_mh_schedule();
 *   Eisenbud et al., "Maglev" (NSDI 2016).
 * Differs: nothing known; the table's size is that of Debian's kernel.
 */
import type { TraceArgs } from '../../engine/index.ts';
import type { PacketFacts } from '../net.ts';
import type { Dest, Svc } from '../state.ts';
import { fitnessOf, isFit, rows } from './explain.ts';
import { bucketCount, bucketDest, type HashData } from './hash-table.ts';
import type { Scheduler } from './scheduler.ts';
import { hsiphash1 } from './siphash.ts';
import { weightsGcd } from './wrr.ts';

/** A prime (CONFIG_IP_VS_MH_TAB_INDEX=12). */
export const MH_TABLE_SIZE = 4093;
/** Shares are cut to this many bits. */
const SHARE_BITS = 6;
const KEY_1 = 2654435761;
const KEY_2 = 2654446892;
/** IP_VS_SVC_F_SCHED_MH_FALLBACK, IP_VS_SVC_F_SCHED_MH_PORT */
const MH_FALLBACK = 8;
const MH_PORT = 16;

export function mhHash(addr: number, port: number, offset: number, key: number = KEY_1): number {
  return hsiphash1((offset + port + addr) % 0x100000000, key);
}

/** Turns in a row that a server has in each round: its share of the weights, in few bits. */
function turnsOf(svc: Svc): number[] {
  const g = weightsGcd(svc.dests, (d) => d.lastWeight);
  let most = 0;
  for (const dest of svc.dests) if (dest.lastWeight > most) most = dest.lastWeight;
  const bits = 32 - Math.clz32(Math.floor(most / g));
  const shift = Math.max(0, bits - SHARE_BITS);
  return svc.dests.map((dest) => {
    if (dest.lastWeight === 0) return 0;
    const share = Math.floor(dest.lastWeight / g) >>> shift;
    return share === 0 ? 1 : share;
  });
}

/** Each server walks the table in an order of its own and claims the next free place, turn by turn. */
function populate(svc: Svc): void {
  const buckets = new Int32Array(MH_TABLE_SIZE);
  svc.schedData = { buckets } satisfies HashData;
  const { dests } = svc;
  const turns = turnsOf(svc);
  if (!turns.some((t) => t > 0)) return;
  const place = dests.map((d) => mhHash(d.addr, d.port, 0, KEY_1) % MH_TABLE_SIZE);
  const skip = dests.map((d) => (mhHash(d.addr, d.port, 0, KEY_2) % (MH_TABLE_SIZE - 1)) + 1);
  let filled = 0;
  for (;;) {
    for (let i = 0; i < dests.length; i++) {
      for (let turn = 0; turn < (turns[i] as number); turn++) {
        let at = place[i] as number;
        while (buckets[at] !== 0) at = (at + (skip[i] as number)) % MH_TABLE_SIZE;
        buckets[at] = (dests[i] as Dest).id;
        place[i] = at;
        if (++filled === MH_TABLE_SIZE) return;
      }
    }
  }
}

function portOf(svc: Svc, facts: PacketFacts): number {
  return (svc.schedFlags & MH_PORT) !== 0 ? facts.sport : 0;
}

function pick(svc: Svc, facts: PacketFacts): Dest | null {
  const port = portOf(svc, facts);
  const home = mhHash(facts.saddr, port, 0) % MH_TABLE_SIZE;
  const first = bucketDest(svc, home);
  if (first !== null && isFit(first)) return first;
  if (first === null || (svc.schedFlags & MH_FALLBACK) === 0) return null;
  for (let offset = 0; offset < MH_TABLE_SIZE; offset++) {
    const rolled = (offset + home) % MH_TABLE_SIZE;
    const dest = bucketDest(svc, mhHash(facts.saddr, port, rolled) % MH_TABLE_SIZE);
    if (dest === null) return null;
    if (isFit(dest)) return dest;
  }
  return null;
}

function pickArgs(svc: Svc, _dest: Dest, facts: PacketFacts): TraceArgs {
  const port = portOf(svc, facts);
  return { client: facts.saddr, cport: port, bucket: mhHash(facts.saddr, port, 0) % MH_TABLE_SIZE };
}

export const mh = {
  name: 'mh',
  title: { en: 'Maglev hashing', zh: 'Maglev 一致性散列' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_mh.c',
  inDebian: true,
  pickReason: 'ipvs.picked-mh',
  initService(_net, svc) {
    populate(svc);
  },
  addDest: populate,
  delDest: populate,
  updDest: populate,
  schedule(_net, svc, facts) {
    return pick(svc, facts);
  },
  pickArgs,
  explain(_net, svc, facts) {
    const bucket = mhHash(facts.saddr, portOf(svc, facts), 0) % MH_TABLE_SIZE;
    const home = bucketDest(svc, bucket);
    return rows(svc, pick(svc, facts), (dest) => ({
      fitness: isFit(dest) && home !== null && dest.id !== home.id ? 'other-bucket' : fitnessOf(dest),
      numbers: [
        { name: 'bucket', value: bucket },
        { name: 'buckets', value: bucketCount(svc, dest) },
      ],
      formula: `${bucketCount(svc, dest)} / ${MH_TABLE_SIZE}`,
    }));
  },
} as const satisfies Scheduler;
