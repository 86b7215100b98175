/**
 * Destination hashing: the address asked for decides, by a table of 256 buckets filled in turn.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_dh.c, ip_vs_dh_schedule(), ip_vs_dh_reassign().
 * Differs: nothing known.
 */
import type { Dest, Svc } from '../state.ts';
import { fitnessOf, isFit, rows } from './explain.ts';
import { bucketCount, bucketDest, hash8, type HashData } from './hash-table.ts';
import { nothing, type Scheduler } from './scheduler.ts';

const BUCKETS = 256;

/** Weights do not count. */
function reassign(svc: Svc): void {
  const buckets = new Int32Array(BUCKETS);
  const n = svc.dests.length;
  for (let i = 0; i < BUCKETS && n > 0; i++) buckets[i] = (svc.dests[i % n] as Dest).id;
  svc.schedData = { buckets } satisfies HashData;
}

function pick(svc: Svc, daddr: number): Dest | null {
  const dest = bucketDest(svc, hash8(daddr));
  return dest !== null && dest.available && isFit(dest) ? dest : null;
}

export const dh = {
  name: 'dh',
  title: { en: 'Destination hashing', zh: '目标地址散列' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_dh.c',
  inDebian: true,
  pickReason: 'ipvs.picked-dh',
  initService(_net, svc) {
    reassign(svc);
  },
  addDest: reassign,
  delDest: reassign,
  updDest: nothing,
  schedule(_net, svc, facts) {
    return pick(svc, facts.daddr);
  },
  pickArgs(_svc, _dest, facts) {
    return { target: facts.daddr, bucket: hash8(facts.daddr) };
  },
  explain(_net, svc, facts) {
    const bucket = hash8(facts.daddr);
    const home = bucketDest(svc, bucket);
    return rows(svc, pick(svc, facts.daddr), (dest) => ({
      fitness: isFit(dest) && home !== null && dest.id !== home.id ? 'other-bucket' : fitnessOf(dest),
      numbers: [
        { name: 'bucket', value: bucket },
        { name: 'buckets', value: bucketCount(svc, dest) },
      ],
      formula: `${bucketCount(svc, dest)} / ${BUCKETS}`,
    }));
  },
} as const satisfies Scheduler;
