/**
 * Round robin: the next server in the list that may take a connection.
 * Comes from: schedule.ts (new connection).  Goes to: xmit/*.
 * Source: Linux 6.1 net/netfilter/ipvs/ip_vs_rr.c, ip_vs_rr_schedule(), ip_vs_rr_del_dest().
 * Differs: nothing known.
 */
import { dryRun, fitnessOf, isFit, rows } from './explain.ts';
import { nothing, type Scheduler } from './scheduler.ts';
import type { Dest, DestId, Svc } from '../state.ts';

interface RrData {
  /** chosen last; null stands for the head of the list */
  last: DestId | null;
  /** where that one stood in the list when it was chosen */
  at: number;
}

function memory(svc: Svc): RrData {
  return svc.schedData as RrData;
}

/** Servers in the order in which they would be asked: those behind the last one, then from the front. */
function turnOrder(svc: Svc): Dest[] {
  const at = svc.dests.findIndex((d) => d.id === memory(svc).last);
  return [...svc.dests.slice(at + 1), ...svc.dests.slice(0, at + 1)];
}

export const rr = {
  name: 'rr',
  title: { en: 'Round robin', zh: '轮询' },
  source: 'Linux 6.1 net/netfilter/ipvs/ip_vs_rr.c',
  inDebian: true,
  pickReason: 'ipvs.picked-rr',
  initService(_net, svc) {
    svc.schedData = { last: null, at: -1 } satisfies RrData;
  },
  addDest: nothing,
  delDest(svc, dest, index) {
    const data = memory(svc);
    if (data.last === dest.id) data.last = svc.dests[index - 1]?.id ?? null;
  },
  updDest: nothing,
  schedule(_net, svc) {
    const data = memory(svc);
    const { dests } = svc;
    const n = dests.length;
    let at = data.last === null ? -1 : data.at;
    // The list has changed since: look where the last one stands now.
    if (data.last !== null && dests[at]?.id !== data.last) at = dests.findIndex((d) => d.id === data.last);
    for (let step = 1; step <= n; step++) {
      const next = (at + step) % n;
      const dest = dests[next] as Dest;
      if (isFit(dest)) {
        data.last = dest.id;
        data.at = next;
        return dest;
      }
    }
    return null;
  },
  pickArgs(svc) {
    return { servers: svc.dests.length };
  },
  explain(net, svc, facts) {
    const chosen = dryRun(rr, net, svc, facts);
    const order = turnOrder(svc);
    return rows(svc, chosen, (dest) => {
      const turn = order.indexOf(dest) + 1;
      const fitness = fitnessOf(dest);
      return {
        fitness: fitness === 'fit' && chosen !== null && dest.id !== chosen.id ? 'not-in-turn' : fitness,
        numbers: [{ name: 'turn', value: turn }],
        formula: `#${turn}`,
      };
    });
  },
} as const satisfies Scheduler;
