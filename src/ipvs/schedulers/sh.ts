/**
 * Source hashing: the client's address decides, by a table of 256 buckets filled in turn by weight.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_sh.c, ip_vs_sh_schedule(), ip_vs_sh_reassign(), ip_vs_sh_get_fallback().
 * Differs: nothing known.
 */
import type { TraceArgs } from '../../engine/index.ts';
import type { PacketFacts } from '../net.ts';
import type { Dest, Svc } from '../state.ts';
import { fitnessOf, isFit, rows } from './explain.ts';
import { bucketCount, bucketDest, hash8, type HashData } from './hash-table.ts';
import type { Scheduler } from './scheduler.ts';

const BUCKETS = 256;
/** IP_VS_SVC_F_SCHED_SH_FALLBACK, IP_VS_SVC_F_SCHED_SH_PORT */
const SH_FALLBACK = 8;
const SH_PORT = 16;

/** Gives each server as many buckets in a row as it weighs, round and round. Weight 0 still gets one. */
function reassign(svc: Svc): void {
  const buckets = new Int32Array(BUCKETS);
  const { dests } = svc;
  let at = 0;
  let taken = 0;
  for (let i = 0; i < BUCKETS && dests.length > 0; i++) {
    const dest = dests[at] as Dest;
    buckets[i] = dest.id;
    if (++taken >= dest.weight) {
      at = (at + 1) % dests.length;
      taken = 0;
    }
  }
  svc.schedData = { buckets } satisfies HashData;
}

export function shHash(addr: number, port: number, offset: number): number {
  return (offset + hash8((port + addr) >>> 0)) & (BUCKETS - 1);
}

function portOf(svc: Svc, facts: PacketFacts): number {
  return (svc.schedFlags & SH_PORT) !== 0 ? facts.sport : 0;
}

function pick(svc: Svc, facts: PacketFacts): Dest | null {
  const port = portOf(svc, facts);
  const home = shHash(facts.saddr, port, 0);
  const first = bucketDest(svc, home);
  if (first !== null && isFit(first)) return first;
  if (first === null || (svc.schedFlags & SH_FALLBACK) === 0) return null;
  for (let offset = 0; offset < BUCKETS; offset++) {
    const dest = bucketDest(svc, shHash(facts.saddr, port, (offset + home) % BUCKETS));
    if (dest === null) return null;
    if (isFit(dest)) return dest;
  }
  return null;
}

function pickArgs(svc: Svc, _dest: Dest, facts: PacketFacts): TraceArgs {
  return {
    client: facts.saddr,
    cport: portOf(svc, facts),
    bucket: shHash(facts.saddr, portOf(svc, facts), 0),
  };
}

export const sh = {
  name: 'sh',
  title: { en: 'Source hashing', zh: '源地址散列' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_sh.c',
  inDebian: true,
  pickReason: 'ipvs.picked-sh',
  initService(_net, svc) {
    reassign(svc);
  },
  addDest: reassign,
  delDest: reassign,
  updDest: reassign,
  schedule(_net, svc, facts) {
    return pick(svc, facts);
  },
  pickArgs,
  explain(_net, svc, facts) {
    const bucket = shHash(facts.saddr, portOf(svc, facts), 0);
    const home = bucketDest(svc, bucket);
    return rows(svc, pick(svc, facts), (dest) => ({
      fitness: isFit(dest) && home !== null && dest.id !== home.id ? 'other-bucket' : fitnessOf(dest),
      numbers: [
        { name: 'bucket', value: bucket },
        { name: 'buckets', value: bucketCount(svc, dest) },
      ],
      formula: `${bucketCount(svc, dest)} / ${BUCKETS}`,
    }));
  },
} as const satisfies Scheduler;
